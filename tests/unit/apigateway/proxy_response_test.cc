#include "services/apigateway/rest/proxy_response.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using apigateway::rest::BodyDecoding;
using apigateway::rest::parse_proxy_response;

namespace {

std::string text(const http::Response& response) {
    return std::get<std::string>(response.body);
}

std::vector<std::string> values(const http::Response& response, std::string_view name) {
    std::vector<std::string> result;
    for (const auto& [header, value] : response.headers) {
        if (http::equal_ignoring_case(header, name)) result.push_back(value);
    }
    return result;
}

}  // namespace

TEST_CASE("A function's answer becomes the response, as JSON unless it says otherwise") {
    const auto plain = parse_proxy_response(R"({"statusCode": 201, "body": "hi"})", BodyDecoding::as_is);
    REQUIRE(plain);
    CHECK(plain->status == 201);
    CHECK(text(*plain) == "hi");
    CHECK(plain->headers.get("content-type") == "application/json");

    const auto html =
        parse_proxy_response(R"({"statusCode": "200", "headers": {"content-type": "text/html", "X-N": 7,
        "X-B": true}, "body": null})",
                             BodyDecoding::as_is);
    REQUIRE(html);
    CHECK(html->status == 200);
    CHECK(values(*html, "Content-Type") == std::vector<std::string>{"text/html"});
    CHECK(html->headers.get("X-N") == "7");
    CHECK(html->headers.get("X-B") == "true");
    CHECK(text(*html).empty());
}

TEST_CASE("multiValueHeaders win over headers of the same name") {
    const auto response = parse_proxy_response(
        R"({"statusCode": 200, "headers": {"Set-Cookie": "c=3", "X-One": "1"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}})",
        BodyDecoding::as_is);
    REQUIRE(response);
    CHECK(values(*response, "Set-Cookie") == std::vector<std::string>{"a=1", "b=2"});
    CHECK(values(*response, "X-One") == std::vector<std::string>{"1"});
}

TEST_CASE("A body in base64 is decoded only where the client takes it as binary") {
    const std::string payload = R"({"statusCode": 200, "body": "AAEC", "isBase64Encoded": true})";
    CHECK(text(*parse_proxy_response(payload, BodyDecoding::as_is)) == "AAEC");
    CHECK(text(*parse_proxy_response(payload, BodyDecoding::base64)) == std::string("\0\1\2", 3));
}

TEST_CASE("Headers that API Gateway writes itself come out remapped") {
    const auto response = parse_proxy_response(
        R"({"statusCode": 200, "headers": {"Content-Length": "999", "Transfer-Encoding": "chunked"}})",
        BodyDecoding::as_is);
    REQUIRE(response);
    CHECK(response->headers.get("x-amzn-Remapped-Content-Length") == "999");
    CHECK_FALSE(response->headers.has("Content-Length"));
    CHECK_FALSE(response->headers.has("Transfer-Encoding"));
}

TEST_CASE("What is no proxy response is refused") {
    for (const char* payload :
         {"", "null", "7", "\"text\"", "[]", "{\"statusCode\": 200", R"({"message": "hi"})",
          R"({"statusCode": "abc"})", R"({"statusCode": 1.5})", R"({"statusCode": 101})",
          R"({"statusCode": 200, "body": {"a": 1}})", R"({"statusCode": 200, "headers": []})",
          R"({"statusCode": 200, "headers": {"a": ["b"]}})",
          R"({"statusCode": 200, "multiValueHeaders": {"a": "b"}})",
          R"({"statusCode": 200, "isBase64Encoded": "true"})",
          R"({"statusCode": 200, "headers": {"a": "b\r\nc: d"}})",
          R"({"statusCode": 200, "headers": {"a b": "c"}})"}) {
        INFO(payload);
        CHECK_FALSE(parse_proxy_response(payload, BodyDecoding::as_is));
    }
}
