#include "src/http/h2/stream.h"

#include "src/http/h2/session.h"

namespace fogbank::http::h2 {

Task<std::string_view> Stream::next() {
    while (arrived.empty() && !input_ended) {
        if (timed_out) {
            // aws: S3's code and words (docs: S3 API, "List of error codes"); other services name none.
            fail("RequestTimeout",
                 "Your socket connection to the server was not read from or written to within the timeout "
                 "period.");
        }
        if (closed) fail("IncompleteBody", "The request's body could not be read to its end");
        if (continue_due) session_.send_continue(*this);
        co_await session_.wait_for_body(*this);
    }
    taken_.clear();
    std::swap(taken_, arrived);
    session_.give_window(*this, taken_.size());
    co_return std::string_view(taken_);
}

void Stream::fail(const char* code, const char* message) {
    throw Error(code, 400, message);
}

}  // namespace fogbank::http::h2
