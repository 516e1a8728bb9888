// Binary data and its text forms.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank {

// A blob. A type of its own so that codecs can tell it from text.
struct Bytes {
    std::string data;
    auto operator<=>(const Bytes&) const = default;
};

std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);  // no padding
std::optional<std::string> base64_decode(
    std::string_view text);                      // strict: padding required, no other characters
std::string hex_encode(std::string_view bytes);  // lower case
std::optional<std::string> hex_decode(std::string_view text);
bool is_valid_utf8(std::string_view text);
std::size_t utf8_length(std::string_view text);  // in code points; counts a bad byte as one
// Number of UTF-16 units, the length AWS's Java front ends count.
std::size_t utf16_length(std::string_view text);

}  // namespace fogbank
