#include "src/gateway/cors.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank;
using namespace fogbank::gateway;

namespace {

http::Request request_from(const char* method, const char* origin) {
    http::Request request;
    request.method = method;
    if (origin != nullptr) request.headers.add("Origin", origin);
    return request;
}

}  // namespace

TEST_CASE("localhost in every form and port, and file pages, may call") {
    for (const char* origin :
         {"http://localhost", "https://localhost", "http://localhost:3000", "http://app.localhost:8080",
          "http://127.0.0.1:5173", "http://[::1]:3000", "http://[::1]",
          "https://localhost.localstack.cloud:4566", "https://photos.s3.localhost.localstack.cloud",
          "file://", "file:///home/me/index.html"}) {
        INFO(origin);
        CHECK(is_allowed_origin(origin, {}));
    }
}

TEST_CASE("foreign pages may not call, whatever their address ends with or starts with") {
    for (const char* origin : {"https://example.com", "http://localhost.example.com", "http://notlocalhost",
                               "http://evil-localhost:80", "https://localhost.localstack.cloud.evil.com",
                               "http://127.0.0.1.evil.com", "http://[::2]", "null", "", "localhost",
                               "http://example.com:localhost", "http://evil.com/localhost"}) {
        INFO(origin);
        CHECK_FALSE(is_allowed_origin(origin, {}));
    }
}

TEST_CASE("configured origins may call, a star means all") {
    CorsOptions options;
    options.extra_origins = {"https://app.example.com", "null"};
    CHECK(is_allowed_origin("https://app.example.com", options));
    CHECK(is_allowed_origin("null", options));
    CHECK_FALSE(is_allowed_origin("http://app.example.com", options));
    options.extra_origins = {"*"};
    CHECK(is_allowed_origin("https://any.example", options));
}

TEST_CASE("a request is forbidden by its Origin, or without one by its Referer") {
    CorsOptions options;
    CHECK(is_forbidden(request_from("GET", "https://example.com"), options));
    CHECK_FALSE(is_forbidden(request_from("GET", "http://localhost:3000"), options));
    CHECK_FALSE(is_forbidden(request_from("GET", nullptr), options));
    http::Request image = request_from("GET", nullptr);
    image.headers.add("Referer", "https://example.com/page");
    CHECK(is_forbidden(image, options));
    http::Request own = request_from("GET", nullptr);
    own.headers.add("Referer", "http://localhost:3000/page");
    CHECK_FALSE(is_forbidden(own, options));
    options.check = false;
    CHECK_FALSE(is_forbidden(image, options));
}

TEST_CASE("a preflight is OPTIONS with both headers, and is answered with what is allowed") {
    http::Request request = request_from("OPTIONS", "http://localhost:3000");
    CHECK_FALSE(is_preflight(request));
    request.headers.add("Access-Control-Request-Method", "PUT");
    CHECK(is_preflight(request));
    CorsOptions options;
    options.extra_allowed_headers = {"x-mine"};
    options.extra_exposed_headers = {"x-yours"};
    http::Response response = preflight_response(request, options);
    CHECK(response.status == 204);
    CHECK(response.headers.get("Access-Control-Allow-Origin") == "http://localhost:3000");
    CHECK(response.headers.get("Access-Control-Allow-Credentials") == "true");
    CHECK(response.headers.get("Vary") == "Origin");
    CHECK(response.headers.get("Access-Control-Allow-Methods") == "HEAD,GET,PUT,POST,DELETE,OPTIONS,PATCH");
    CHECK(response.headers.get("Access-Control-Allow-Headers").ends_with(",x-mine"));
    CHECK(response.headers.get("Access-Control-Expose-Headers").ends_with(",x-yours"));
    CHECK_FALSE(response.headers.has("Access-Control-Allow-Private-Network"));
    request.headers.add("Access-Control-Request-Private-Network", "true");
    CHECK(preflight_response(request, options).headers.get("Access-Control-Allow-Private-Network") == "true");
    CHECK_FALSE(is_preflight(request_from("GET", "http://localhost:3000")));
}

TEST_CASE("CORS headers are added for allowed origins, where none stand already and none are switched off") {
    CorsOptions options;
    http::Request request = request_from("GET", "http://localhost:3000");
    http::Response plain;
    add_cors_headers(request, options, plain);
    CHECK(plain.headers.get("access-control-allow-origin") == "http://localhost:3000");

    http::Response own;
    own.headers.set("Access-Control-Allow-Origin", "*");
    add_cors_headers(request, options, own);
    CHECK(own.headers.get("access-control-allow-origin") == "*");
    CHECK(own.headers.size() == 1);

    http::Response foreign, none, off;
    add_cors_headers(request_from("GET", "https://example.com"), options, foreign);
    add_cors_headers(request_from("GET", nullptr), options, none);
    options.send_headers = false;
    add_cors_headers(request, options, off);
    CHECK(foreign.headers.size() == 0);
    CHECK(none.headers.size() == 0);
    CHECK(off.headers.size() == 0);
}
