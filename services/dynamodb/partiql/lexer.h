// Splits a PartiQL statement into tokens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::partiql {

enum class TokenKind {
    word,       // a name or a keyword
    quoted,     // "name"
    string,     // 'text'
    number,     // 1, 2.5, 1e-3
    parameter,  // ?
    symbol,     // ( ) [ ] { } << >> , . : ; * + - = <> != < <= > >=
    end,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;  // without quotes, doubled ones made one
    // Where it stands, counted in characters from 1, as AWS's messages have it.
    std::size_t line = 1;
    std::size_t column = 1;
    std::size_t length = 0;
};

// "1:8:5"
std::string position(const Token& token);

// The last token is always `end`. Refuses (ValidationException) what is no token.
std::vector<Token> tokenize(std::string_view text);

// Throws ValidationException: "Statement wasn't well formed, can't be processed: <detail>".
[[noreturn]] void refuse_malformed(std::string_view detail);

// Whether `word` is the keyword, in any case.
bool is_word(const Token& token, std::string_view upper_case);
std::string lower_case(std::string_view text);

// Whether a word is one of PartiQL's keywords, which are names only in double quotes.
bool is_reserved(std::string_view word);

}  // namespace fogbank::dynamodb::partiql
