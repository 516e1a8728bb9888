// The status line and headers of a response as bytes.
#pragma once

#include "src/http/message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fogbank::http {

// What the server decides about a response; the handler's own headers of these names are dropped.
struct ResponseFraming {
    std::int64_t length = -1;  // Content-Length; none where negative
    bool chunked = false;
    bool close = false;
    bool says_keep_alive = false;  // for HTTP/1.0, where it has to be said
};

void append_response_head(std::string& out, int status, const Headers& headers,
                          const ResponseFraming& framing, std::string_view date);

std::string_view reason_phrase(int status);
bool is_server_field(std::string_view name);  // written by the server, never by handlers
bool status_has_no_body(int status);          // 1xx, 204, 304

}  // namespace fogbank::http
