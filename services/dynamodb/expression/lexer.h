// Splits an expression into tokens.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::expression {

enum class TokenKind {
    word,    // an attribute name, a keyword or a function
    name,    // #placeholder
    value,   // :placeholder
    number,  // an index
    symbol,  // ( ) [ ] , . = <> < <= > >= + - and what is none of the grammar's
    end,
};

struct Token {
    TokenKind kind;
    std::string_view text;  // "<EOF>" at the end
    std::size_t begin;      // offsets in the expression
    std::size_t end;
};

// The last token is always `end`.
std::vector<Token> tokenize(std::string_view text);

// Whether `token` is the keyword, in any case.
bool is_keyword(const Token& token, std::string_view upper_case);

}  // namespace fogbank::dynamodb::expression
