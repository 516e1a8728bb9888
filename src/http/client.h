// An HTTP client, over cpp-httplib. Blocking: for the command line, for tests, and from a pool.
#pragma once

#include "src/http/message.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace fogbank::http {

struct ClientRequest {
    std::string method = "GET";
    std::string url;  // http://host:port/path?query
    Headers headers;
    std::string body;
    std::chrono::milliseconds timeout{30'000};
    bool verify_tls = true;
};

struct ClientResponse {
    int status = 0;
    Headers headers;
    std::string body;
};

struct ClientError {
    std::string message;  // "connection refused by 127.0.0.1:4566"
};

using ClientResult = std::variant<ClientResponse, ClientError>;

ClientResult send(const ClientRequest& request);
// Calls `chunk` with each piece of the body as it comes; return false to stop.
ClientResult stream(const ClientRequest& request, const std::function<bool(std::string_view)>& chunk);

}  // namespace fogbank::http
