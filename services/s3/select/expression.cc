// The expressions of Parser.
#include "services/s3/select/parser.h"

#include <array>
#include <charconv>

namespace fogbank::s3::select {

namespace {

constexpr std::array<std::string_view, 5> kAggregates = {"AVG", "COUNT", "MAX", "MIN", "SUM"};
// docs: "SQL functions" of S3 Select, those written as name(arguments).
constexpr std::array<std::string_view, 10> kFunctions = {
    "COALESCE", "NULLIF",    "CHAR_LENGTH", "CHARACTER_LENGTH", "LOWER",
    "UPPER",    "SUBSTRING", "TO_STRING",   "UTCNOW",           "TO_TIMESTAMP"};
constexpr std::array<std::string_view, 10> kTypes = {"BOOL",  "BOOLEAN", "INT",     "INTEGER",   "STRING",
                                                     "FLOAT", "DECIMAL", "NUMERIC", "TIMESTAMP", "DOUBLE"};
constexpr std::array<std::string_view, 7> kParts = {"YEAR",   "MONTH",  "DAY",          "HOUR",
                                                    "MINUTE", "SECOND", "TIMEZONE_HOUR"};
template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

ExprPtr Parser::make(ExprKind kind, std::string op) {
    auto out = std::make_unique<Expr>();
    out->kind = kind;
    out->op = std::move(op);
    return out;
}

void Parser::add(Expr& parent, ExprPtr child) {
    parent.depth = std::max(parent.depth, child->depth + 1);
    if (parent.depth > kDepthLimit) {
        throw select_error("UnsupportedSqlStructure", "The SQL expression is nested too deeply.");
    }
    parent.args.push_back(std::move(child));
}

ExprPtr Parser::pair(ExprKind kind, std::string op, ExprPtr left, ExprPtr right) {
    ExprPtr out = make(kind, std::move(op));
    add(*out, std::move(left));
    add(*out, std::move(right));
    return out;
}

ExprPtr Parser::expression() {
    if (++nesting_ > kDepthLimit) {
        throw select_error("UnsupportedSqlStructure", "The SQL expression is nested too deeply.");
    }
    ExprPtr out = chain(ExprKind::logic_or, "OR", &Parser::conjunction);
    --nesting_;
    return out;
}

ExprPtr Parser::chain(ExprKind kind, std::string_view word, ExprPtr (Parser::*part)()) {
    ExprPtr first = (this->*part)();
    if (!is(word)) return first;
    ExprPtr out = make(kind);
    add(*out, std::move(first));
    while (accept(word)) add(*out, (this->*part)());
    return out;
}

ExprPtr Parser::negation() {
    bool negated = false;
    while (accept("NOT")) negated = !negated;
    ExprPtr inner = predicate();
    if (!negated) return inner;
    ExprPtr out = make(ExprKind::logic_not);
    add(*out, std::move(inner));
    return out;
}

ExprPtr Parser::predicate() {
    ExprPtr left = sum();
    while (true) {
        const Token& token = here();
        if (token.kind == TokenKind::symbol && token.text.find_first_of("<>=!") == 0) {
            std::string op = take().text;
            if (op == "!=") op = "<>";
            left = pair(ExprKind::compare, std::move(op), std::move(left), sum());
            continue;
        }
        if (accept("IS")) {
            left = is_predicate(std::move(left));
            continue;
        }
        const bool negated =
            is("NOT") && (ahead(1).upper == "BETWEEN" || ahead(1).upper == "IN" || ahead(1).upper == "LIKE");
        if (negated) take();
        if (accept("BETWEEN")) {
            left = between(std::move(left));
        } else if (accept("IN")) {
            left = in_list(std::move(left));
        } else if (accept("LIKE")) {
            left = like(std::move(left));
        } else {
            return left;
        }
        left->negated = negated;
    }
}

ExprPtr Parser::is_predicate(ExprPtr left) {
    const bool negated = accept("NOT");
    ExprPtr out = make(is("MISSING") ? ExprKind::is_missing : ExprKind::is_null);
    if (!accept("MISSING")) require("NULL");
    out->negated = negated;
    add(*out, std::move(left));
    return out;
}

ExprPtr Parser::between(ExprPtr left) {
    ExprPtr out = make(ExprKind::between);
    add(*out, std::move(left));
    add(*out, sum());
    require("AND");
    add(*out, sum());
    return out;
}

ExprPtr Parser::in_list(ExprPtr left) {
    ExprPtr out = make(ExprKind::in);
    add(*out, std::move(left));
    require_symbol(is_symbol("[") ? "[" : "(");
    do {
        add(*out, expression());
    } while (accept_symbol(","));
    if (!accept_symbol("]")) require_symbol(")");
    return out;
}

ExprPtr Parser::like(ExprPtr left) {
    ExprPtr out = make(ExprKind::like);
    add(*out, std::move(left));
    add(*out, sum());
    if (accept("ESCAPE")) add(*out, sum());
    return out;
}

ExprPtr Parser::sum() {
    ExprPtr left = product();
    while (is_symbol("+") || is_symbol("-")) {
        std::string op = take().text;
        left = pair(ExprKind::arithmetic, std::move(op), std::move(left), product());
    }
    return left;
}

ExprPtr Parser::product() {
    ExprPtr left = sign();
    while (is_symbol("*") || is_symbol("/") || is_symbol("%")) {
        std::string op = take().text;
        left = pair(ExprKind::arithmetic, std::move(op), std::move(left), sign());
    }
    return left;
}

ExprPtr Parser::sign() {
    bool negative = false;
    while (is_symbol("-") || is_symbol("+")) negative = (take().text == "-") != negative;
    ExprPtr inner = primary();
    if (!negative) return inner;
    ExprPtr out = make(ExprKind::negate);
    add(*out, std::move(inner));
    return out;
}

ExprPtr Parser::literal(Value value) {
    ExprPtr out = make(ExprKind::literal);
    out->literal = std::move(value);
    return out;
}

ExprPtr Parser::number() {
    const Token token = take();
    if (token.kind == TokenKind::integer) {
        const auto value = as_integer(token.text);
        if (value) return literal(*value);
    }
    double value = 0;
    std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
    return literal(value);
}

ExprPtr Parser::primary() {
    const Token& token = here();
    switch (token.kind) {
        case TokenKind::integer:
        case TokenKind::decimal:
            return number();
        case TokenKind::string:
            return literal(take().text);
        case TokenKind::quoted_name:
            return path();
        case TokenKind::symbol:
            if (accept_symbol("(")) {
                ExprPtr inner = expression();
                require_symbol(")");
                return inner;
            }
            throw unexpected();
        case TokenKind::word:
            return word();
        case TokenKind::end:
            break;
    }
    throw unexpected();
}

ExprPtr Parser::word() {
    if (accept("TRUE")) return literal(true);
    if (accept("FALSE")) return literal(false);
    if (accept("NULL")) return literal(Null{});
    if (accept("MISSING")) return literal(Missing{});
    if (is("CASE")) return case_when();
    const bool called = ahead(1).kind == TokenKind::symbol && ahead(1).text == "(";
    if (!called) {
        if (is_reserved(here().upper)) throw unexpected();
        return path();
    }
    if (is("CAST")) return cast();
    if (is("EXTRACT")) return extract();
    if (is("DATE_ADD") || is("DATE_DIFF")) return date_call();
    if (is("TRIM")) return trim_call();
    if (is("SUBSTRING")) return substring();
    if (among(kAggregates, here().upper)) return aggregate();
    if (among(kFunctions, here().upper)) return call();
    throw select_error("UnsupportedFunction", "Unsupported function " + here().text + place());
}

ExprPtr Parser::call() {
    ExprPtr out = make(ExprKind::call, take().upper);
    require_symbol("(");
    if (accept_symbol(")")) return out;
    do {
        add(*out, expression());
    } while (accept_symbol(","));
    require_symbol(")");
    return out;
}

ExprPtr Parser::case_when() {
    take();
    ExprPtr out = make(ExprKind::case_when);
    // The short form compares with what stands behind CASE; `op` tells it, the subject comes first.
    if (!is("WHEN")) {
        out->op = "subject";
        add(*out, expression());
    }
    if (!is("WHEN")) throw expected("ParseExpectedWhenClause", "WHEN");
    while (accept("WHEN")) {
        add(*out, expression());
        require("THEN");
        add(*out, expression());
    }
    if (accept("ELSE")) add(*out, expression());
    require("END");
    return out;
}

ExprPtr Parser::cast() {
    take();
    require_symbol("(");
    ExprPtr inner = expression();
    require("AS");
    if (here().kind != TokenKind::word || !among(kTypes, here().upper)) {
        throw expected("ParseExpectedTypeName", "a type name");
    }
    ExprPtr out = make(ExprKind::cast, take().upper);
    add(*out, std::move(inner));
    if (accept_symbol("(")) {  // DECIMAL(10, 2)
        while (here().kind == TokenKind::integer || is_symbol(",")) take();
        require_symbol(")");
    }
    require_symbol(")");
    return out;
}

std::string Parser::date_part() {
    if (is("TIMEZONE_MINUTE") || (here().kind == TokenKind::word && among(kParts, here().upper))) {
        return take().upper;
    }
    throw expected("ParseExpectedDatePart", "a date part");
}

ExprPtr Parser::extract() {
    take();
    require_symbol("(");
    ExprPtr out = make(ExprKind::extract);
    out->part = date_part();
    require("FROM");
    add(*out, expression());
    require_symbol(")");
    return out;
}

ExprPtr Parser::date_call() {
    ExprPtr out = make(ExprKind::call, take().upper);
    require_symbol("(");
    out->part = date_part();
    for (int i = 0; i < 2; ++i) {
        require_symbol(",");
        add(*out, expression());
    }
    require_symbol(")");
    return out;
}

ExprPtr Parser::trim_call() {
    ExprPtr out = make(ExprKind::call, take().upper);
    require_symbol("(");
    out->part = "BOTH";
    if (is("LEADING") || is("TRAILING") || is("BOTH")) out->part = take().upper;
    ExprPtr characters;
    if (!is("FROM")) characters = expression();
    if (accept("FROM")) {
        add(*out, expression());
        if (characters) add(*out, std::move(characters));
    } else {
        add(*out, std::move(characters));
    }
    require_symbol(")");
    return out;
}

ExprPtr Parser::substring() {
    ExprPtr out = make(ExprKind::call, take().upper);
    require_symbol("(");
    add(*out, expression());
    if (!accept_symbol(",")) require("FROM");
    add(*out, expression());
    if (accept_symbol(",") || accept("FOR")) add(*out, expression());
    require_symbol(")");
    return out;
}

ExprPtr Parser::aggregate() {
    if (in_where_ || in_aggregate_) {
        throw select_error("UnsupportedSqlStructure", "An aggregate is not allowed here" + place());
    }
    in_aggregate_ = true;
    ExprPtr out = make(ExprKind::aggregate, take().upper);
    require_symbol("(");
    if (out->op != "COUNT" || !accept_symbol("*")) add(*out, expression());
    require_symbol(")");
    out->aggregate = query_.aggregates++;
    in_aggregate_ = false;
    return out;
}

}  // namespace fogbank::s3::select
