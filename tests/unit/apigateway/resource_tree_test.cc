#include "services/apigateway/rest/resource_tree.h"

#include <catch2/catch.hpp>

using namespace fogbank::apigateway;
using rest::PathMatch;
using rest::ResourceTree;

namespace {

api::Resource resource(const std::string& path, const std::string& method = "GET") {
    api::Resource result;
    result.id = path;
    result.path = path;
    if (!method.empty()) result.resourceMethods.emplace()[method].httpMethod = method;
    return result;
}

ResourceTree tree() {
    return ResourceTree({resource("/"), resource("/pets"), resource("/pets/{id}"), resource("/pets/mine"),
                         resource("/pets/{id}/toys"), resource("/files/{path+}"), resource("/empty", ""),
                         resource("/{proxy+}", "ANY")});
}

std::string path_of(const std::optional<PathMatch>& match) {
    return match ? *match->resource->path : "none";
}

}  // namespace

TEST_CASE("A static part goes before a parameter, and a parameter before a greedy one") {
    const ResourceTree resources = tree();
    CHECK(path_of(resources.match("/")) == "/");
    CHECK(path_of(resources.match("/pets")) == "/pets");
    CHECK(path_of(resources.match("/pets/")) == "/pets");
    CHECK(path_of(resources.match("/pets/mine")) == "/pets/mine");
    CHECK(path_of(resources.match("/pets/7")) == "/pets/{id}");
    CHECK(path_of(resources.match("/pets/mine/toys")) == "/pets/{id}/toys");
    CHECK(path_of(resources.match("/pets/7/names")) == "/{proxy+}");
    CHECK(path_of(resources.match("/files/a/b")) == "/files/{path+}");
    CHECK(path_of(resources.match("/other")) == "/{proxy+}");
}

TEST_CASE("A resource without methods matches nothing") {
    CHECK(path_of(tree().match("/empty")) == "/{proxy+}");
    CHECK(path_of(ResourceTree({resource("/empty", "")}).match("/empty")) == "none");
}

TEST_CASE("A greedy part takes at least one part") {
    CHECK(path_of(ResourceTree({resource("/files/{path+}")}).match("/files")) == "none");
    CHECK(path_of(ResourceTree({resource("/files/{path+}")}).match("/files/")) == "none");
}

TEST_CASE("Parameters come decoded, those of a way not taken not at all") {
    const ResourceTree resources = tree();
    auto match = resources.match("/pets/a%20b%2Fc/toys");
    REQUIRE(match);
    CHECK(match->parameters == std::vector<std::pair<std::string, std::string>>{{"id", "a b/c"}});
    match = resources.match("/pets/7/names");
    REQUIRE(match);
    CHECK(match->parameters == std::vector<std::pair<std::string, std::string>>{{"proxy", "pets/7/names"}});
}

TEST_CASE("A method serves its verb, ANY every other") {
    api::Resource both = resource("/x");
    both.resourceMethods->emplace("ANY", api::Method{}).first->second.httpMethod = "ANY";
    CHECK(*rest::find_method(both, "GET")->httpMethod == "GET");
    CHECK(*rest::find_method(both, "POST")->httpMethod == "ANY");
    CHECK(rest::find_method(resource("/x"), "POST") == nullptr);
}
