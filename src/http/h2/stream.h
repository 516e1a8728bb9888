// One request on an HTTP/2 connection and its answer.
#pragma once

#include "src/base/byte_stream.h"
#include "src/base/cancel.h"
#include "src/http/body_pace.h"
#include "src/http/head_parser.h"
#include "src/http/message.h"
#include "src/http/resume_slot.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::http::h2 {

class Session;

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// The request's body for the handler; the rest is the session's.
class Stream final : public ByteStream {
public:
    Stream(Session& session, std::int32_t number, std::chrono::milliseconds body_timeout)
        : id(number), pace(body_timeout), session_(session) {}

    Task<std::string_view> next() override;
    std::optional<std::uint64_t> length() const override { return announced; }

    const std::int32_t id;
    BodyPace pace;
    std::int64_t deadline = kNever;  // steady milliseconds; of whatever is waited for
    ResumeSlot waiter;               // the request's coroutine, for bytes to come or to go
    bool woken = false;              // is among those that the session resumes next
    bool started = false;            // had its coroutine, which may still run
    bool running = false;
    bool closed = false;  // nothing comes or goes any more

    // The request.
    Request request;
    CancelSource cancel;
    HeadRefusal refusal;
    std::size_t head_bytes = 0;
    bool head_complete = false;
    std::optional<std::uint64_t> announced;  // Content-Length
    std::string arrived;                     // of the body, and not yet asked for; bounded by the window
    bool input_ended = false;
    bool timed_out = false;
    bool continue_due = false;
    // The answer is out, and what still comes of the body is dropped.
    bool dropping = false;
    std::uint64_t dropped = 0;

    // The answer's body. One of these has bytes at a time.
    std::string_view piece;  // of a text or of a stream
    int file = -1;
    std::uint64_t file_offset = 0;
    std::uint64_t file_left = 0;
    bool pieces_end = false;  // after what is here
    bool deferred = false;    // the session waits to be told of a next piece
    bool answered = false;    // the answer is with nghttp2
    bool sent = false;        // to the last byte

private:
    [[noreturn]] void fail(const char* code, const char* message);

    Session& session_;   // a running coroutine keeps it
    std::string taken_;  // what the last next() returned
};

}  // namespace fogbank::http::h2
