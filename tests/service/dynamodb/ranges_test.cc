#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "tests/service/dynamodb/support.h"

#include <set>

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

std::string key(const std::string& pk, int sk) {
    return R"({"pk":{"S":")" + pk + R"("},"sk":{"N":")" + std::to_string(sk) + R"("}})";
}

api::Query::Input query(const std::string& condition, const std::string& values) {
    api::Query::Input input;
    input.TableName = "table";
    input.KeyConditionExpression = condition;
    input.ExpressionAttributeValues = item(values);
    return input;
}

}  // namespace

TEST_CASE("Query answers a partition in the order of the sort key, in pages") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "sk", ""});
    for (const int sk : {10, -1, 2, 0, 30}) fixture.put(key("a", sk));
    fixture.put(key("b", 1));
    auto input = query("pk = :pk", R"({":pk":{"S":"a"}})");
    CHECK(texts(fixture.call<api::Query>(input).Items) ==
          std::vector<std::string>{key("a", -1), key("a", 0), key("a", 2), key("a", 10), key("a", 30)});
    input.ScanIndexForward = false;
    input.Limit = 2;
    auto page = fixture.call<api::Query>(input);
    CHECK(texts(page.Items) == std::vector<std::string>{key("a", 30), key("a", 10)});
    CHECK(text(page.LastEvaluatedKey) == key("a", 10));
    input.ExclusiveStartKey = page.LastEvaluatedKey;
    input.Limit = 5;
    page = fixture.call<api::Query>(input);
    CHECK(texts(page.Items) == std::vector<std::string>{key("a", 2), key("a", 0), key("a", -1)});
    CHECK(text(page.LastEvaluatedKey) == "none");

    input = query("pk = :pk AND sk BETWEEN :low AND :high",
                  R"({":pk":{"S":"a"},":low":{"N":"0"},":high":{"N":"10"}})");
    input.Select = "COUNT";
    page = fixture.call<api::Query>(input);
    CHECK(page.Count == 3);
    CHECK_FALSE(page.Items);
}

TEST_CASE("KeyConditions stand beside other expressions, and IN of a filter takes any number of values") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "sk", ""});
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"x":{"S":"y"}})");
    api::Query::Input input;
    input.TableName = "table";
    const AttributeMap values = item(R"({":a":{"S":"a"},":y":{"S":"y"}})").attributes;
    api::Condition equal;
    equal.AttributeValueList.emplace({*values.find(":a")});
    equal.ComparisonOperator = "EQ";
    input.KeyConditions.emplace()["pk"] = equal;
    input.ProjectionExpression = "x";
    CHECK(texts(fixture.call<api::Query>(input).Items) == std::vector<std::string>{R"({"x":{"S":"y"}})"});
    input.ProjectionExpression.reset();
    api::Condition in;
    in.AttributeValueList.emplace(200, *values.find(":y"));
    in.ComparisonOperator = "IN";
    input.QueryFilter.emplace()["x"] = in;
    CHECK(fixture.call<api::Query>(input).Count == 1);
}

TEST_CASE("a page ends at 1 MB, before the filter") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "sk", ""});
    const std::string filler(100'000, 'x');
    for (int i = 0; i < 15; ++i) {
        fixture.put(R"({"pk":{"S":"a"},"sk":{"N":")" + std::to_string(i) + R"("},"x":{"S":")" + filler +
                    R"("}})");
    }
    auto input = query("pk = :pk", R"({":pk":{"S":"a"},":none":{"S":"none"}})");
    input.FilterExpression = "x = :none";
    auto page = fixture.call<api::Query>(input);
    CHECK(page.Count == 0);
    CHECK(page.ScannedCount == 11);
    CHECK(text(page.LastEvaluatedKey) == key("a", 10));
    input.ExclusiveStartKey = page.LastEvaluatedKey;
    page = fixture.call<api::Query>(input);
    CHECK(page.ScannedCount == 4);
    CHECK(text(page.LastEvaluatedKey) == "none");
}

TEST_CASE("Query refuses conditions that are none of its keys") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "sk", ""});
    const std::string values = R"({":v":{"S":"a"}})";
    const auto refusal = [&](const std::string& condition) {
        return fixture.refusal<api::Query>(query(condition, values));
    };
    const std::string invalid = "ValidationException: Invalid KeyConditionExpression: ";
    CHECK(refusal("sk = :v") == "ValidationException: Query condition missed key schema element: pk");
    CHECK(refusal("pk > :v") == "ValidationException: Query key condition not supported");
    CHECK(refusal("pk = :v OR pk = :v") == invalid + "Invalid operator used in KeyConditionExpression: OR");
    CHECK(refusal("pk = :v AND pk = :v") ==
          invalid + "KeyConditionExpressions must only contain one condition per key");
    CHECK(refusal("") == invalid + "The expression can not be empty;");
    auto filtered = query("pk = :v", values);
    filtered.FilterExpression = "sk = :v";
    CHECK(fixture.refusal<api::Query>(filtered) ==
          "ValidationException: Filter Expression can only contain non-primary key attributes: Primary key "
          "attribute: "
          "sk");
    auto indexed = query("pk = :v", values);
    indexed.IndexName = "none";
    CHECK(fixture.refusal<api::Query>(indexed) ==
          "ValidationException: The table does not have the specified index: none");
}

TEST_CASE("a global index shows what it projects of the items that have its key") {
    Fixture fixture;
    auto table = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(table, "g", "S");
    table.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "KEYS_ONLY"),
                                    Fixture::index("all-g", "g", "ALL")};
    fixture.call<api::CreateTable>(table);
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"},"o":{"S":"1"}})");
    fixture.put(R"({"pk":{"S":"b"},"sk":{"N":"1"},"g":{"S":"x"}})");
    fixture.put(R"({"pk":{"S":"c"},"sk":{"N":"1"}})");
    auto input = query("g = :g", R"({":g":{"S":"x"}})");
    input.IndexName = "by-g";
    auto page = fixture.call<api::Query>(input);
    const std::set<std::string> shown{R"({"g":{"S":"x"},"pk":{"S":"a"},"sk":{"N":"1"}})",
                                      R"({"g":{"S":"x"},"pk":{"S":"b"},"sk":{"N":"1"}})"};
    const auto found = texts(page.Items);
    CHECK(std::set<std::string>(found.begin(), found.end()) == shown);

    input.Limit = 1;
    page = fixture.call<api::Query>(input);
    const std::string first = texts(page.Items).at(0);
    CHECK(text(page.LastEvaluatedKey) == first);
    input.ExclusiveStartKey = page.LastEvaluatedKey;
    CHECK(texts(fixture.call<api::Query>(input).Items).at(0) != first);

    input.ConsistentRead = true;
    CHECK(fixture.refusal<api::Query>(input) ==
          "ValidationException: Consistent reads are not supported on global secondary indexes");

    // The key moves, and goes.
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"y"}})");
    fixture.put(R"({"pk":{"S":"b"},"sk":{"N":"1"}})");
    auto whole = query("g = :g", R"({":g":{"S":"x"}})");
    whole.IndexName = "all-g";
    CHECK(fixture.call<api::Query>(whole).Count == 0);
    whole.ExpressionAttributeValues = item(R"({":g":{"S":"y"}})");
    CHECK(texts(fixture.call<api::Query>(whole).Items) ==
          std::vector<std::string>{R"({"g":{"S":"y"},"pk":{"S":"a"},"sk":{"N":"1"}})"});
}

TEST_CASE("segments of a parallel scan hold every item once, in an order that stays") {
    Fixture fixture;
    fixture.create_table({});
    for (int i = 0; i < 200; ++i) fixture.put(R"({"pk":{"S":"item-)" + std::to_string(i) + R"("}})");
    api::Scan::Input input;
    input.TableName = "table";
    const auto whole = texts(fixture.call<api::Scan>(input).Items);
    CHECK(whole.size() == 200);
    CHECK(texts(fixture.call<api::Scan>(input).Items) == whole);
    std::vector<std::string> parts;
    for (int segment = 0; segment < 4; ++segment) {
        input.TotalSegments = 4;
        input.Segment = segment;
        input.ExclusiveStartKey.reset();
        input.Limit = 7;
        do {
            auto page = fixture.call<api::Scan>(input);
            for (const std::string& each : texts(page.Items)) parts.push_back(each);
            input.ExclusiveStartKey = page.LastEvaluatedKey;
        } while (input.ExclusiveStartKey);
    }
    CHECK(parts == whole);
}

TEST_CASE("what a local index does not project is fetched from its table, at the price of whole items") {
    Fixture fixture;
    auto table = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(table, "l", "S");
    auto& index = table.LocalSecondaryIndexes.emplace().emplace_back();
    index.IndexName = "by-l";
    index.KeySchema = table.KeySchema;
    (*index.KeySchema)[1].AttributeName = "l";
    index.Projection.emplace().ProjectionType = "KEYS_ONLY";
    fixture.call<api::CreateTable>(table);
    const std::string large(5000, 'x');
    for (int sk : {1, 2, 3}) {
        fixture.put(R"({"pk":{"S":"a"},"sk":{"N":")" + std::to_string(sk) + R"("},"l":{"S":"l"},"v":{"S":")" +
                    (sk == 3 ? large : "v") + R"("}})");
    }
    auto input = query("pk = :pk", R"({":pk":{"S":"a"}})");
    input.IndexName = "by-l";
    input.ConsistentRead = true;
    input.ReturnConsumedCapacity = "INDEXES";
    const auto units = [&](const std::optional<std::string>& select,
                           const std::optional<std::string>& projection) {
        input.Select = select;
        input.ProjectionExpression = projection;
        const auto cost = *fixture.call<api::Query>(input).ConsumedCapacity;
        return std::vector<double>{*cost.CapacityUnits, *cost.Table->CapacityUnits,
                                   *cost.LocalSecondaryIndexes->at("by-l").CapacityUnits};
    };
    CHECK(units("ALL_ATTRIBUTES", std::nullopt) == std::vector<double>{5, 4, 1});
    CHECK(units(std::nullopt, "v") == std::vector<double>{5, 4, 1});
    CHECK(units(std::nullopt, "l, sk") == std::vector<double>{1, 0, 1});
    CHECK(units(std::nullopt, std::nullopt) == std::vector<double>{1, 0, 1});
    input.ConsistentRead = false;
    CHECK(units("ALL_ATTRIBUTES", std::nullopt) == std::vector<double>{2.5, 2, 0.5});
}
