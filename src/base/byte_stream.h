// A body that is read once, piece by piece. The one interface that http, store, auth and protocol share.
#pragma once

#include "src/base/error.h"
#include "src/base/task.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank {

class ByteStream {
public:
    virtual ~ByteStream() = default;
    // The next piece; empty at the end. The view is valid until the next call. Throws Error where the sender
    // broke the protocol (a body shorter than its length, a bad chunk signature).
    virtual Task<std::string_view> next() = 0;
    // The bytes that the whole stream holds, where known before reading.
    virtual std::optional<std::uint64_t> length() const = 0;
};

// Reads all of `stream`; throws Error(too_large) once it holds more than `limit` bytes.
Task<std::string> read_all(ByteStream& stream, std::uint64_t limit, const Error& too_large);

std::unique_ptr<ByteStream> make_string_stream(std::string bytes);

}  // namespace fogbank
