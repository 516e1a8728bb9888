// The stored bytes of objects and parts as streams.
#pragma once

#include "src/base/byte_stream.h"
#include "src/store/blob_store.h"

#include <memory>
#include <string>
#include <vector>

namespace fogbank::s3 {

struct BodyPiece {
    store::BlobId blob;  // empty: `bytes`
    std::string bytes;
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

// The pieces one after the other. `blobs` must outlive the stream.
std::unique_ptr<ByteStream> make_body_stream(store::BlobStore& blobs, std::vector<BodyPiece> pieces);

}  // namespace fogbank::s3
