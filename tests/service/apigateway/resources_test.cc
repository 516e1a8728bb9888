#include "services/apigateway/model/create_stage.h"
#include "services/apigateway/model/delete_deployment.h"
#include "services/apigateway/model/delete_method.h"
#include "services/apigateway/model/delete_resource.h"
#include "services/apigateway/model/delete_rest_api.h"
#include "services/apigateway/model/get_method.h"
#include "services/apigateway/model/get_resource.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/model/get_rest_api.h"
#include "services/apigateway/model/get_rest_apis.h"
#include "services/apigateway/model/get_stage.h"
#include "services/apigateway/model/get_stages.h"
#include "tests/service/apigateway/world.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::test;
namespace api = fogbank::apigateway::api;

TEST_CASE("A new API has a root resource and AWS's defaults, and its custom id where it is tagged so") {
    ApiWorld world;
    const auto created = world.create_api("my-own-id");
    CHECK(created.id == "my-own-id");
    CHECK(created.apiKeySource == "HEADER");
    CHECK(*created.endpointConfiguration->types == std::vector<std::string>{"EDGE"});
    CHECK(created.disableExecuteApiEndpoint == false);
    api::GetResources::Input list;
    list.restApiId = created.id;
    const auto resources = world.call<api::GetResources>(list);
    REQUIRE(resources.items->size() == 1);
    CHECK(resources.items->at(0).path == "/");
    CHECK(resources.items->at(0).id == created.rootResourceId);
    CHECK_THROWS_WITH(world.create_api("my-own-id"), "The API id 'my-own-id' is already in use");

    api::GetRestApi::Input get;
    get.restApiId = "my-own-id";
    CHECK(world.call<api::GetRestApi>(get).name == "test");
    CHECK(world.call<api::GetRestApi>(get).createdDate == created.createdDate);
    CHECK_THROWS_WITH(world.harness.call<api::GetRestApi>(get, {"111111111111", "us-east-1"}),
                      "Invalid API identifier specified 111111111111:my-own-id");
}

TEST_CASE("Resources form a tree; methods show without their content unless embedded") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    const auto pets = world.create_resource("abc", *created.rootResourceId, "pets");
    const auto pet = world.create_resource("abc", *pets.id, "{id}");
    CHECK(pet.path == "/pets/{id}");
    CHECK(pet.parentId == pets.id);
    world.put_method("abc", *pet.id, "GET");
    world.put_function("abc", *pet.id, "GET", "hello");
    api::GetResource::Input get;
    get.restApiId = "abc";
    get.resourceId = pet.id;
    CHECK_FALSE(world.call<api::GetResource>(get).resourceMethods->at("GET").httpMethod);
    get.embed = std::vector<std::string>{"methods"};
    const auto embedded = world.call<api::GetResource>(get);
    CHECK(embedded.resourceMethods->at("GET").httpMethod == "GET");
    CHECK(embedded.resourceMethods->at("GET").methodIntegration->type == "AWS_PROXY");
    CHECK(embedded.resourceMethods->at("GET").methodIntegration->timeoutInMillis == 29000);
    CHECK(embedded.resourceMethods->at("GET").methodIntegration->cacheNamespace == pet.id);

    api::DeleteResource::Input remove;
    remove.restApiId = "abc";
    remove.resourceId = pets.id;
    world.call<api::DeleteResource>(remove);
    CHECK_THROWS_WITH(world.call<api::GetResource>(get), "Invalid Resource identifier specified");
}

TEST_CASE("Methods and integrations are refused where something is missing or twice") {
    ApiWorld world;
    const auto created = world.create_api("abc");
    const std::string root = *created.rootResourceId;
    api::GetMethod::Input get;
    get.restApiId = "abc";
    get.resourceId = root;
    get.httpMethod = "GET";
    CHECK_THROWS_WITH(world.call<api::GetMethod>(get), "Invalid Method identifier specified");
    CHECK_THROWS_WITH(
        world.put_method("abc", root, "FETCH"),
        "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,HEAD,OPTIONS,ANY");
    CHECK_THROWS_WITH(world.put_function("abc", root, "GET", "f"), "Invalid Method identifier specified");
    world.put_method("abc", root, "GET");
    CHECK_THROWS_WITH(world.put_method("abc", root, "GET"), "Method already exists for this resource");
    CHECK_THROWS_WITH(world.deploy("abc", "prod"), "No integration defined for method");
    api::DeleteMethod::Input remove;
    remove.restApiId = "abc";
    remove.resourceId = root;
    remove.httpMethod = "GET";
    world.call<api::DeleteMethod>(remove);
    CHECK_THROWS_WITH(world.deploy("abc", "prod"), "The REST API doesn't contain any methods");
}

TEST_CASE("Stages point to deployments that exist, and hold them") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    api::GetStage::Input get;
    get.restApiId = "abc";
    get.stageName = "prod";
    const std::string deployment = *world.call<api::GetStage>(get).deploymentId;
    api::CreateStage::Input create;
    create.restApiId = "abc";
    create.stageName = "prod";
    create.deploymentId = deployment;
    CHECK_THROWS_WITH(world.call<api::CreateStage>(create), "Stage already exists");
    create.stageName = "dev";
    create.deploymentId = "nothing";
    CHECK_THROWS_WITH(world.call<api::CreateStage>(create), "Deployment id does not exist");
    create.deploymentId = deployment;
    create.variables = model::Map<std::string>{{"a", "1"}};
    CHECK(world.call<api::CreateStage>(create).variables->at("a") == "1");

    api::DeleteDeployment::Input remove;
    remove.restApiId = "abc";
    remove.deploymentId = deployment;
    CHECK_THROWS_WITH(world.call<api::DeleteDeployment>(remove),
                      "Active stages pointing to this deployment must be moved or deleted");
    api::GetStages::Input list;
    list.restApiId = "abc";
    CHECK(world.call<api::GetStages>(list).item->size() == 2);
    get.stageName = "nothing";
    CHECK_THROWS_WITH(world.call<api::GetStage>(get), "Invalid stage identifier specified");
}

TEST_CASE("Lists of APIs page by position") {
    ApiWorld world;
    for (const char* id : {"a1", "a2", "a3"}) world.create_api(id);
    api::GetRestApis::Input input;
    input.limit = 2;
    const auto first = world.call<api::GetRestApis>(input);
    REQUIRE(first.items->size() == 2);
    CHECK(first.items->at(0).id == "a1");
    REQUIRE(first.position);
    input.position = first.position;
    const auto second = world.call<api::GetRestApis>(input);
    REQUIRE(second.items->size() == 1);
    CHECK(second.items->at(0).id == "a3");
    CHECK_FALSE(second.position);
}

TEST_CASE("A deleted API serves nothing, and a reset forgets the account") {
    ApiWorld world;
    world.serve_proxy("abc", "hello");
    CHECK(world.request("GET", "/prod/x").status == 200);
    api::DeleteRestApi::Input remove;
    remove.restApiId = "abc";
    world.call<api::DeleteRestApi>(remove);
    CHECK(world.request("GET", "/prod/x").status == 404);
    CHECK_THROWS_WITH(world.call<api::DeleteRestApi>(remove),
                      "Invalid API identifier specified 000000000000:abc");

    world.serve_proxy("abc", "hello");
    auto erase = [&](store::Txn& txn) { world.service->reset(txn, "000000000000"); };
    world.harness.run(world.harness.database().reset(erase));
    world.service->after_reset("000000000000");
    CHECK(world.request("GET", "/prod/x").status == 404);
}
