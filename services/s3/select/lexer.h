// Words of S3 Select's SQL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3::select {

enum class TokenKind : std::uint8_t { word, quoted_name, string, integer, decimal, symbol, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;   // a word as written; a string without its quotes; a symbol such as "<="
    std::string upper;  // of a word
    int line = 1, column = 1;
};

// A word that is no name. `upper` is in upper case.
bool is_reserved(std::string_view upper);

// Throws LexerInvalidChar and its kin. The last token is `end`.
std::vector<Token> read_tokens(std::string_view sql);

}  // namespace fogbank::s3::select
