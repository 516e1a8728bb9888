// The body of the request under way, read off its connection piece by piece.
#pragma once

#include "src/base/byte_stream.h"
#include "src/http/body_pace.h"
#include "src/http/chunk_decoder.h"
#include "src/http/head_parser.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace fogbank::http {

class Connection;

class RequestBody final : public ByteStream {
public:
    RequestBody(Connection& connection, const Framing& framing);

    Task<std::string_view> next() override;
    std::optional<std::uint64_t> length() const override;

    // All of it is off the connection: what follows is the next request.
    bool finished() const { return state_ == State::finished; }
    // Whether the rest can be read and dropped, so that the connection can go on.
    bool drainable() const;
    Task<bool> drain();

private:
    enum class State { reading, finished, broken };
    std::string_view take();
    Task<void> receive();
    [[noreturn]] void fail(const char* code, const char* message);

    Connection& connection_;
    const bool chunked_;
    const std::uint64_t length_;
    std::uint64_t left_;
    ChunkDecoder decoder_;
    State state_ = State::reading;
    bool continue_due_;
    BodyPace pace_;
    std::string_view ready_;  // came with the head
};

}  // namespace fogbank::http
