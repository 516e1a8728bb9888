#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/rest/destination.h"
#include "services/apigateway/rest/integration_rules.h"
#include "services/apigateway/rest/media_type.h"
#include "services/apigateway/rest/path_part.h"
#include "services/apigateway/rest/stage_rules.h"

#include <catch2/catch.hpp>

using namespace fogbank::apigateway;
using namespace fogbank::apigateway::rest;

namespace {

api::Resource child(const std::string& part) {
    api::Resource resource;
    resource.pathPart = part;
    resource.path = "/" + part;
    return resource;
}

api::Resource root() {
    api::Resource resource;
    resource.path = "/";
    return resource;
}

}  // namespace

TEST_CASE("All forms of an API's URL are understood") {
    const auto host = parse_destination("abc.execute-api.localhost.localstack.cloud", "/prod/a/b%20c");
    REQUIRE(host);
    CHECK(host->api_id == "abc");
    CHECK(host->stage == "prod");
    CHECK(host->path == "/a/b%20c");
    CHECK(host->domain == "abc.execute-api.localhost.localstack.cloud");

    const auto path = parse_destination("localhost", "/_aws/execute-api/abc/prod/a");
    REQUIRE(path);
    CHECK(path->api_id == "abc");
    CHECK(path->stage == "prod");
    CHECK(path->path == "/a");

    const auto old = parse_destination("localhost", "/restapis/abc/prod/_user_request_/a/");
    REQUIRE(old);
    CHECK(old->stage == "prod");
    CHECK(old->path == "/a/");
    CHECK(parse_destination("localhost", "/restapis/abc/prod/_user_request_")->path == "/");

    CHECK_FALSE(parse_destination("localhost", "/restapis/abc/stages/prod"));
    CHECK_FALSE(parse_destination("localhost", "/restapis/abc/prod/_user_request_x"));
    CHECK_FALSE(parse_destination("execute-api.us-east-1.amazonaws.com", "/x"));
}

TEST_CASE("Path parts are names, {parameters} or {greedy+}, and one of a kind among siblings") {
    check_path_part("pets", root(), {});
    check_path_part("v1:batch", root(), {});
    check_path_part("{id}", root(), {child("pets")});
    check_path_part("{proxy+}", root(), {child("{id}")});
    for (const char* bad : {"", "a b", "{id", "id}", "{}", "{+}", "a/b", "{a}b", "a+"}) {
        INFO(bad);
        CHECK_THROWS_WITH(
            check_path_part(bad, root(), {}),
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly "
            "braces at the beginning and the end.");
    }
    CHECK_THROWS_WITH(check_path_part("pets", root(), {child("pets")}),
                      "Another resource with the same parent already has this name: pets");
    CHECK_THROWS_WITH(
        check_path_part("{name}", root(), {child("{id}")}),
        "A sibling ({id}) of this resource already has a variable path part -- only one is allowed");
    CHECK_THROWS_WITH(check_path_part("x", child("{proxy+}"), {}),
                      "Cannot create a child of a resource with a greedy path variable: {proxy+}");
    CHECK(child_path(root(), "pets") == "/pets");
    CHECK(child_path(child("pets"), "{id}") == "/pets/{id}");
}

TEST_CASE("Stage variables stand in for parts of a URI, unknown ones for nothing") {
    CHECK(substitute("a${stageVariables.fn}b${stageVariables.none}c", {{"fn", "X"}}) == "aXbc");
    CHECK(substitute("plain ${other} text", {}) == "plain ${other} text");
}

TEST_CASE("The function's ARN stands between functions and invocations") {
    CHECK(function_of_uri("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                          "arn:aws:lambda:us-east-1:123456789012:function:f/invocations") ==
          "arn:aws:lambda:us-east-1:123456789012:function:f");
    CHECK_FALSE(function_of_uri("arn:aws:apigateway:us-east-1:s3:path/bucket"));
}

TEST_CASE("An integration is refused in AWS's words, or as not served") {
    api::PutIntegration::Input input;
    input.type = "AWS_PROXY";
    CHECK_THROWS_WITH(check_integration(input), "Enumeration value for HttpMethod must be non-empty");
    input.integrationHttpMethod = "POST";
    input.uri = "nonsense";
    CHECK_THROWS_WITH(check_integration(input), "Invalid ARN specified in the request");
    input.uri = "arn:aws:apigateway:us-east-1:lambda:x";
    CHECK_THROWS_WITH(check_integration(input), "AWS ARN for integration must contain path or action");
    input.uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations";
    check_integration(input);
    input.timeoutInMillis = 49;
    CHECK_THROWS_WITH(check_integration(input), "Timeout should be between 50 ms and 29000 ms");
    input.type = "HTTP_PROXY";
    CHECK_THROWS_WITH(check_integration(input), "Fogbank does not serve integrations of type HTTP_PROXY.");
}

TEST_CASE("Media types match by name, group or at all") {
    CHECK(is_binary("image/png; q=1", {"image/png"}));
    CHECK(is_binary("IMAGE/PNG", {"image/*"}));
    CHECK(is_binary("", {"*/*"}));
    CHECK(is_binary("application/zip, text/html", {"application/zip"}));
    CHECK_FALSE(is_binary("text/html, application/zip", {"application/zip"}));
    CHECK_FALSE(is_binary("text/html", {}));
}

TEST_CASE("A patch sets and removes variables and refuses other paths") {
    api::Stage stage;
    stage.deploymentId = "d1";
    std::vector<api::PatchOperation> operations(3);
    operations[0].op = "replace";
    operations[0].path = "/variables/fn";
    operations[0].value = "one";
    operations[1].op = "replace";
    operations[1].path = "/variables/x";
    operations[1].value = "two";
    operations[2].op = "remove";
    operations[2].path = "/variables/x";
    patch_stage(stage, operations);
    CHECK(*stage.variables == fogbank::model::Map<std::string>{{"fn", "one"}});
    operations.resize(1);
    operations[0].path = "/nothing";
    CHECK_THROWS_WITH(patch_stage(stage, operations),
                      Catch::StartsWith("Invalid patch path '/nothing' specified for op 'replace'."));
    CHECK_THROWS_WITH(check_stage_name("a b"), "Stage name only allows a-zA-Z0-9_");
}
