#include "services/s3/select/lexer.h"

#include "services/s3/select/value.h"

#include <algorithm>
#include <array>

namespace fogbank::s3::select {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80) != 0;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Lexer {
public:
    explicit Lexer(std::string_view sql) : sql_(sql) {}

    std::vector<Token> run() {
        std::vector<Token> out;
        while (true) {
            skip_space();
            Token token;
            token.line = line_;
            token.column = column_;
            if (at_ == sql_.size()) {
                out.push_back(std::move(token));
                return out;
            }
            read(token);
            out.push_back(std::move(token));
        }
    }

private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
    char take() {
        const char c = sql_[at_++];
        ++column_;
        if (c == '\n') {
            ++line_;
            column_ = 1;
        }
        return c;
    }
    void skip_space() {
        while (at_ < sql_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
            take();
    }

    void read(Token& token) {
        const char c = peek();
        if (is_letter(c)) return read_word(token);
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return read_number(token);
        if (c == '\'') return read_quoted(token, '\'', TokenKind::string);
        if (c == '"') return read_quoted(token, '"', TokenKind::quoted_name);
        token.kind = TokenKind::symbol;
        constexpr std::array<std::string_view, 4> kPairs = {"<=", ">=", "<>", "!="};
        for (const std::string_view pair : kPairs) {
            if (sql_.substr(at_, 2) != pair) continue;
            token.text = pair;
            take();
            take();
            return;
        }
        constexpr std::string_view kSingles = "<>=+-*/%().,[]";
        if (kSingles.find(c) == std::string_view::npos) {
            throw select_error("LexerInvalidChar", "Invalid character at line " + std::to_string(line_) +
                                                       ", column " + std::to_string(column_) + ".");
        }
        token.text = std::string(1, take());
    }

    void read_word(Token& token) {
        token.kind = TokenKind::word;
        while (is_letter(peek()) || is_digit(peek())) token.text += take();
        token.upper = token.text;
        for (char& c : token.upper) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
        }
    }

    void read_number(Token& token) {
        token.kind = TokenKind::integer;
        while (is_digit(peek())) token.text += take();
        if (peek() == '.' && is_digit(peek(1))) {
            token.kind = TokenKind::decimal;
            token.text += take();
            while (is_digit(peek())) token.text += take();
        }
        const bool exponent =
            (peek() == 'e' || peek() == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))));
        if (!exponent) return;
        token.kind = TokenKind::decimal;
        token.text += take();
        token.text += take();
        while (is_digit(peek())) token.text += take();
    }

    void read_quoted(Token& token, char quote, TokenKind kind) {
        token.kind = kind;
        take();
        while (at_ < sql_.size()) {
            const char c = take();
            if (c != quote) {
                token.text += c;
                continue;
            }
            if (peek() != quote) return;
            token.text += take();
        }
        throw select_error("LexerInvalidLiteral", "Unclosed quote at line " + std::to_string(token.line) +
                                                      ", column " + std::to_string(token.column) + ".");
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    int line_ = 1;
    int column_ = 1;
};

}  // namespace

bool is_reserved(std::string_view upper) {
    constexpr std::array<std::string_view, 21> kReserved = {
        "SELECT", "FROM", "WHERE", "LIMIT", "AND",   "OR",   "NOT",  "AS",   "IN",   "BETWEEN", "LIKE",
        "ESCAPE", "IS",   "NULL",  "TRUE",  "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END"};
    return std::find(kReserved.begin(), kReserved.end(), upper) != kReserved.end();
}

std::vector<Token> read_tokens(std::string_view sql) {
    return Lexer(sql).run();
}

}  // namespace fogbank::s3::select
