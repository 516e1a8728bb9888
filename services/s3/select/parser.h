// S3 Select's grammar, by descent.
#pragma once

#include "services/s3/select/lexer.h"
#include "services/s3/select/query.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3::select {

class Parser {
public:
    explicit Parser(std::string_view sql) : tokens_(read_tokens(sql)) {}
    Query run();

private:
    const Token& here() const { return tokens_[at_]; }
    const Token& ahead(std::size_t by) const { return tokens_[std::min(at_ + by, tokens_.size() - 1)]; }
    Token take() {
        Token token = tokens_[at_];
        if (at_ + 1 < tokens_.size()) ++at_;
        return token;
    }
    bool is(std::string_view upper) const { return here().kind == TokenKind::word && here().upper == upper; }
    bool is_symbol(std::string_view text) const {
        return here().kind == TokenKind::symbol && here().text == text;
    }
    bool accept(std::string_view upper) {
        if (!is(upper)) return false;
        take();
        return true;
    }
    bool accept_symbol(std::string_view text) {
        if (!is_symbol(text)) return false;
        take();
        return true;
    }
    void require(std::string_view upper) {
        if (!accept(upper)) throw expected("ParseExpectedKeyword", std::string(upper));
    }
    void require_symbol(std::string_view text) {
        if (!accept_symbol(text)) throw expected("ParseExpectedTokenType", std::string(text));
    }
    std::string place() const;
    Error unexpected() const;
    Error expected(const char* code, const std::string& what) const;
    static ExprPtr make(ExprKind kind, std::string op = {});
    // Adds a child. Trees are computed and freed recursively: their depth is bounded.
    static void add(Expr& parent, ExprPtr child);
    static ExprPtr pair(ExprKind kind, std::string op, ExprPtr left, ExprPtr right);
    void read_projections();
    std::string name();
    void read_from();
    void read_limit();
    Step step();
    // Precedence from below: OR, AND, NOT, comparisons and predicates, + -, * / %, sign.
    ExprPtr expression();
    ExprPtr conjunction() { return chain(ExprKind::logic_and, "AND", &Parser::negation); }
    // One node with many children, so that a long list of terms is no deep tree.
    ExprPtr chain(ExprKind kind, std::string_view word, ExprPtr (Parser::*part)());
    ExprPtr negation();
    ExprPtr predicate();
    ExprPtr is_predicate(ExprPtr left);
    ExprPtr between(ExprPtr left);
    ExprPtr in_list(ExprPtr left);
    ExprPtr like(ExprPtr left);
    ExprPtr sum();
    ExprPtr product();
    ExprPtr sign();
    ExprPtr literal(Value value);
    ExprPtr number();
    ExprPtr primary();
    ExprPtr word();
    ExprPtr call();
    ExprPtr case_when();
    ExprPtr cast();
    std::string date_part();
    ExprPtr extract();
    ExprPtr date_call();
    // TRIM([[LEADING | TRAILING | BOTH] characters FROM] text): the arguments are text, characters.
    ExprPtr trim_call();
    ExprPtr substring();
    ExprPtr aggregate();
    ExprPtr path();
    // A path may begin with the alias of the data source, or with S3Object itself.
    void resolve(Expr& expr) const;
    void resolve_all();
    static bool reads_outside_aggregate(const Expr& expr);
    void check_aggregates() const;

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int nesting_ = 0;
    bool in_where_ = false;
    bool in_aggregate_ = false;
    Query query_;
};

}  // namespace fogbank::s3::select
