#include "src/http/request_body.h"

#include "src/http/coarse_time.h"
#include "src/http/connection.h"

#include <algorithm>

namespace fogbank::http {

namespace {

// More than this left unread, and closing is cheaper for both sides than reading on.
constexpr std::uint64_t kDrainLimit = 256 * 1024;
// With more than this to come, a large buffer pays.
constexpr std::uint64_t kManyBytes = 16 * 1024;

}  // namespace

RequestBody::RequestBody(Connection& connection, const Framing& framing)
    : connection_(connection),
      chunked_(framing.chunked),
      length_(framing.content_length),
      left_(framing.content_length),
      continue_due_(framing.expects_continue),
      pace_(connection.body_timeout()) {
    Buffer& input = connection_.input();
    // A client that did not wait for 100 Continue needs none.
    if (!input.empty()) continue_due_ = false;
    if (chunked_ || left_ > input.size()) return;
    ready_ = input.view().substr(0, static_cast<std::size_t>(left_));
    input.begin += ready_.size();
    left_ = 0;
    state_ = State::finished;
}

std::optional<std::uint64_t> RequestBody::length() const {
    if (chunked_) return std::nullopt;
    return length_;
}

Task<std::string_view> RequestBody::next() {
    if (!ready_.empty()) co_return std::exchange(ready_, {});
    // Who waits for 100 Continue gets it also where no byte follows: botocore takes the next request's status
    // for that of an empty PUT whose answer came instead.
    if (continue_due_ && finished()) {
        continue_due_ = false;
        co_await connection_.send_continue();
    }
    while (state_ == State::reading) {
        const std::string_view piece = take();
        if (!piece.empty()) co_return piece;
        if (state_ == State::reading) co_await receive();
    }
    if (state_ == State::broken) fail("IncompleteBody", "The request's body could not be read to its end");
    co_return std::string_view();
}

// A piece of the body off what has come. At the body's end the next request may be read ahead.
std::string_view RequestBody::take() {
    Buffer& input = connection_.input();
    std::string_view piece;
    if (chunked_) {
        std::string_view rest = input.view();
        piece = decoder_.take(rest);
        input.begin = input.end - rest.size();
        if (decoder_.malformed())
            fail("InvalidRequest", "The chunked encoding of the request's body is malformed");
        if (decoder_.done()) state_ = State::finished;
    } else {
        piece =
            input.view().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
        input.begin += piece.size();
        left_ -= piece.size();
        if (left_ == 0) state_ = State::finished;
    }
    if (finished()) connection_.read_ahead();
    return piece;
}

Task<void> RequestBody::receive() {
    if (continue_due_) {
        continue_due_ = false;
        const bool sent = co_await connection_.send_continue();
        if (!sent) fail("IncompleteBody", "The connection broke before the request's body came");
    }
    const bool much = chunked_ || left_ > kManyBytes;
    const auto room = much ? Connection::Room::large : Connection::Room::small;
    const std::int64_t began_ms = steady_millis();
    const std::size_t before = connection_.input().size();
    const auto receipt = co_await connection_.receive_body(room, pace_.left());
    pace_.note(std::chrono::milliseconds(steady_millis() - began_ms), connection_.input().size() - before);
    // aws: S3's codes and words (docs: S3 API, "List of error codes"); other services name neither case.
    if (receipt == Connection::Receipt::timed_out) {
        fail("RequestTimeout",
             "Your socket connection to the server was not read from or written to within the timeout "
             "period.");
    }
    if (receipt == Connection::Receipt::ended) {
        fail("IncompleteBody",
             "You did not provide the number of bytes specified by the Content-Length HTTP header");
    }
}

void RequestBody::fail(const char* code, const char* message) {
    state_ = State::broken;
    throw Error(code, 400, message);
}

bool RequestBody::drainable() const {
    if (state_ != State::reading) return finished();
    // The client may or may not send a body after a final answer in place of 100 Continue: nobody can tell.
    if (continue_due_) return false;
    return chunked_ || left_ <= kDrainLimit;
}

Task<bool> RequestBody::drain() {
    std::uint64_t dropped = 0;
    try {
        while (!finished() && dropped <= kDrainLimit) {
            const std::string_view piece = co_await next();
            dropped += piece.size();
        }
    } catch (const Error&) {
        co_return false;
    }
    co_return finished();
}

}  // namespace fogbank::http
