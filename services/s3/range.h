// The Range header as S3 reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fogbank::s3 {

struct ByteRange {
    std::int64_t first = 0;
    std::int64_t length = 0;
};

// Nothing where the header is no single range of bytes: S3 answers with the whole object then. Throws
// InvalidRange where no byte of `size` lies in it.
std::optional<ByteRange> parse_range(std::string_view header, std::int64_t size);

}  // namespace fogbank::s3
