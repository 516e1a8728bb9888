#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/model/get_stage.h"
#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_integration_response.h"
#include "services/apigateway/model/update_stage.h"
#include "src/base/json.h"
#include "tests/service/apigateway/world.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::test;
namespace api = fogbank::apigateway::api;

namespace {

std::string event_member(const std::string& event, std::initializer_list<const char*> path) {
    const auto document = json::parse(event);
    json::Value value = document->root();
    for (const char* name : path) value = value.find(name);
    return value && value.is_string() ? std::string(value.string()) : "no text";
}

}  // namespace

TEST_CASE("A request runs the function behind its resource and answers what it says") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    world.lambda.reply(R"({"statusCode": 201, "headers": {"X-Test": "1"}, "body": "made"})");
    const auto response = world.request("POST", "/prod/pets/7?a=1", "{}");
    CHECK(response.status == 201);
    CHECK(ApiWorld::body(response) == "made");
    CHECK(response.headers.get("X-Test") == "1");
    CHECK(response.headers.get("x-amzn-RequestId") == "11111111-2222-4333-8444-555555555555");
    CHECK(response.headers.get("x-amz-apigw-id").size() == 16);
    CHECK(response.headers.get("X-Amzn-Trace-Id") == "Root=1-65a1b2c3-0123456789abcdef01234567");

    CHECK(world.lambda.function == "arn:aws:lambda:us-east-1:000000000000:function:hello");
    CHECK(event_member(world.lambda.event, {"path"}) == "/pets/7");
    CHECK(event_member(world.lambda.event, {"resource"}) == "/{proxy+}");
    CHECK(event_member(world.lambda.event, {"pathParameters", "proxy"}) == "pets/7");
    CHECK(event_member(world.lambda.event, {"requestContext", "accountId"}) == "000000000000");
    CHECK(event_member(world.lambda.event, {"body"}) == "{}");
    CHECK(world.lambda.caller.principal.kind == auth::PrincipalKind::service);
    CHECK(world.lambda.caller.principal.arn == "apigateway.amazonaws.com");
    CHECK(world.lambda.caller.account == "000000000000");
    CHECK(world.lambda.caller.trace.id == "1-65a1b2c3-0123456789abcdef01234567");
}

TEST_CASE("A function that is slower than the integration's timeout is answered for with 504") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    const auto resource = world.create_resource("abc", *created.rootResourceId, "slow");
    world.put_method("abc", *resource.id, "GET");
    world.put_function("abc", *resource.id, "GET", "hello", 50);
    world.deploy("abc", "prod");
    world.lambda.holds = true;
    const auto late = world.request("GET", "/prod/slow");
    CHECK(late.status == 504);
    CHECK(ApiWorld::body(late) == R"({"message":"Endpoint request timed out"})");
    CHECK(late.headers.get("x-amzn-ErrorType") == "InternalServerErrorException");
    // The function goes on, and nobody hears its answer; the next request has one of its own.
    world.lambda.holds = false;
    world.lambda.released.notify();
    CHECK(world.request("GET", "/prod/slow").status == 200);
    CHECK(world.lambda.calls == 2);
}

TEST_CASE("An integration waits 29 seconds where it names no time, and no other time than AWS allows") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    world.put_method("abc", *created.rootResourceId, "GET");
    api::PutIntegration::Input input;
    input.restApiId = "abc";
    input.resourceId = created.rootResourceId;
    input.httpMethod = "GET";
    input.type = "MOCK";
    CHECK(world.call<api::PutIntegration>(input).timeoutInMillis == 29'000);
    for (const std::int32_t wrong : {49, 29'001}) {
        input.timeoutInMillis = wrong;
        CHECK_THROWS_WITH(world.call<api::PutIntegration>(input),
                          "Timeout should be between 50 ms and 29000 ms");
    }
}

TEST_CASE("All forms of the URL reach the same API") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    CHECK(world.request("GET", "/prod/x").status == 200);
    CHECK(world.request("GET", "/_aws/execute-api/abc/prod/x", "", "localhost").status == 200);
    CHECK(world.request("GET", "/restapis/abc/prod/_user_request_/x", "", "localhost").status == 200);
    CHECK(world.lambda.calls == 3);
}

TEST_CASE("An unknown API, stage, resource or method is refused as AWS and LocalStack do") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    const auto resource = world.create_resource("abc", *created.rootResourceId, "pets");
    world.put_method("abc", *resource.id, "GET");
    world.put_function("abc", *resource.id, "GET", "hello");
    world.deploy("abc", "prod");
    const auto unknown = world.request("GET", "/prod/pets", "", "zzz.execute-api.localhost");
    CHECK(unknown.status == 404);
    CHECK(ApiWorld::body(unknown) ==
          R"({"message":"The API id 'zzz' does not correspond to a deployed API Gateway API"})");
    const auto stage = world.request("GET", "/dev/pets");
    CHECK(stage.status == 403);
    CHECK(ApiWorld::body(stage) == R"({"message":"Forbidden"})");
    for (const char* target : {"/prod/cats", "/prod", "/prod/pets/7"}) {
        const auto path = world.request("GET", target);
        CHECK(path.status == 403);
        CHECK(ApiWorld::body(path) == R"({"message":"Missing Authentication Token"})");
        CHECK(path.headers.get("x-amzn-ErrorType") == "MissingAuthenticationTokenException");
    }
    CHECK(world.request("POST", "/prod/pets").status == 403);
    CHECK(world.request("GET", "/prod/pets").status == 200);
}

TEST_CASE("What is served is the deployment, not the API as it is now") {
    ApiWorld world;
    world.serve_proxy("abc", "one");
    api::GetResources::Input list;
    list.restApiId = "abc";
    std::string resource;
    const auto resources = world.call<api::GetResources>(list);
    for (const auto& item : *resources.items) {
        if (*item.path == "/{proxy+}") resource = *item.id;
    }
    world.put_function("abc", resource, "ANY", "two");
    world.request("GET", "/prod/x");
    CHECK(world.lambda.function == "arn:aws:lambda:us-east-1:000000000000:function:one");
    const std::string second = world.deploy("abc", "prod");
    world.request("GET", "/prod/x");
    CHECK(world.lambda.function == "arn:aws:lambda:us-east-1:000000000000:function:two");
    api::GetStage::Input stage;
    stage.restApiId = "abc";
    stage.stageName = "prod";
    CHECK(world.call<api::GetStage>(stage).deploymentId == second);
}

TEST_CASE("Stage variables reach the event and the integration, as they are now") {
    ApiWorld world;
    world.serve_proxy("abc", "fn-${stageVariables.which}");
    api::UpdateStage::Input update;
    update.restApiId = "abc";
    update.stageName = "prod";
    auto& operation = update.patchOperations.emplace().emplace_back();
    operation.op = "replace";
    operation.path = "/variables/which";
    operation.value = "blue";
    world.call<api::UpdateStage>(update);
    world.request("GET", "/prod/x");
    CHECK(world.lambda.function == "arn:aws:lambda:us-east-1:000000000000:function:fn-blue");
    CHECK(event_member(world.lambda.event, {"stageVariables", "which"}) == "blue");
    update.patchOperations->at(0).value = "green";
    world.call<api::UpdateStage>(update);
    world.request("GET", "/prod/x");
    CHECK(world.lambda.function == "arn:aws:lambda:us-east-1:000000000000:function:fn-green");
}

TEST_CASE("A malformed answer and a failed function are 502, a missing function is 500") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    world.lambda.reply(R"({"message": "hi"})");
    const auto malformed = world.request("GET", "/prod/x");
    CHECK(malformed.status == 502);
    CHECK(ApiWorld::body(malformed) == R"({"message":"Internal server error"})");
    world.lambda.answer = [] {
        lambda::api::Invoke::Output output;
        output.FunctionError = "Unhandled";
        output.Payload.emplace().data = R"({"errorMessage": "boom"})";
        return output;
    };
    CHECK(world.request("GET", "/prod/x").status == 502);
    world.lambda.answer = []() -> lambda::api::Invoke::Output {
        throw Error("ResourceNotFoundException", 404, "Function not found");
    };
    const auto missing = world.request("GET", "/prod/x");
    CHECK(missing.status == 500);
    CHECK(ApiWorld::body(missing) == R"({"message":"Internal server error"})");
}

TEST_CASE("A body above 10 MB is refused, one below it arrives") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    const auto refused = world.request("POST", "/prod/x", std::string(10'485'761, 'x'));
    CHECK(refused.status == 413);
    CHECK(world.lambda.calls == 0);
    CHECK(world.request("POST", "/prod/x", std::string(10'485'760, 'x')).status == 200);
}

TEST_CASE("Bodies are binary both ways for the API's binary media types") {
    ApiWorld world;
    api::CreateRestApi::Input input;
    input.name = "binary";
    input.tags = model::Map<std::string>{{"_custom_id_", "abc"}};
    input.binaryMediaTypes = std::vector<std::string>{"image/png"};
    const auto created = world.call<api::CreateRestApi>(input);
    world.put_method("abc", *created.rootResourceId, "POST");
    world.put_function("abc", *created.rootResourceId, "POST", "hello");
    world.deploy("abc", "prod");
    world.lambda.reply(R"({"statusCode": 200, "body": "AAEC", "isBase64Encoded": true})");
    http::Headers headers;
    headers.add("Content-Type", "image/png");
    headers.add("Accept", "image/png");
    const auto response =
        world.request("POST", "/prod", std::string("\0\xFF", 2), "abc.execute-api.localhost", headers);
    CHECK(event_member(world.lambda.event, {"body"}) == "AP8=");
    CHECK(ApiWorld::body(response) == std::string("\0\1\2", 3));
    CHECK(ApiWorld::body(world.request("POST", "/prod", "x")) == "AAEC");
}

TEST_CASE("A MOCK integration answers the response that its template chooses") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    world.put_method("abc", *created.rootResourceId, "OPTIONS");
    api::PutIntegration::Input integration;
    integration.restApiId = "abc";
    integration.resourceId = created.rootResourceId;
    integration.httpMethod = "OPTIONS";
    integration.type = "MOCK";
    integration.requestTemplates = model::Map<std::string>{{"application/json", R"({"statusCode": 204})"}};
    world.call<api::PutIntegration>(integration);
    api::PutIntegrationResponse::Input answer;
    answer.restApiId = "abc";
    answer.resourceId = created.rootResourceId;
    answer.httpMethod = "OPTIONS";
    answer.statusCode = "204";
    answer.responseParameters =
        model::Map<std::string>{{"method.response.header.Access-Control-Allow-Origin", "'*'"}};
    world.call<api::PutIntegrationResponse>(answer);
    world.deploy("abc", "prod");
    const auto response = world.request("OPTIONS", "/prod");
    CHECK(response.status == 204);
    CHECK(response.headers.get("Access-Control-Allow-Origin") == "*");
    CHECK(world.lambda.calls == 0);
}
