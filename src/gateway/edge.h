// URLs that are no API call: health, `/_aws/execute-api/...`, function URLs, websites.
#pragma once

#include "src/events/trace.h"
#include "src/http/message.h"

#include <functional>
#include <string_view>
#include <string>

namespace fogbank::gateway {

struct EdgeRequest {
    http::Request& http;
    std::string host;       // of the Host header, lower case, without the port
    std::string authority;  // the Host header as sent
    std::string base_url;   // scheme://authority
    std::string path;       // still encoded
    std::string query;
    events::Trace trace;  // from the request's header, or new
    std::string request_id;
    std::string account = {};  // whose resource it asked for: a route with spans says it
};

// Answers or declines; declining goes on to the next route, then to the AWS API.
class EdgeRoute {
public:
    virtual ~EdgeRoute() = default;
    virtual bool matches(const EdgeRequest& request) const = 0;
    // True where pages of any origin may call: what is behind the route answers CORS itself.
    virtual bool owns_cors() const { return false; }
    // What its requests are called in traces, such as "execute-api"; empty: they stand in none.
    virtual std::string_view span_service() const { return {}; }
    virtual Task<http::Response> handle(EdgeRequest& request) = 0;
};

}  // namespace fogbank::gateway
