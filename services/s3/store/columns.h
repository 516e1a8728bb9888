// How values without text stand in columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

// Null where empty: an absent value, not an empty one. The result refers to `text`.
inline std::optional<std::string_view> present(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return std::string_view(text);
}

}  // namespace fogbank::s3
