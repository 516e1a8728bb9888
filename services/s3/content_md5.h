// Content-MD5, as AWS checks it.
#pragma once

#include <string>

namespace fogbank::s3 {

// Throws InvalidDigest where the header holds no base64 of 16 bytes.
void check_md5_form(const std::string& header);
// Throws BadDigest where it is not that of the body, `md5` (raw).
void check_md5(const std::string& header, const std::string& md5);

}  // namespace fogbank::s3
