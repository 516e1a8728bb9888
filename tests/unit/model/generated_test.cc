#include "services/probe/model/errors.h"
#include "services/probe/model/grow.h"
#include "services/probe/model/leaf.h"
#include "services/probe/model/service.h"
#include "src/model/shape.h"

#include <catch2/catch.hpp>

#include <type_traits>

namespace api = fogbank::probe::api;
namespace errors = fogbank::probe::errors;
using namespace fogbank;
using namespace fogbank::model;

namespace {

const Member& member(const Shape& shape, std::string_view name) {
    for (const Member& candidate : shape.members) {
        if (candidate.name == name) return candidate;
    }
    throw std::runtime_error("no member " + std::string(name));
}

}  // namespace

TEST_CASE("members are optional values with the C++ type of their kind") {
    static_assert(std::is_same_v<decltype(api::GrowRequest::Name), std::optional<std::string>>);
    static_assert(std::is_same_v<decltype(api::GrowRequest::When), std::optional<Timestamp>>);
    static_assert(
        std::is_same_v<decltype(api::GrowRequest::Pets), std::optional<Map<std::vector<std::string>>>>);
    static_assert(std::is_same_v<decltype(api::GrowRequest::Tree), std::optional<api::Tree>>);
    static_assert(std::is_same_v<decltype(api::GrowRequest::Point), std::optional<::probe::Point>>);
    static_assert(std::is_same_v<decltype(api::GrowRequest::class_), std::optional<std::string>>);
    static_assert(std::is_same_v<api::Grow::Input, api::GrowRequest>);
    static_assert(std::is_same_v<api::Grow::Output, api::Tree>);
    CHECK(api::Grow::descriptor().input->kind == Kind::structure);
}

TEST_CASE("a structure inside itself is boxed, and lists and maps of it are not") {
    static_assert(std::is_same_v<decltype(api::Tree::Left), Box<api::Tree>>);
    static_assert(std::is_same_v<decltype(api::Tree::Branch), Box<api::Branch>>);
    static_assert(std::is_same_v<decltype(api::Branch::Tree), Box<api::Tree>>);
    static_assert(std::is_same_v<decltype(api::Tree::Children), std::optional<std::vector<api::Tree>>>);
    static_assert(std::is_same_v<decltype(api::Tree::Named), std::optional<Map<api::Tree>>>);
    static_assert(std::is_same_v<decltype(api::Tree::Leaf), std::optional<api::Leaf_>>);

    api::Tree tree;
    tree.Left.emplace().Children.emplace().emplace_back().Leaf.emplace().Color = "RED";
    api::Tree copy = tree;
    copy.Left->Children->front().Leaf->Color = "GREEN";
    CHECK(tree.Left->Children->front().Leaf->Color == "RED");
    CHECK(copy.Left->Children->front().Leaf->Color == "GREEN");
}

TEST_CASE("a table reaches every member of its struct") {
    api::GrowRequest request;
    const Shape& shape = *api::Grow::descriptor().input;
    REQUIRE(shape.members.size() == 8);

    const Member& name = member(shape, "Name");
    void* base = &request;
    CHECK(name.holder->get(static_cast<char*>(base) + name.offset) == nullptr);
    *static_cast<std::string*>(name.holder->emplace(static_cast<char*>(base) + name.offset)) = "oak";
    CHECK(request.Name == "oak");

    const Member& pets = member(shape, "Pets");
    void* map = pets.holder->emplace(static_cast<char*>(base) + pets.offset);
    void* list = pets.shape->map->insert(map, "cat");
    *static_cast<std::string*>(pets.shape->element->list->append(list)) = "tom";
    REQUIRE(request.Pets->at("cat") == std::vector<std::string>{"tom"});
    CHECK(pets.shape->map->size(map) == 1);

    const Member& tree = member(shape, "Tree");
    void* root = tree.holder->emplace(static_cast<char*>(base) + tree.offset);
    const Member& left = member(*tree.shape, "Left");
    CHECK(left.holder->get(static_cast<char*>(root) + left.offset) == nullptr);
    left.holder->emplace(static_cast<char*>(root) + left.offset);
    CHECK(request.Tree->Left.has_value());
}

TEST_CASE("a table says where each member stands on the wire") {
    const Operation& grow = api::Grow::descriptor();
    const Shape& shape = *grow.input;
    CHECK(std::string(shape.xml_name) == "Root");
    CHECK(std::string(shape.xml_namespace) == "urn:root");
    CHECK(member(shape, "Name").location == Location::uri);
    CHECK(member(shape, "Name").required);
    CHECK(member(shape, "When").timestamp_format == TimestampFormat::rfc822);
    CHECK(member(shape, "class").shape->sensitive);

    const Member& body = member(shape, "Body");
    CHECK(body.streaming);
    CHECK(body.holder == nullptr);
    CHECK(body.location == Location::payload);
    CHECK(grow.input_stream == &body);
    CHECK(shape.payload == &body);
    CHECK(grow.output_stream == nullptr);

    const Member& children = member(*grow.output, "Children");
    CHECK(children.flattened);
    CHECK(std::string(children.shape->element_wire) == "tree");
    const Shape& named = *member(*grow.output, "Named").shape;
    CHECK(std::string(named.key_wire) == "K");
    CHECK(named.element_wire == nullptr);
    CHECK(member(*member(*grow.output, "Leaf").shape, "Color").shape->enum_values.size() == 2);
}

TEST_CASE("operations and the service carry the model's metadata") {
    const Service& service = api::service();
    CHECK(std::string(service.id) == "probe");
    CHECK(std::string(service.service_id) == "Probe Service");
    CHECK(std::string(service.signing_name) == "probe");
    CHECK(std::string(service.xml_namespace) == "https://probe/doc/");
    CHECK(service.protocol == Protocol::query);
    CHECK(service.target_prefix == nullptr);
    REQUIRE(service.operations.size() == 2);
    CHECK(service.operations[0] == &api::Grow::descriptor());

    const Operation& grow = api::Grow::descriptor();
    CHECK(grow.service == &service);
    CHECK(std::string(grow.http_method) == "POST");
    CHECK(std::string(grow.request_uri) == "/grow/{Name}?x=1");
    CHECK(grow.success_status == 202);
    CHECK(std::string(grow.output_wrapper) == "GrowResult");
    CHECK(grow.no_auth);

    const Operation& leaf = api::Leaf::descriptor();
    CHECK(leaf.success_status == 204);  // patched
    CHECK(leaf.input->members.empty());
    CHECK(leaf.output->members.empty());
    CHECK_FALSE(leaf.no_auth);
}

TEST_CASE("errors carry the code of their protocol, the status and the patch") {
    const Error wilted = errors::Wilted("dry");
    CHECK(wilted.name() == "Wilted");
    CHECK(wilted.code() == "TreeWilted");
    CHECK(wilted.http_status() == 418);  // patched
    CHECK(wilted.message() == "dry");
    CHECK(errors::Burnt("").http_status() == 500);
    CHECK(errors::Burnt("").code() == "Burnt");
    CHECK(errors::Felled("").code() == "TreeFelled");
    CHECK(errors::Felled("").http_status() == 410);

    REQUIRE(api::service().errors.size() == 3);
    const ErrorShape& shape = *api::service().errors[2];
    CHECK(std::string(shape.name) == "Wilted");
    CHECK(std::string(shape.message_member) == "Message");
    CHECK(std::string(shape.type_member) == "Type");
    CHECK(shape.sender_fault);
    CHECK_FALSE(api::service().errors[0]->sender_fault);
}

TEST_CASE("a patched constraint belongs to the one member or shape that it names") {
    const Shape& shape = *api::Grow::descriptor().input;
    const Shape& other = *member(shape, "Other").shape;
    CHECK(member(shape, "Other").required);
    CHECK(other.max == 9);
    CHECK(other.min == 2);
    CHECK(other.pattern == nullptr);
    CHECK(std::string(other.name) == "Name");
    CHECK(member(shape, "Name").shape->max == 4);
    CHECK_FALSE(member(shape, "Pets").shape->element->max.has_value());
    CHECK(member(shape, "Pets").shape->element->min == 1);
}

TEST_CASE("a custom type is reached through its own access") {
    const Shape& point = *member(*api::Grow::descriptor().input, "Point").shape;
    CHECK(point.kind == Kind::custom);
    CHECK(point.custom == &::probe::kPointAccess);
}
