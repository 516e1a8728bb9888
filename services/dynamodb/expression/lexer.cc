#include "services/dynamodb/expression/lexer.h"

#include <algorithm>

namespace fogbank::dynamodb::expression {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word_part(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::size_t end_of(std::string_view text, std::size_t from, bool (*accepts)(char)) {
    while (from < text.size() && accepts(text[from])) ++from;
    return from;
}

// The end of a symbol at `from`; a character of several bytes stays whole.
std::size_t end_of_symbol(std::string_view text, std::size_t from) {
    const std::string_view two = text.substr(from, 2);
    if (two == "<>" || two == "<=" || two == ">=") return from + 2;
    std::size_t end = from + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    return end;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
    std::vector<Token> tokens;
    tokens.reserve(text.size() / 4 + 2);
    std::size_t at = 0;
    while (true) {
        at = end_of(text, at, is_blank);
        if (at == text.size()) break;
        const char c = text[at];
        TokenKind kind = TokenKind::symbol;
        std::size_t end = at;
        if (is_letter(c)) {
            kind = TokenKind::word;
            end = end_of(text, at, is_word_part);
        } else if (is_digit(c)) {
            kind = TokenKind::number;
            end = end_of(text, at, is_digit);
        } else if ((c == '#' || c == ':') && at + 1 < text.size() && is_word_part(text[at + 1])) {
            kind = c == '#' ? TokenKind::name : TokenKind::value;
            end = end_of(text, at + 1, is_word_part);
        } else {
            end = end_of_symbol(text, at);
        }
        tokens.push_back({kind, text.substr(at, end - at), at, end});
        at = end;
    }
    tokens.push_back({TokenKind::end, "<EOF>", text.size(), text.size()});
    return tokens;
}

bool is_keyword(const Token& token, std::string_view upper_case) {
    if (token.kind != TokenKind::word) return false;
    return std::equal(token.text.begin(), token.text.end(), upper_case.begin(), upper_case.end(),
                      [](char a, char b) { return upper(a) == b; });
}

}  // namespace fogbank::dynamodb::expression
