// gzip, over zlib.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

std::string gzip(std::string_view bytes);
// Nothing where `bytes` is no gzip, is cut off, or holds more than `limit` bytes. Members one after the other
// are one text.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit);

}  // namespace fogbank::dynamodb
