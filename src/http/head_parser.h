// Request line and headers, over Beast's parser: bytes in, http::Request out.
#pragma once

#include "src/http/message.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fogbank::http {

struct HeadLimits {
    std::size_t header_limit;
    std::size_t target_limit;
};

// How the body that follows a head is framed, and what the head says about the connection.
struct Framing {
    bool chunked = false;
    std::uint64_t content_length = 0;  // 0 where there is none
    bool keep_alive = true;
    bool expects_continue = false;
    bool http_1_0 = false;
};

struct HeadRefusal {
    int status = 0;  // 0: not refused
    const char* message = "";
};

// Parses one head after another.
class HeadParser {
public:
    explicit HeadParser(HeadLimits limits);
    ~HeadParser();

    // Begins a new head whose fields go to `request`, which must live until the head is complete.
    void begin(Request& request);
    // Parses `bytes`, all that has come of this head so far (the same bytes again, and more, at the next
    // call). Returns how many of them the head took; 0 while it is incomplete or when it is refused.
    std::size_t parse(std::string_view bytes);

    const HeadRefusal& refusal() const { return refusal_; }
    const Framing& framing() const { return framing_; }

private:
    class Impl;
    HeadLimits limits_;
    std::unique_ptr<Impl> impl_;
    HeadRefusal refusal_;
    Framing framing_;
    std::size_t taken_ = 0;  // of the head's bytes
};

}  // namespace fogbank::http
