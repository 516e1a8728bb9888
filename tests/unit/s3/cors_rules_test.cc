#include <catch2/catch.hpp>

#include "services/s3/cors/rules.h"

namespace fogbank::s3::cors {

namespace {

api::CORSRule rule(std::vector<std::string> origins, std::vector<std::string> methods,
                   std::vector<std::string> headers = {}) {
    api::CORSRule out;
    out.AllowedOrigins = std::move(origins);
    out.AllowedMethods = std::move(methods);
    if (!headers.empty()) out.AllowedHeaders = std::move(headers);
    return out;
}

bool matches(const api::CORSRule& one, const Question& question) {
    return find_rule({one}, question) != nullptr;
}

std::string refusal(const http::Request& request) {
    try {
        check_preflight(request);
    } catch (const Error& error) {
        return error.code() + ": " + error.message();
    }
    return "";
}

}  // namespace

TEST_CASE("Origins fit a pattern with one wildcard, in their case") {
    CHECK(matches(rule({"https://a.com"}, {"GET"}), {"https://a.com", "GET", {}}));
    CHECK_FALSE(matches(rule({"https://a.com"}, {"GET"}), {"https://A.com", "GET", {}}));
    CHECK(matches(rule({"https://*.a.com"}, {"GET"}), {"https://x.y.a.com", "GET", {}}));
    CHECK_FALSE(matches(rule({"https://*.a.com"}, {"GET"}), {"https://.a.com.b", "GET", {}}));
    CHECK_FALSE(matches(rule({"ab*ba"}, {"GET"}), {"aba", "GET", {}}));
    CHECK(matches(rule({"x", "*"}, {"GET"}), {"anything", "GET", {}}));
    CHECK_FALSE(matches(rule({"*"}, {"GET", "PUT"}), {"a", "POST", {}}));
}

TEST_CASE("Every header that is asked for must fit an allowed one, in any case") {
    const api::CORSRule one = rule({"*"}, {"PUT"}, {"X-Amz-*", "Content-Type"});
    CHECK(matches(one, {"a", "PUT", header_names("x-amz-date, content-TYPE,")}));
    CHECK_FALSE(matches(one, {"a", "PUT", header_names("x-amz-date, authorization")}));
    CHECK_FALSE(matches(rule({"*"}, {"PUT"}), {"a", "PUT", {"x-a"}}));
    CHECK(matches(rule({"*"}, {"PUT"}, {"*"}), {"a", "PUT", {"x-a"}}));
}

TEST_CASE("The first rule that fits tells the headers") {
    std::vector<api::CORSRule> rules{rule({"https://a.com"}, {"GET", "PUT"}, {"*"}), rule({"*"}, {"GET"})};
    rules[0].MaxAgeSeconds = 3000;
    rules[0].ExposeHeaders = {"ETag", "x-amz-version-id"};
    const Question question{"https://a.com", "PUT", {"x-amz-date", "content-type"}};
    http::Headers headers;
    allow(*find_rule(rules, question), question, headers);
    CHECK(headers.get("Access-Control-Allow-Origin") == "https://a.com");
    CHECK(headers.get("Access-Control-Allow-Methods") == "GET, PUT");
    CHECK(headers.get("Access-Control-Allow-Headers") == "x-amz-date, content-type");
    CHECK(headers.get("Access-Control-Expose-Headers") == "ETag, x-amz-version-id");
    CHECK(headers.get("Access-Control-Max-Age") == "3000");
    CHECK(headers.get("Access-Control-Allow-Credentials") == "true");
    CHECK(headers.get("Vary") == "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    const Question other{"https://b.com", "GET", {}};
    http::Headers anyone;
    allow(*find_rule(rules, other), other, anyone);
    CHECK(anyone.get("Access-Control-Allow-Origin") == "*");
    CHECK_FALSE(anyone.has("Access-Control-Allow-Credentials"));
}

TEST_CASE("An OPTIONS that asks nothing is a BadRequest") {
    http::Request request;
    CHECK(refusal(request) == "BadRequest: Insufficient information. Origin request header needed.");
    request.headers.add("Origin", "https://a.com");
    CHECK(refusal(request) == "BadRequest: Invalid Access-Control-Request-Method: null");
    request.headers.add("Access-Control-Request-Method", "PATCH");
    CHECK(refusal(request) == "BadRequest: Invalid Access-Control-Request-Method: PATCH");
    request.headers.set("Access-Control-Request-Method", "GET");
    CHECK(refusal(request).empty());
    CHECK(not_enabled("GET", "BUCKET").message() == "CORSResponse: CORS is not enabled for this bucket.");
}

}  // namespace fogbank::s3::cors
