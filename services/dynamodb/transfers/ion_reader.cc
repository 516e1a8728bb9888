#include "services/dynamodb/transfers/ion.h"

#include "src/base/json.h"

#include <algorithm>
#include <cstdint>

namespace fogbank::dynamodb {
namespace {

constexpr std::string_view kVersion = "$ion_1_0";
constexpr int kMaxDepth = 64;  // DynamoDB's own limit is 32

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

void append_utf8(std::uint32_t code, std::string& out) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80U) {
        out += static_cast<char>(code);
    } else if (code < 0x800U) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        tail(0);
    } else if (code < 0x10000U) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | (code >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

// Reads one value after the other from Ion text and writes DynamoDB JSON. Each function returns false where
// the text is not what it is to read.
class Reader {
public:
    Reader(std::string_view text, std::string& out) : text_(text), json_(out) {}

    bool line() {
        space();
        if (text_.substr(at_).starts_with(kVersion)) at_ += kVersion.size();
        space();
        bool has_item = false;
        json_.begin_object();
        const bool is_read = fields([&](const std::string& name) {
            if (name != "Item" || has_item) return false;
            has_item = true;
            json_.key(name);
            space();
            return attributes(0);
        });
        json_.end_object();
        space();
        return is_read && has_item && at_ == text_.size();
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(std::string_view token) {
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }

    void space() {
        while (at_ < text_.size()) {
            if (std::string_view(" \t\r\n\f\v").find(text_[at_]) != std::string_view::npos) {
                ++at_;
            } else if (take("//")) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (take("/*")) {
                const std::size_t end = text_.find("*/", at_);
                at_ = end == std::string_view::npos ? text_.size() : end + 2;
            } else {
                return;
            }
        }
    }

    // A struct; `field(name)` reads each value.
    template <class Field>
    bool fields(Field field) {
        if (!take("{")) return false;
        space();
        while (!take("}")) {
            std::string name;
            if (!field_name(name)) return false;
            space();
            if (!take(":")) return false;
            space();
            if (!field(name)) return false;
            space();
            if (!take(",") && peek() != '}') return false;
            space();
        }
        return true;
    }

    bool attributes(int depth) {
        json_.begin_object();
        const bool is_read = fields([&](const std::string& name) {
            json_.key(name);
            return value(depth + 1);
        });
        json_.end_object();
        return is_read;
    }

    bool field_name(std::string& out) {
        if (peek() == '"') return quoted('"', out);
        if (text_.substr(at_).starts_with("'''")) return long_string(out);
        if (peek() == '\'') return quoted('\'', out);
        return plain_name(out);
    }

    bool plain_name(std::string& out) {
        if (!starts_name(peek())) return false;
        while (starts_name(peek()) || is_digit(peek())) out += text_[at_++];
        return true;
    }

    // Between quotes; `at_` is at the first one.
    bool quoted(char quote, std::string& out) {
        ++at_;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (!character(out)) return false;
        }
        return take({&quote, 1});
    }

    // One after the other, they are one string.
    bool long_string(std::string& out) {
        while (take("'''")) {
            while (!take("'''")) {
                if (at_ >= text_.size() || !character(out)) return false;
            }
            space();
        }
        return true;
    }

    bool character(std::string& out) {
        if (text_[at_] != '\\') {
            out += text_[at_++];
            return true;
        }
        ++at_;
        constexpr std::string_view kNames = "abtnfrv0\"'?\\/";
        constexpr std::string_view kMeant{"\a\b\t\n\f\r\v\0\"'?\\/", 13};
        const char c = peek();
        ++at_;
        if (c == 'x') return code(2, out);
        if (c == 'u') return code(4, out);
        if (c == 'U') return code(8, out);
        if (c == '\n') return true;
        const std::size_t place = kNames.find(c);
        if (place == std::string_view::npos || at_ > text_.size()) return false;
        out += kMeant[place];
        return true;
    }

    bool code(std::size_t digits, std::string& out) {
        constexpr std::uint32_t kEnd = 0x110000;
        constexpr std::string_view kHex = "0123456789abcdef";
        std::uint32_t found = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = static_cast<char>(peek() >= 'A' && peek() <= 'F' ? peek() + 32 : peek());
            const std::size_t digit = kHex.find(c);
            if (digit == std::string_view::npos || found >= kEnd) return false;
            found = found * 16 + static_cast<std::uint32_t>(digit);
            ++at_;
        }
        constexpr std::uint32_t kSurrogates = 0xD800;
        constexpr std::uint32_t kAfterSurrogates = 0xE000;
        if (found >= kEnd || (found >= kSurrogates && found < kAfterSurrogates)) return false;
        append_utf8(found, out);
        return true;
    }

    bool value(int depth) {
        if (depth > kMaxDepth) return false;
        if (peek() == '\'' && !text_.substr(at_).starts_with("'''")) return false;  // a symbol
        json_.begin_object();
        const bool is_read = typed(depth);
        json_.end_object();
        return is_read;
    }

    bool typed(int depth) {
        const char c = peek();
        if (starts_name(c)) return named(depth);
        if (c == '{') {
            if (text_.substr(at_).starts_with("{{")) {
                json_.key("B");
                return blob();
            }
            json_.key("M");
            return attributes(depth);
        }
        if (c == '[') {
            json_.key("L");
            return list([&] { return value(depth + 1); });
        }
        if (c == '"' || c == '\'') {
            json_.key("S");
            return string();
        }
        json_.key("N");
        return number();
    }

    // true, false, null and its types, or an annotation with its value.
    bool named(int depth) {
        std::string name;
        if (!plain_name(name)) return false;
        if (name == "true" || name == "false") {
            json_.field("BOOL", name == "true");
            return true;
        }
        if (name == "null") {
            std::string type;
            if (take(".") && !plain_name(type)) return false;
            json_.field("NULL", true);
            return true;
        }
        space();
        if (!take("::")) return false;
        space();
        if (name == "$dynamodb_SS") return set("SS", [&] { return string(); });
        if (name == "$dynamodb_NS") return set("NS", [&] { return number(); });
        if (name == "$dynamodb_BS") return set("BS", [&] { return blob(); });
        return peek() != '\'' && typed(depth);  // another annotation says nothing
    }

    template <class Element>
    bool set(std::string_view type, Element element) {
        json_.key(type);
        return list(element);
    }

    template <class Element>
    bool list(Element element) {
        if (!take("[")) return false;
        json_.begin_array();
        space();
        bool is_read = true;
        while (is_read && !take("]")) {
            is_read = element();
            space();
            is_read = is_read && (take(",") || peek() == ']');
            space();
        }
        json_.end_array();
        return is_read;
    }

    bool string() {
        std::string text;
        const bool is_read = peek() == '"'                          ? quoted('"', text)
                             : text_.substr(at_).starts_with("'''") ? long_string(text)
                                                                    : false;
        json_.string(text);
        return is_read;
    }

    bool blob() {
        std::string base64;
        const bool opens = take("{{");
        while (opens && at_ < text_.size() && peek() != '}') {
            const char c = text_[at_++];
            if (c == '"' || c == '\'') return false;  // a clob
            if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) base64 += c;
        }
        json_.string(base64);
        return opens && take("}}");
    }

    // An integer, a decimal or a float; its value is checked as any number of DynamoDB's.
    bool number() {
        std::string digits;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            const bool is_exponent = c == 'd' || c == 'D' || c == 'e' || c == 'E';
            const bool is_sign = (c == '-' || c == '+') && (digits.empty() || digits.back() == 'e');
            if (!is_digit(c) && !is_exponent && !is_sign && c != '.' && c != '_') break;
            ++at_;
            if (c == '_') continue;
            if (is_exponent && digits.ends_with('.')) digits.pop_back();
            digits += is_exponent ? 'e' : c;
        }
        if (digits.ends_with('.')) digits.pop_back();
        json_.string(digits);
        const char next = peek();
        return !digits.empty() && !starts_name(next) && next != '-' && next != ':';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    json::Writer json_;
};

}  // namespace

std::optional<std::string> dynamodb_json_of(std::string_view line) {
    std::string out;
    Reader reader(line, out);
    if (!reader.line()) return std::nullopt;
    return out;
}

}  // namespace fogbank::dynamodb
