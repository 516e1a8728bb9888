#include "services/apigateway/rest/proxy_event.h"

#include "src/base/json.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::apigateway;

namespace {

struct Sample {
    http::Headers headers;
    api::Resource resource;
    rest::PathMatch match;
    std::map<std::string, std::string, std::less<>> variables;
    std::string body;
    std::string query;
    bool binary = false;

    Sample() {
        resource.id = "r1";
        resource.path = "/pets/{id}";
        match.resource = &resource;
        match.parameters = {{"id", "a b"}};
        headers.add("Host", "abc.execute-api.localhost:4566");
        headers.add("User-Agent", "curl/8");
        headers.add("Connection", "keep-alive");
        headers.add("X-Twice", "1");
        headers.add("x-twice", "2");
    }

    std::string event() const {
        return rest::proxy_event({"GET",
                                  "/pets/a%20b",
                                  query,
                                  headers,
                                  body,
                                  false,
                                  4566,
                                  "10.0.0.9",
                                  "123456789012",
                                  "abc",
                                  "prod",
                                  "d1",
                                  "abc.execute-api.localhost",
                                  &variables,
                                  match,
                                  "",
                                  binary,
                                  "rid",
                                  "xid=",
                                  "Root=1-2-3",
                                  from_unix_millis(1428582896123)});
    }
};

std::string member(std::string_view event, std::initializer_list<const char*> path) {
    const auto document = json::parse(event);
    json::Value value = document->root();
    for (const char* name : path) value = value.find(name);
    std::string text;
    if (!value) return "absent";
    json::Writer out(text);
    json::write(out, value);
    return text;
}

}  // namespace

TEST_CASE("The event of a bare request has null where AWS has null") {
    Sample sample;
    sample.match.parameters.clear();
    const std::string event = sample.event();
    for (const char* name : {"queryStringParameters", "multiValueQueryStringParameters", "pathParameters",
                             "stageVariables", "body"}) {
        INFO(name);
        CHECK(member(event, {name}) == "null");
    }
    CHECK(member(event, {"isBase64Encoded"}) == "false");
    CHECK(member(event, {"requestContext", "identity"}) ==
          R"({"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,"caller":null,)"
          R"("sourceIp":"10.0.0.9","principalOrgId":null,"accessKey":null,"cognitoAuthenticationType":null,)"
          R"("cognitoAuthenticationProvider":null,"userArn":null,"userAgent":"curl/8","user":null})");
}

TEST_CASE("The path stays as sent and its parameters are decoded") {
    const std::string event = Sample().event();
    CHECK(member(event, {"path"}) == R"("/pets/a%20b")");
    CHECK(member(event, {"resource"}) == R"("/pets/{id}")");
    CHECK(member(event, {"pathParameters"}) == R"({"id":"a b"})");
    CHECK(member(event, {"requestContext", "path"}) == R"("/prod/pets/a%20b")");
    CHECK(member(event, {"requestContext", "resourcePath"}) == R"("/pets/{id}")");
}

TEST_CASE("Headers keep their names; the last value stands alone, all stand in a list") {
    const std::string event = Sample().event();
    CHECK(member(event, {"headers", "X-Twice"}) == R"("2")");
    CHECK(member(event, {"multiValueHeaders", "X-Twice"}) == R"(["1","2"])");
    CHECK(member(event, {"headers", "Connection"}) == "absent");
    CHECK(member(event, {"headers", "X-Amzn-Trace-Id"}) == R"("Root=1-2-3")");
    CHECK(member(event, {"headers", "X-Forwarded-For"}) == R"("10.0.0.9")");
    CHECK(member(event, {"headers", "X-Forwarded-Port"}) == R"("4566")");
    CHECK(member(event, {"headers", "X-Forwarded-Proto"}) == R"("http")");
}

TEST_CASE("Query parameters are decoded, with all their values") {
    Sample sample;
    sample.query = "a=1&a=2&b=x%20y+z&c";
    const std::string event = sample.event();
    CHECK(member(event, {"queryStringParameters"}) == R"({"a":"2","b":"x y z","c":""})");
    CHECK(member(event, {"multiValueQueryStringParameters"}) == R"({"a":["1","2"],"b":["x y z"],"c":[""]})");
}

TEST_CASE("The request context tells who, when and where") {
    const std::string event = Sample().event();
    CHECK(member(event, {"requestContext", "requestTime"}) == R"("09/Apr/2015:12:34:56 +0000")");
    CHECK(member(event, {"requestContext", "requestTimeEpoch"}) == "1428582896123");
    CHECK(member(event, {"requestContext", "accountId"}) == R"("123456789012")");
    CHECK(member(event, {"requestContext", "domainPrefix"}) == R"("abc")");
    CHECK(member(event, {"requestContext", "domainName"}) == R"("abc.execute-api.localhost")");
    CHECK(member(event, {"requestContext", "stage"}) == R"("prod")");
    CHECK(member(event, {"requestContext", "deploymentId"}) == R"("d1")");
    CHECK(member(event, {"requestContext", "requestId"}) == R"("rid")");
    CHECK(member(event, {"requestContext", "extendedRequestId"}) == R"("xid=")");
}

TEST_CASE("A binary body comes in base64, another as text, with bad bytes replaced") {
    Sample sample;
    sample.body = std::string("\0\xFF", 2);
    sample.binary = true;
    CHECK(member(sample.event(), {"body"}) == R"("AP8=")");
    CHECK(member(sample.event(), {"isBase64Encoded"}) == "true");
    sample.binary = false;
    sample.body = "caf\xC3\xA9 \xFF!";
    const auto document = json::parse(sample.event());
    CHECK(document->root().find("body").string() == "caf\xC3\xA9 \xEF\xBF\xBD!");
}
