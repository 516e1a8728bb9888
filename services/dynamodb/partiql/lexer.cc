#include "services/dynamodb/partiql/lexer.h"

#include "services/dynamodb/refuse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace fogbank::dynamodb::partiql {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

bool is_word_part(char c) {
    return is_word_start(c) || is_digit(c);
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Not the first byte of a character.
bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (skip_blanks()) tokens.push_back(next());
        tokens.push_back({TokenKind::end, "<EOF>", line_, column_, 0});
        return tokens;
    }

private:
    char at(std::size_t ahead = 0) const {
        return place_ + ahead < text_.size() ? text_[place_ + ahead] : '\0';
    }

    void move(std::size_t count) {
        for (std::size_t i = 0; i < count && place_ < text_.size(); ++i) {
            const char c = text_[place_++];
            if (c == '\n') {
                ++line_;
                column_ = 1;
            } else if (!is_continuation(c)) {
                ++column_;
            }
        }
    }

    // False at the end of the text.
    bool skip_blanks() {
        while (place_ < text_.size()) {
            if (is_blank(at())) {
                move(1);
            } else if (text_.substr(place_, 2) == "--") {
                while (place_ < text_.size() && at() != '\n') move(1);
            } else if (text_.substr(place_, 2) == "/*") {
                const std::size_t end = text_.find("*/", place_ + 2);
                if (end == std::string_view::npos) refuse_malformed("");
                move(end + 2 - place_);
            } else {
                return true;
            }
        }
        return false;
    }

    Token next() {
        Token token{TokenKind::symbol, {}, line_, column_, 0};
        const char c = at();
        const std::size_t start = place_;
        if (is_word_start(c)) {
            token.kind = TokenKind::word;
            while (is_word_part(at())) move(1);
            token.text = text_.substr(start, place_ - start);
        } else if (c == '\'' || c == '"') {
            token.kind = c == '"' ? TokenKind::quoted : TokenKind::string;
            token.text = quoted(c);
        } else if (is_digit(c) || (c == '.' && is_digit(at(1)) && !after_name_)) {
            token.kind = TokenKind::number;
            number();
            token.text = text_.substr(start, place_ - start);
        } else if (c == '?') {
            token.kind = TokenKind::parameter;
            move(1);
        } else {
            token.text = symbol();
        }
        token.length =
            static_cast<std::size_t>(std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(start),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(place_),
                                                   [](char each) { return !is_continuation(each); }));
        after_name_ = token.kind == TokenKind::word || token.kind == TokenKind::quoted || token.text == "]";
        return token;
    }

    std::string quoted(char quote) {
        std::string out;
        move(1);
        while (true) {
            if (place_ >= text_.size()) refuse_malformed("");
            const char c = at();
            if (c == quote) {
                if (at(1) != quote) break;
                move(1);
            }
            out += c;
            move(1);
        }
        move(1);
        return out;
    }

    void number() {
        std::int64_t fraction_digits = 0;
        while (is_digit(at())) move(1);
        if (at() == '.') {
            move(1);
            for (; is_digit(at()); ++fraction_digits) move(1);
        }
        if (at() != 'e' && at() != 'E') return;
        const bool has_sign = at(1) == '+' || at(1) == '-';
        if (!is_digit(at(has_sign ? 2 : 1))) refuse_malformed("");
        const bool is_negative = at(1) == '-';
        move(has_sign ? 2 : 1);
        const std::size_t start = place_;
        while (is_digit(at())) move(1);
        // aws: an exponent, or a scale, beyond 32 bits is no literal (conformance suite, captured 2026-10).
        std::int64_t exponent = 0;
        const auto [end, error] = std::from_chars(text_.data() + start, text_.data() + place_, exponent);
        constexpr std::int64_t kLimit = 2'147'483'647;
        if (error != std::errc() || exponent > kLimit) refuse_malformed("");
        if (is_negative && fraction_digits + exponent > kLimit) refuse_malformed("");
    }

    std::string symbol() {
        constexpr std::array<std::string_view, 6> kTwo{"<<", ">>", "<>", "<=", ">=", "!="};
        constexpr std::string_view kOne = "()[]{},.:;*+-=<>";
        const std::string_view two = text_.substr(place_, 2);
        if (std::find(kTwo.begin(), kTwo.end(), two) != kTwo.end()) {
            move(2);
            return std::string(two);
        }
        if (kOne.find(at()) == std::string_view::npos) refuse_malformed("");
        const std::string one(1, at());
        move(1);
        return one;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    std::size_t line_ = 1;
    std::size_t column_ = 1;
    bool after_name_ = false;  // a point is a path's, not a number's
};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string position(const Token& token) {
    return std::to_string(token.line) + ":" + std::to_string(token.column) + ":" +
           std::to_string(token.length);
}

std::vector<Token> tokenize(std::string_view text) {
    return Lexer(text).run();
}

void refuse_malformed(std::string_view detail) {
    refuse("Statement wasn't well formed, can't be processed: " + std::string(detail));
}

bool is_word(const Token& token, std::string_view upper_case) {
    return token.kind == TokenKind::word &&
           std::equal(token.text.begin(), token.text.end(), upper_case.begin(), upper_case.end(),
                      [](char a, char b) { return upper(a) == b; });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace fogbank::dynamodb::partiql
