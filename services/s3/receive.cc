#include "services/s3/receive.h"

#include "services/s3/content_md5.h"
#include "services/s3/errors.h"
#include "src/auth/aws_chunked.h"
#include "src/base/bytes.h"

#include <vector>

namespace fogbank::s3 {

namespace {

void check_checksum(const Declared& declared, ByteStream& payload, const Checksum& checksum) {
    const std::optional<std::string> given = declared_value(declared.checksum, &payload);
    if (given && *given != checksum.value) throw bad_digest(checksum.algorithm);
}

// Null where the request does not say the body's hash, or its stream checks something else.
const auth::HashedBody* take_over_hash(ByteStream& payload) {
    auto* hashed = dynamic_cast<auth::HashedBody*>(&payload);
    if (hashed != nullptr) hashed->leave_check_to_reader();
    return hashed;
}

}  // namespace

void check_body_headers(const Declared& declared, const ByteStream* payload) {
    if (declared.content_md5) check_md5_form(*declared.content_md5);
    if (payload == nullptr) return;
    const auto length = payload->length();
    // aws: a body of unknown length is not taken.
    if (!length) throw not_implemented("Transfer-Encoding");
    if (*length > kUploadLimit) throw entity_too_large(*length, kUploadLimit);
}

Task<Received> receive(store::BlobStore& blobs, ByteStream* payload, const Declared& declared) {
    std::unique_ptr<ByteStream> nothing;
    if (payload == nullptr) {
        nothing = make_string_stream({});
        payload = nothing.get();
    }
    const auto* hashed = take_over_hash(*payload);
    std::vector<Digest> digests;
    digests.reserve(3);
    digests.emplace_back(DigestKind::md5);
    digests.emplace_back(digest_kind(declared.algorithm, "x-amz-checksum-algorithm"));
    if (hashed != nullptr) digests.emplace_back(DigestKind::sha256);
    const Error too_large = entity_too_large(kUploadLimit + 1, kUploadLimit);
    Received received;
    received.bytes = co_await blobs.put(*payload, digests, kUploadLimit, too_large);
    BlobGuard guard(blobs, received.bytes.blob);
    if (hashed != nullptr) hashed->check(digests[2].finish());
    received.md5 = digests[0].finish();
    received.checksum = {declared.algorithm, base64_encode(digests[1].finish()), std::string(kFullObject)};
    if (declared.content_md5) check_md5(*declared.content_md5, received.md5);
    check_checksum(declared, *payload, received.checksum);
    guard.release();
    co_return received;
}

}  // namespace fogbank::s3
