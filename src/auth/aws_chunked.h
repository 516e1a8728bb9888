// S3's bodies in chunks (aws-chunked): unwraps them, checks each chunk's signature where a secret is known,
// and keeps the trailers for the operation. docs: S3 API Reference, "Signature calculations: transferring
// payload in multiple chunks".
#pragma once

#include "src/auth/credential.h"
#include "src/auth/sigv4.h"
#include "src/base/byte_stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::auth {

// What a body carries beside its bytes. An operation finds it by dynamic_cast of RequestContext::payload.
class TrailerSource {
public:
    virtual ~TrailerSource() = default;
    // Names that x-amz-trailer announces, lower case; known before the body is read.
    virtual const std::vector<std::string>& announced() const = 0;
    // Names in lower case and values, once the stream has ended.
    virtual const std::vector<std::pair<std::string, std::string>>& trailers() const = 0;
};

inline constexpr std::size_t kChunkLineLimit =
    4096;                                         // bytes of a chunk's size and extensions, or of one trailer
inline constexpr std::size_t kTrailerLimit = 20;  // trailers of one body
inline constexpr std::uint64_t kSmallestChunk = 8192;  // aws: every chunk but the last

struct ChunkSigning {
    std::string key;  // derived
    std::string timestamp;
    std::string scope;
    std::string seed;  // the signature of the headers
    std::string access_key;
};

struct ChunkedOptions {
    std::uint64_t decoded_length = 0;
    std::vector<std::string> announced;        // lower case; empty: no trailer may come
    std::optional<ChunkSigning> signing = {};  // unset: signatures are skipped unread
};

// `inner` must outlive the result, which is a TrailerSource too.
std::unique_ptr<ByteStream> make_chunked_stream(ByteStream& inner, ChunkedOptions options);

// A body whose SHA-256 is known. It is checked at the end, or by a reader that says so and computes it beside
// digests of its own, off the I/O thread.
class HashedBody {
public:
    virtual ~HashedBody() = default;
    virtual void leave_check_to_reader() = 0;
    virtual void check(std::string_view computed) const = 0;  // raw bytes; throws XAmzContentSHA256Mismatch
};

// The result, a HashedBody too, throws S3's XAmzContentSHA256Mismatch at the end where the bytes do not hash
// to `expected_hex`.
std::unique_ptr<ByteStream> make_hash_checked_stream(ByteStream& inner, std::string expected_hex);

Error missing_content_length();

// The stream that an S3 operation should read for `body`: unwrapped where x-amz-content-sha256 says
// STREAMING-..., hash-checked where it is a hash, null where `body` itself will do. Signatures of chunks are
// checked where `secret` is known.
// Throws InvalidArgument for another value, MissingContentLength without x-amz-decoded-content-length.
std::unique_ptr<ByteStream> unwrap_s3_payload(ByteStream& body, const RequestParts& request,
                                              const Credential& credential,
                                              std::optional<std::string_view> secret);

}  // namespace fogbank::auth
