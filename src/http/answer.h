// What HTTP/1 and HTTP/2 share of answering a request.
#pragma once

#include "src/http/message.h"
#include "src/http/server.h"

#include <unistd.h>

#include <cstdint>
#include <string_view>

namespace fogbank::http {

// Closes the descriptor of a FileBody, sent or not.
class FileCloser {
public:
    explicit FileCloser(const Response& response) {
        if (const auto* file = std::get_if<FileBody>(&response.body)) descriptor_ = file->descriptor;
    }
    ~FileCloser() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    FileCloser(const FileCloser&) = delete;
    FileCloser& operator=(const FileCloser&) = delete;

private:
    int descriptor_ = -1;
};

// The bare 500 for what a handler threw; logged.
Response internal_error(const Request& request, const char* reason);
// The answer to what the server refuses: the hook's, or plain text.
Response refusal_answer(const ServerOptions& options, const Refusal& refusal);
// Whether a body follows the head, how long it is (-1 where only its end will tell), and the length to say in
// the head (-1: none).
struct BodyPlan {
    bool sends = false;
    std::int64_t length = -1;
    std::int64_t shown = -1;
};
BodyPlan plan_body(const Response& response, std::string_view method);

}  // namespace fogbank::http
