#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr const char* kKey = R"({"pk":{"S":"a"}})";

api::UpdateItem::Input update_input(const std::string& expression, const std::string& name) {
    api::UpdateItem::Input input;
    input.TableName = "table";
    input.Key = item(kKey);
    input.UpdateExpression = expression;
    input.ExpressionAttributeNames.emplace();
    (*input.ExpressionAttributeNames)["#a"] = name;
    input.ExpressionAttributeValues = item(R"({":x":{"N":"1"}})");
    return input;
}

std::string statement(Fixture& fixture, const std::string& text) {
    api::ExecuteStatement::Input input;
    input.Statement = text;
    return fixture.refusal<api::ExecuteStatement>(input);
}

std::string item_named(std::size_t bytes) {
    return R"({"pk":{"S":"a"},")" + std::string(bytes, 'n') + R"(":{"N":"1"}})";
}

// Not checked yet, as a request has it.
api::BatchGetItem::Input batch(const std::string& table, const std::string& key) {
    api::BatchGetItem::Input input;
    input.RequestItems.emplace();
    (*input.RequestItems)[table].Keys = std::vector<Item>{item(key)};
    return input;
}

}  // namespace

TEST_CASE("no attribute has an empty name, whichever way it comes") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"},"m":{"M":{}}})");
    const std::string refused =
        "ValidationException: 1 validation error detected: ExpressionAttributeNames contains invalid value: "
        "Empty attribute name for key #a";
    CHECK(fixture.refusal<api::UpdateItem>(update_input("SET #a = :x", "")) == refused);
    CHECK(fixture.refusal<api::UpdateItem>(update_input("SET m.#a = :x", "")) == refused);
    api::UpdateItem::Input legacy;
    legacy.TableName = "table";
    legacy.Key = item(kKey);
    legacy.AttributeUpdates.emplace();
    (*legacy.AttributeUpdates)[""].Value = AttributeValue::number(1);
    CHECK(fixture.refusal<api::UpdateItem>(legacy) ==
          "ValidationException: 1 validation error detected: Empty attribute name");
    const std::string empty = "ValidationException: Empty attribute name";
    CHECK(statement(fixture, R"(INSERT INTO "table" VALUE {'pk': 'b', '': 1})") == empty);
    CHECK(statement(fixture, R"(INSERT INTO "table" VALUE {'pk': 'b', 'm': {'': 1}})") == empty);
    CHECK(statement(fixture, R"(UPDATE "table" SET m."" = 1 WHERE pk = 'a')") == empty);
    CHECK(fixture.get(kKey) == R"({"m":{"M":{}},"pk":{"S":"a"}})");
    CHECK(fixture.get(R"({"pk":{"S":"b"}})") == "none");
}

TEST_CASE("the name of an attribute has less than 64 KB") {
    Fixture fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(item_named(65'535))) == "accepted");
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(item_named(65'536))) ==
          "ValidationException: 1 validation error detected: Attribute name is too large, must be less than "
          "65536 bytes");
}

TEST_CASE("a key that is none is refused before a table's name that is none") {
    Fixture fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::BatchGetItem>(batch("ab", R"({"pk":{"N":"--1"}})")) ==
          "ValidationException: The parameter cannot be converted to a numeric value: --1");
    CHECK(fixture.refusal<api::BatchGetItem>(batch("ab", R"({"pk":{}})")) ==
          "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported "
          "datatypes");
}

TEST_CASE("a BatchGetItem answers 16 MB at most, and leaves the rest") {
    Fixture fixture;
    fixture.create_table({});
    auto input = batch("table", kKey);
    std::vector<Item>& keys = *(*input.RequestItems)["table"].Keys;
    keys.clear();
    const std::string large(409'000, 'x');
    for (int i = 0; i < 42; ++i) {
        const std::string key = R"("pk":{"S":")" + std::to_string(100 + i) + R"("})";
        fixture.put("{" + key + R"(,"x":{"S":")" + large + R"("}})");
        keys.push_back(item("{" + key + "}"));
    }
    const auto output = fixture.call<api::BatchGetItem>(input);
    // 41 items of 409,006 bytes are 16,769,246; 16 MB are 16,777,216.
    CHECK(output.Responses->at("table").size() == 41);
    CHECK(output.UnprocessedKeys->at("table").Keys->size() == 1);
}

TEST_CASE("a statement reads 50 partitions at most, and an item has no key twice") {
    Fixture fixture;
    fixture.create_table({});
    const auto among = [&](int count) {
        std::string list;
        for (int i = 0; i < count; ++i) list += (i == 0 ? "'" : ", '") + std::to_string(i) + "'";
        return statement(fixture, R"(SELECT * FROM "table" WHERE pk IN [)" + list + "]");
    };
    CHECK(among(50) == "accepted");
    CHECK(among(51) == "ValidationException: Too many decomposed read operations for a given query.");
    CHECK(statement(fixture, R"(INSERT INTO "table" VALUE {'pk': 'a', 'x': 1, 'x': 2})")
              .starts_with("ValidationException: Duplicate keys in tuple. Key: x"));
}
