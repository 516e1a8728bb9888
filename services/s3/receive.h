// Takes a request's body: into memory or a file, with its digests, checked against what the request declared.
#pragma once

#include "services/s3/checksum.h"
#include "src/base/byte_stream.h"
#include "src/base/task.h"
#include "src/store/blob_store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace fogbank::s3 {

inline constexpr std::uint64_t kUploadLimit =
    5ULL << 30;  // docs: "Amazon S3 multipart upload limits": 5 GiB a PUT

// Discards a blob that no row names in the end.
class BlobGuard {
public:
    BlobGuard(store::BlobStore& blobs, store::BlobId blob) : blobs_(blobs), blob_(std::move(blob)) {}
    ~BlobGuard() {
        if (!blob_.empty()) blobs_.discard(blob_);
    }
    BlobGuard(const BlobGuard&) = delete;
    BlobGuard& operator=(const BlobGuard&) = delete;
    void release() { blob_.clear(); }

private:
    store::BlobStore& blobs_;
    store::BlobId blob_;
};

struct Declared {
    DeclaredChecksum checksum;
    std::optional<std::string> content_md5;  // base64
    std::string algorithm;                   // to compute: the declared one, the upload's, or the default
};

struct Received {
    store::StoredBytes bytes;
    std::string md5;    // raw
    Checksum checksum;  // of the whole body
};

// Throws before anything is read: InvalidDigest, MissingContentLength's kin, EntityTooLarge.
void check_body_headers(const Declared& declared, const ByteStream* payload);

// Throws BadDigest; what was stored is discarded then. `payload` null: an empty body.
Task<Received> receive(store::BlobStore& blobs, ByteStream* payload, const Declared& declared);

}  // namespace fogbank::s3
