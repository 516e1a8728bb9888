#include "services/s3/document_checksum.h"

#include "services/s3/checksum.h"
#include "services/s3/content_md5.h"
#include "services/s3/errors.h"
#include "src/base/bytes.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

// aws: of all operations whose model asks for a checksum only these insist on one, as measured in
// argmin's docs ("Request Checksum Compatibility Plan"); SDKs send one with each.
constexpr std::array<std::string_view, 7> kInsisting = {
    "DeleteObjects",      "PutBucketCors",
    "PutBucketTagging",   "PutBucketLifecycleConfiguration",
    "PutObjectLegalHold", "PutObjectLockConfiguration",
    "PutObjectRetention"};

Error missing_checksum(std::string_view operation) {
    std::string message = "Missing required header for this request: Content-MD5";
    if (operation != "PutBucketLifecycleConfiguration") message += " OR x-amz-checksum-*";
    return invalid_request(std::move(message));
}

}  // namespace

void check_document(const model::Operation& operation, const gateway::WholeBody& body) {
    const std::string* md5 = body.headers.find("content-md5");
    if (md5 != nullptr) {
        check_md5_form(*md5);
        check_md5(*md5, digest(DigestKind::md5, body.bytes));
    }
    const DeclaredChecksum declared = declared_by_headers(body.headers, body.source);
    const std::optional<std::string> value = declared_value(declared, body.source);
    if (value) {
        const DigestKind kind = digest_kind(declared.algorithm, "x-amz-sdk-checksum-algorithm");
        if (base64_encode(digest(kind, body.bytes)) != *value) throw bad_digest(declared.algorithm);
    }
    const bool insists =
        std::find(kInsisting.begin(), kInsisting.end(), operation.name) != kInsisting.end();
    if (insists && md5 == nullptr && !value) throw missing_checksum(operation.name);
}

}  // namespace fogbank::s3
