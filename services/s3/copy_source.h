// x-amz-copy-source: "bucket/key?versionId=..." as in a URL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct CopySource {
    std::string bucket, key;
    std::optional<std::string> version;
};

// Throws InvalidArgument in AWS's words.
CopySource parse_copy_source(std::string_view header);

}  // namespace fogbank::s3
