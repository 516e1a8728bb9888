// x-amz-copy-source: "bucket/key?versionId=..." as in a URL.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::s3 {

struct CopySource {
    std::string bucket, key;
};

// Throws InvalidArgument in AWS's words.
CopySource parse_copy_source(std::string_view header);

}  // namespace fogbank::s3
