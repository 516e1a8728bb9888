// Cross-origin rules for browsers that call the AWS API or the control paths: localhost in every form and
// port, file:// pages, and the configured origins. S3 buckets' own CORS rules are the service's business.
#pragma once

#include "src/http/message.h"

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

bool is_allowed_origin(std::string_view origin, const CorsOptions& options);

// True where `request` is a preflight: OPTIONS with Origin and Access-Control-Request-Method.
bool is_preflight(const http::Request& request);

// 204 with the headers that let the browser go on.
http::Response preflight_response(const http::Request& request, const CorsOptions& options);

// True where the request comes from a web page that may not call us: a foreign Origin (or Referer).
bool is_forbidden(const http::Request& request, const CorsOptions& options);

void add_cors_headers(const http::Request& request, const CorsOptions& options, http::Response& response);

}  // namespace fogbank::gateway
