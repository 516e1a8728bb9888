// Zstandard, over libzstd: reading only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

// Nothing where `bytes` is no Zstandard, is cut off, or holds more than `limit` bytes. Frames one after the
// other are one text.
std::optional<std::string> unzstd(std::string_view bytes, std::size_t limit);

}  // namespace fogbank::dynamodb
