// The stored bytes of objects and parts as streams.
#pragma once

#include "src/base/byte_stream.h"
#include "src/store/blob_store.h"

#include "src/http/message.h"

#include <memory>
#include <string>
#include <variant>
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

// What an operation gave as its body, as a stream that owns it.
using Payload = std::variant<std::monostate, std::string, http::FileBody, std::unique_ptr<ByteStream>>;
std::unique_ptr<ByteStream> stream_of(Payload payload);

}  // namespace fogbank::s3
