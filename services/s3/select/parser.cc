#include "services/s3/select/parser.h"

namespace fogbank::s3::select {

Query Parser::run() {
    if (!accept("SELECT")) throw expected("ParseUnsupportedSelect", "SELECT");
    read_projections();
    if (!accept("FROM")) throw expected("ParseExpectedKeyword", "FROM");
    read_from();
    if (accept("WHERE")) {
        in_where_ = true;
        query_.where = expression();
        in_where_ = false;
    }
    if (accept("LIMIT")) read_limit();
    if (here().kind != TokenKind::end) throw unexpected();
    resolve_all();
    check_aggregates();
    return std::move(query_);
}

std::string Parser::place() const {
    return " at line " + std::to_string(here().line) + ", column " + std::to_string(here().column) + ".";
}

Error Parser::unexpected() const {
    const std::string shown = here().kind == TokenKind::end ? "end of expression" : here().text;
    return select_error("ParseUnexpectedToken", "Unexpected token found " + shown + place());
}

Error Parser::expected(const char* code, const std::string& what) const {
    return select_error(code, "Did not find expected token " + what + place());
}

void Parser::read_projections() {
    if (accept_symbol("*")) {
        query_.everything = true;
        return;
    }
    do {
        Projection projection;
        projection.expr = expression();
        if (accept("AS")) {
            projection.name = name();
        } else if (here().kind == TokenKind::quoted_name ||
                   (here().kind == TokenKind::word && !is_reserved(here().upper))) {
            projection.name = name();
        }
        query_.projections.push_back(std::move(projection));
    } while (accept_symbol(","));
}

std::string Parser::name() {
    const bool plain = here().kind == TokenKind::word && !is_reserved(here().upper);
    if (!plain && here().kind != TokenKind::quoted_name) throw unexpected();
    return take().text;
}

void Parser::read_from() {
    if (!accept("S3OBJECT")) {
        throw select_error("InvalidDataSource", "Only S3Object is supported in the FROM clause" + place());
    }
    while (is_symbol(".") || is_symbol("[")) {
        query_.from.push_back(step());
    }
    accept("AS");
    const bool named = here().kind == TokenKind::quoted_name ||
                       (here().kind == TokenKind::word && !is_reserved(here().upper));
    if (named) query_.alias = take().text;
    if (is_symbol(",")) {
        throw select_error("UnsupportedSqlStructure", "Only one data source is supported" + place());
    }
}

void Parser::read_limit() {
    const auto value = here().kind == TokenKind::integer ? as_integer(here().text) : std::nullopt;
    if (!value) throw expected("ParseExpectedNumber", "a number");
    take();
    query_.limit = *value;
}

Step Parser::step() {
    Step out;
    if (accept_symbol(".")) {
        out.rule = here().kind == TokenKind::quoted_name ? CaseRule::exact : CaseRule::any;
        if (accept_symbol("*")) {
            out.wildcard = true;
            return out;
        }
        if (here().kind != TokenKind::word && here().kind != TokenKind::quoted_name) throw unexpected();
        out.name = take().text;
        return out;
    }
    require_symbol("[");
    if (accept_symbol("*")) {
        out.wildcard = true;
    } else if (here().kind == TokenKind::integer) {
        out.index = as_integer(take().text).value_or(-1);
    } else if (here().kind == TokenKind::string) {
        out.name = take().text;
        out.rule = CaseRule::exact;
    } else {
        throw unexpected();
    }
    require_symbol("]");
    return out;
}

ExprPtr Parser::path() {
    ExprPtr out = make(ExprKind::path);
    Step first;
    first.rule = here().kind == TokenKind::quoted_name ? CaseRule::exact : CaseRule::any;
    first.name = take().text;
    out->path.push_back(std::move(first));
    while (is_symbol(".") || is_symbol("[")) {
        out->path.push_back(step());
        if (out->path.back().wildcard) {
            // "s.*" is everything, where it is all that is selected.
            throw select_error("UnsupportedSyntax", "A wildcard is supported in FROM only" + place());
        }
    }
    return out;
}

void Parser::resolve(Expr& expr) const {
    for (auto& arg : expr.args) resolve(*arg);
    if (expr.kind != ExprKind::path) return;
    std::string first = expr.path.front().name;
    std::string alias = query_.alias.empty() ? "s3object" : query_.alias;
    for (std::string* text : {&first, &alias}) {
        std::transform(text->begin(), text->end(), text->begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    }
    if (first == alias || first == "s3object") expr.path.erase(expr.path.begin());
}

void Parser::resolve_all() {
    for (Projection& projection : query_.projections) resolve(*projection.expr);
    if (query_.where) resolve(*query_.where);
}

bool Parser::reads_outside_aggregate(const Expr& expr) {
    if (expr.kind == ExprKind::aggregate) return false;
    if (expr.kind == ExprKind::path) return true;
    return std::any_of(expr.args.begin(), expr.args.end(),
                       [](const ExprPtr& arg) { return reads_outside_aggregate(*arg); });
}

void Parser::check_aggregates() const {
    if (query_.aggregates == 0) return;
    for (const Projection& projection : query_.projections) {
        if (!reads_outside_aggregate(*projection.expr)) continue;
        throw select_error("UnsupportedSqlStructure",
                           "A column beside an aggregate needs GROUP BY, which is not supported.");
    }
}

Query parse(std::string_view sql) {
    if (sql.size() > kExpressionLimit) {
        throw select_error(
            "ExpressionTooLong",
            "The SQL expression is too long: The maximum byte-length for the SQL expression is 256 KB.");
    }
    return Parser(sql).run();
}

}  // namespace fogbank::s3::select
