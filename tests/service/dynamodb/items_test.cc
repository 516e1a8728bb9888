#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

api::UpdateItem::Input update_input(const std::string& key, const std::string& expression,
                                    const std::string& values) {
    api::UpdateItem::Input input;
    input.TableName = "table";
    input.Key = item(key);
    input.UpdateExpression = expression;
    if (!values.empty()) input.ExpressionAttributeValues = item(values);
    return input;
}

}  // namespace

TEST_CASE("PutItem replaces the whole item and can return the old one") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"},"x":{"N":"1.0"}})");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    auto input = Fixture::put_input(R"({"pk":{"S":"a"},"y":{"BOOL":true}})");
    input.ReturnValues = "ALL_OLD";
    CHECK(text(fixture.call<api::PutItem>(input).Attributes) == R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"pk":{"S":"a"},"y":{"BOOL":true}})");
    input.ReturnValues = "ALL_NEW";
    CHECK(fixture.refusal<api::PutItem>(input) ==
          "ValidationException: 1 validation error detected: ReturnValues can only be ALL_OLD or NONE");
}

TEST_CASE("a failed condition changes nothing and can show the item") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "NEW_AND_OLD_IMAGES"});
    fixture.put(R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    auto input = Fixture::put_input(R"({"pk":{"S":"a"},"x":{"N":"2"}})");
    input.ConditionExpression = "attribute_not_exists(pk)";
    CHECK(fixture.refusal<api::PutItem>(input) ==
          "ConditionalCheckFailedException: The conditional request failed");
    input.ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    try {
        fixture.call<api::PutItem>(input);
        FAIL("the condition held");
    } catch (const Error& error) {
        REQUIRE(error.details().size() == 1);
        CHECK(error.details()[0].name == "Item");
        CHECK(error.details()[0].value == R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    }
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    CHECK(fixture.call<api::DescribeTable>(describe).Table->ItemCount == 1);
}

TEST_CASE("UpdateItem makes and changes items and returns what is asked for") {
    Fixture fixture;
    fixture.create_table({});
    const std::string key = R"({"pk":{"S":"a"}})";
    auto input = update_input(key, "SET x = if_not_exists(x, :zero) + :one",
                              R"({":zero":{"N":"0"},":one":{"N":"1"}})");
    input.ReturnValues = "UPDATED_OLD";
    CHECK(text(fixture.call<api::UpdateItem>(input).Attributes) == "none");
    input.ReturnValues = "UPDATED_NEW";
    CHECK(text(fixture.call<api::UpdateItem>(input).Attributes) == R"({"x":{"N":"2"}})");
    input.ReturnValues = "ALL_OLD";
    CHECK(text(fixture.call<api::UpdateItem>(input).Attributes) == R"({"pk":{"S":"a"},"x":{"N":"2"}})");
    input.ReturnValues = "ALL_NEW";
    CHECK(text(fixture.call<api::UpdateItem>(input).Attributes) == R"({"pk":{"S":"a"},"x":{"N":"4"}})");

    CHECK(fixture.refusal<api::UpdateItem>(update_input(key, "SET pk = :v", R"({":v":{"S":"b"}})")) ==
          "ValidationException: One or more parameter values were invalid: Cannot update attribute pk. This "
          "attribute "
          "is part of the key");
    auto mixed = update_input(key, "REMOVE x", "");
    mixed.AttributeUpdates.emplace();
    CHECK(fixture.refusal<api::UpdateItem>(mixed) ==
          "ValidationException: 1 validation error detected: Can not use both expression and non-expression "
          "parameters in the same request: "
          "Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}");
}

TEST_CASE("an item has at most 400 KB") {
    Fixture fixture;
    fixture.create_table({});
    const auto put_with = [&](std::size_t size) {
        return fixture.refusal<api::PutItem>(
            Fixture::put_input(R"({"pk":{"S":"a"},"x":{"S":")" + std::string(size, 'x') + R"("}})"));
    };
    CHECK(put_with(400 * 1024 - 4) == "accepted");
    CHECK(put_with(400 * 1024 - 3) == "ValidationException: Item size has exceeded the maximum allowed size");
    CHECK(fixture.refusal<api::UpdateItem>(
              update_input(R"({"pk":{"S":"a"}})", "SET y = :y", R"({":y":{"S":"1"}})")) ==
          "ValidationException: Item size to update has exceeded the maximum allowed size");
}

TEST_CASE("legacy parameters do what expressions do") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"},"n":{"N":"1"},"gone":{"S":"x"}})");
    api::UpdateItem::Input update;
    update.TableName = "table";
    update.Key = item(R"({"pk":{"S":"a"}})");
    update.AttributeUpdates.emplace();
    (*update.AttributeUpdates)["n"].Action = "ADD";
    (*update.AttributeUpdates)["n"].Value = AttributeValue::number(std::int64_t{4});
    (*update.AttributeUpdates)["gone"].Action = "DELETE";
    update.Expected.emplace();
    (*update.Expected)["n"].Value = AttributeValue::number(std::int64_t{1});
    fixture.call<api::UpdateItem>(update);
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"n":{"N":"5"},"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::UpdateItem>(update) ==
          "ConditionalCheckFailedException: The conditional request failed");
}

TEST_CASE("BatchWriteItem writes all or, where a key is wrong, nothing") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"old"}})");
    api::BatchWriteItem::Input input;
    input.RequestItems.emplace();
    auto& requests = (*input.RequestItems)["table"];
    requests.emplace_back().PutRequest.emplace().Item = item(R"({"pk":{"S":"a"}})");
    requests.emplace_back().DeleteRequest.emplace().Key = item(R"({"pk":{"S":"old"}})");
    input.ReturnConsumedCapacity = "TOTAL";
    const auto output = fixture.call<api::BatchWriteItem>(input);
    CHECK(output.UnprocessedItems->empty());
    CHECK(output.ConsumedCapacity->at(0).CapacityUnits == 2);
    CHECK(fixture.get(R"({"pk":{"S":"old"}})") == "none");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"pk":{"S":"a"}})");

    requests.emplace_back().PutRequest.emplace().Item = item(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::BatchWriteItem>(input) ==
          "ValidationException: Provided list of item keys contains duplicates");

    api::BatchGetItem::Input get;
    get.RequestItems.emplace();
    (*get.RequestItems)["table"].Keys = {item(R"({"pk":{"S":"a"}})"), item(R"({"pk":{"S":"none"}})")};
    const auto got = fixture.call<api::BatchGetItem>(get);
    CHECK(texts(got.Responses->at("table")) == std::vector<std::string>{R"({"pk":{"S":"a"}})"});
}

TEST_CASE("consumed capacity counts the table and each index that changes") {
    Fixture fixture;
    auto table = Fixture::table_input({});
    Fixture::define(table, "g", "S");
    table.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "KEYS_ONLY")};
    fixture.call<api::CreateTable>(table);
    const auto units = [&](const std::string& json) {
        auto input = Fixture::put_input(json);
        input.ReturnConsumedCapacity = "INDEXES";
        return *fixture.call<api::PutItem>(input).ConsumedCapacity->CapacityUnits;
    };
    CHECK(units(R"({"pk":{"S":"a"}})") == 1);
    CHECK(units(R"({"pk":{"S":"a"},"g":{"S":"x"}})") == 2);
    CHECK(units(R"({"pk":{"S":"a"},"g":{"S":"x"},"o":{"S":"y"}})") == 1);
    CHECK(units(R"({"pk":{"S":"a"},"g":{"S":"z"}})") == 3);
    CHECK(units(R"({"pk":{"S":"b"},"x":{"S":")" + std::string(1500, 'x') + R"("}})") == 2);
}
