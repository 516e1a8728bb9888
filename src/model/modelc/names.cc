#include "src/model/modelc/names.h"

#include <cctype>
#include <cstdio>
#include <set>

namespace fogbank::modelc {
namespace {

bool is_upper(char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0;
}
bool is_lower(char c) {
    return std::islower(static_cast<unsigned char>(c)) != 0;
}

// Keywords, and the macros of the C and C++ headers that models use as member names (AttributeValue's NULL).
const std::set<std::string_view>& reserved_names() {
    static const std::set<std::string_view> names{
        "alignas",  "alignof",  "and",       "asm",      "auto",     "bool",      "break",     "case",
        "catch",    "char",     "class",     "concept",  "const",    "continue",  "decltype",  "default",
        "delete",   "do",       "double",    "else",     "enum",     "explicit",  "export",    "extern",
        "false",    "float",    "for",       "friend",   "goto",     "if",        "inline",    "int",
        "long",     "mutable",  "namespace", "new",      "noexcept", "not",       "nullptr",   "operator",
        "or",       "private",  "protected", "public",   "register", "requires",  "return",    "short",
        "signed",   "sizeof",   "static",    "struct",   "switch",   "template",  "this",      "throw",
        "true",     "try",      "typedef",   "typeid",   "typename", "union",     "unsigned",  "using",
        "virtual",  "void",     "volatile",  "while",    "xor",      "constexpr", "consteval", "constinit",
        "co_await", "co_yield", "co_return", "char8_t",  "char16_t", "char32_t",  "wchar_t",   "thread_local",
        "NULL",     "EOF",      "NAN",       "INFINITY", "errno",    "stdin",     "stdout",    "stderr",
        "signals",  "assert",   "linux",     "unix",     "DOMAIN",   "OVERFLOW",  "UNDERFLOW"};
    return names;
}

}  // namespace

std::string snake_case(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool after_word = i > 0 && name[i - 1] != '_' && !is_upper(name[i - 1]);
        const bool before_word =
            i > 0 && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
        if (is_upper(c) && (after_word || before_word)) out += '_';
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string identifier(std::string_view name) {
    std::string out;
    for (char c : name) out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    if (!out.empty() && std::isdigit(static_cast<unsigned char>(out[0])) != 0) out.insert(0, "_");
    if (reserved_names().contains(out)) out += '_';
    return out;
}

std::string namespace_name(std::string_view id) {
    std::string out;
    for (char c : id) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
    }
    return out;
}

std::string literal(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\' || c == '?') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) {
            char octal[8];
            std::snprintf(octal, sizeof octal, "\\%03o",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += octal;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string literal_or_null(std::string_view text) {
    return text.empty() ? "nullptr" : literal(text);
}

}  // namespace fogbank::modelc
