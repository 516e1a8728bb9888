#include "src/gateway/cors.h"

#include <algorithm>

namespace fogbank::gateway {
namespace {

constexpr std::string_view kMethods = "HEAD,GET,PUT,POST,DELETE,OPTIONS,PATCH";
constexpr std::string_view kAllowedHeaders =
    "authorization,cache-control,content-length,content-md5,content-type,etag,location,x-amz-acl,"
    "x-amz-content-sha256,x-amz-date,x-amz-request-id,x-amz-security-token,x-amz-tagging,x-amz-target,"
    "x-amz-user-agent,x-amz-version-id,x-amzn-requestid,x-localstack-target,amz-sdk-invocation-id,amz-sdk-"
    "request";
constexpr std::string_view kExposedHeaders = "etag,x-amz-version-id,x-amz-request-id,x-amzn-requestid";

std::string join(std::string_view base, const std::vector<std::string>& extra) {
    std::string out(base);
    for (const std::string& name : extra) out += "," + name;
    return out;
}

bool is_local_host(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]" ||
           host == "localhost.localstack.cloud" || host.ends_with(".localhost.localstack.cloud");
}

}  // namespace

bool is_allowed_origin(std::string_view origin, const CorsOptions& options) {
    const auto& extra = options.extra_origins;
    if (std::find(extra.begin(), extra.end(), origin) != extra.end()) return true;
    if (std::find(extra.begin(), extra.end(), "*") != extra.end()) return true;
    if (origin == "file://" || origin.starts_with("file://")) return true;
    std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos) return false;
    std::string_view host = origin.substr(scheme + 3);
    host = host.substr(0, host.find('/'));
    std::size_t bracket = host.rfind(']');
    std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket))
        host = host.substr(0, colon);
    return is_local_host(host);
}

bool is_preflight(const http::Request& request) {
    return request.method == "OPTIONS" && request.headers.has("origin") &&
           request.headers.has("access-control-request-method");
}

http::Response preflight_response(const http::Request& request, const CorsOptions& options) {
    http::Response response;
    response.status = 204;
    add_cors_headers(request, options, response);
    if (request.headers.has("access-control-request-private-network")) {
        response.headers.set("Access-Control-Allow-Private-Network", "true");
    }
    return response;
}

bool is_forbidden(const http::Request& request, const CorsOptions& options) {
    if (!options.check) return false;
    std::string_view origin = request.headers.get("origin");
    // Browsers send no Origin with images and plain links; the Referer still tells where they stand. What is
    // signed comes from no such link.
    if (origin.empty() && !request.headers.has("authorization")) origin = request.headers.get("referer");
    return !origin.empty() && !is_allowed_origin(origin, options);
}

void add_cors_headers(const http::Request& request, const CorsOptions& options, http::Response& response) {
    const std::string* origin = request.headers.find("origin");
    if (origin == nullptr || !options.send_headers || response.headers.has("access-control-allow-origin"))
        return;
    if (options.check && !is_allowed_origin(*origin, options)) return;
    response.headers.set("Access-Control-Allow-Origin", *origin);
    response.headers.set("Vary", "Origin");
    response.headers.set("Access-Control-Allow-Methods", std::string(kMethods));
    response.headers.set("Access-Control-Allow-Headers",
                         join(kAllowedHeaders, options.extra_allowed_headers));
    response.headers.set("Access-Control-Expose-Headers",
                         join(kExposedHeaders, options.extra_exposed_headers));
    response.headers.set("Access-Control-Allow-Credentials", "true");
}

}  // namespace fogbank::gateway
