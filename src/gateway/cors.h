// Cross-origin rules for browsers that call the AWS API or the control paths: localhost in every form and
// port, file:// pages, and the configured origins. What has rules of its own, such as a bucket, is a
// ResourceCors.
#pragma once

#include "src/gateway/hosts.h"
#include "src/http/message.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::gateway {

struct CorsOptions {
    bool check = true;         // DISABLE_CORS_CHECKS=1 turns it off
    bool send_headers = true;  // DISABLE_CORS_HEADERS=1 turns it off
    std::vector<std::string> extra_origins;
    std::vector<std::string> extra_allowed_headers;
    std::vector<std::string> extra_exposed_headers;
};

struct CorsRequest {
    const http::Request& http;
    const HostForm& host;
    std::string_view path;  // still encoded
    std::string_view request_id, host_id;
};

struct CorsAnswer {
    bool has_rules = false;  // else the daemon's settings hold, as far as they let the page call
    std::optional<http::Response> preflight;  // to an OPTIONS
    http::Headers headers;                    // for the answer to an actual request
};

// Rules of a resource, which stand in the place of the daemon's own settings.
class ResourceCors {
public:
    virtual ~ResourceCors() = default;
    // Asked for requests with an Origin, and for OPTIONS. Nothing where the request means no such resource.
    virtual std::optional<CorsAnswer> judge(const CorsRequest& request) = 0;
};

bool is_allowed_origin(std::string_view origin, const CorsOptions& options);

// True where `request` is a preflight: OPTIONS with Origin and Access-Control-Request-Method.
bool is_preflight(const http::Request& request);

// 204 with the headers that let the browser go on.
http::Response preflight_response(const http::Request& request, const CorsOptions& options);

// True where the request comes from a web page that may not call us: a foreign Origin (or Referer).
bool is_forbidden(const http::Request& request, const CorsOptions& options);

void add_cors_headers(const http::Request& request, const CorsOptions& options, http::Response& response);

}  // namespace fogbank::gateway
