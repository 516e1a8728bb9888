// Texts of the grammars of HTTP and AWS, which know ASCII only.
#pragma once

#include <string>
#include <string_view>

namespace fogbank {

inline constexpr std::string_view kSpaceAndTab = " \t";
inline constexpr std::string_view kWhitespace = " \t\r\n";

std::string lower_case(std::string_view text);
// Without the `blanks` at both ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = kSpaceAndTab);

constexpr char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool equal_in_any_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    }
    return true;
}

}  // namespace fogbank
