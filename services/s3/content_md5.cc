#include "services/s3/content_md5.h"

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace fogbank::s3 {

void check_md5_form(const std::string& header) {
    const auto bytes = base64_decode(header);
    if (bytes && bytes->size() == 16) return;
    throw Error("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
        .with("Content-MD5", header);
}

void check_md5(const std::string& header, const std::string& md5) {
    const std::string calculated = base64_encode(md5);
    if (calculated == header) return;
    throw Error("BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
        .with("ExpectedDigest", header)
        .with("CalculatedDigest", calculated);
}

}  // namespace fogbank::s3
