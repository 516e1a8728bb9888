// UpdateTable, tags and transactions.
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/transact_get_items.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/untag_resource.h"
#include "services/dynamodb/model/update_table.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "tests/service/dynamodb/support.h"

#include <stdexcept>

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

api::TableDescription described(Fixture& fixture) {
    api::DescribeTable::Input input;
    input.TableName = "table";
    return *fixture.call<api::DescribeTable>(input).Table;
}

// The background work goes on between the calls.
api::TableDescription described_when_filled(Fixture& fixture) {
    constexpr int kTries = 100'000;
    for (int i = 0; i < kTries; ++i) {
        api::TableDescription table = described(fixture);
        if (table.GlobalSecondaryIndexes->at(0).IndexStatus == "ACTIVE") return table;
    }
    throw std::runtime_error("the index was never filled");
}

api::TransactWriteItem transact_put(const std::string& json, const std::string& condition = "") {
    api::TransactWriteItem out;
    out.Put.emplace();
    out.Put->TableName = "table";
    out.Put->Item = item(json);
    if (!condition.empty()) out.Put->ConditionExpression = condition;
    return out;
}

}  // namespace

TEST_CASE("UpdateTable opens and closes a stream") {
    Fixture fixture;
    fixture.create_table({});
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.StreamSpecification.emplace();
    input.StreamSpecification->StreamEnabled = true;
    input.StreamSpecification->StreamViewType = "KEYS_ONLY";
    // Nothing of a request is dropped in silence: the stream is not switched on without the replicas.
    input.ReplicaUpdates.emplace().emplace_back().Create.emplace().RegionName = "eu-west-1";
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          "ValidationException: ReplicaUpdates cannot be combined with other changes of a table");
    input.ReplicaUpdates.reset();
    const auto updated = *fixture.call<api::UpdateTable>(input).TableDescription;
    CHECK(updated.TableStatus == "UPDATING");
    fixture.put(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          "ValidationException: Table already has an enabled stream: TableName: table");
    CHECK(fixture.call<streams_api::ListStreams>({}).Streams->at(0).StreamArn == updated.LatestStreamArn);
    input.StreamSpecification->StreamEnabled = false;
    input.StreamSpecification->StreamViewType.reset();
    fixture.call<api::UpdateTable>(input);
    CHECK_FALSE(described(fixture).StreamSpecification);
    CHECK(described(fixture).LatestStreamArn == updated.LatestStreamArn);
    streams_api::DescribeStream::Input describe;
    describe.StreamArn = *updated.LatestStreamArn;
    CHECK(fixture.call<streams_api::DescribeStream>(describe).StreamDescription->StreamStatus == "DISABLED");
}

TEST_CASE("an index that UpdateTable adds holds the items of before, and goes with its entries") {
    Fixture fixture;
    fixture.create_table({});
    for (int i = 0; i < 450; ++i) {
        fixture.put(R"({"pk":{"S":")" + std::to_string(i) + R"("},"g":{"S":"x"}})");
    }
    fixture.put(R"({"pk":{"S":"other"},"g":{"N":"1"}})");
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.AttributeDefinitions.emplace();
    input.AttributeDefinitions->emplace_back();
    input.AttributeDefinitions->at(0).AttributeName = "g";
    input.AttributeDefinitions->at(0).AttributeType = "S";
    const auto shape = Fixture::index("by-g", "g", "ALL");
    auto& create = input.GlobalSecondaryIndexUpdates.emplace().emplace_back().Create.emplace();
    create.IndexName = shape.IndexName;
    create.KeySchema = shape.KeySchema;
    create.Projection = shape.Projection;
    CHECK(fixture.call<api::UpdateTable>(input).TableDescription->GlobalSecondaryIndexes->at(0).IndexStatus ==
          "CREATING");
    CHECK(described_when_filled(fixture).GlobalSecondaryIndexes->at(0).ItemCount == 450);
    api::Query::Input query;
    query.TableName = "table";
    query.IndexName = "by-g";
    query.KeyConditionExpression = "g = :g";
    query.ExpressionAttributeValues = item(R"({":g":{"S":"x"}})");
    CHECK(fixture.call<api::Query>(query).Count == 450);

    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          "ValidationException: Attempting to create an index which already exists");
    input.AttributeDefinitions.reset();
    auto& update = input.GlobalSecondaryIndexUpdates->at(0);
    update.Create.reset();
    update.Delete.emplace().IndexName = "by-g";
    fixture.call<api::UpdateTable>(input);
    CHECK_FALSE(described(fixture).GlobalSecondaryIndexes);
    CHECK(described(fixture).AttributeDefinitions->size() == 1);
    CHECK(fixture.refusal<api::Query>(query) ==
          "ValidationException: The table does not have the specified index: by-g");
}

TEST_CASE("a protected table is deleted only after its protection") {
    Fixture fixture;
    auto table = Fixture::table_input({});
    table.DeletionProtectionEnabled = true;
    fixture.call<api::CreateTable>(table);
    api::DeleteTable::Input erase;
    erase.TableName = "table";
    CHECK(fixture.refusal<api::DeleteTable>(erase) ==
          "ValidationException: Resource cannot be deleted as it is currently protected against deletion. "
          "Disable "
          "deletion protection first.");
    api::UpdateTable::Input update;
    update.TableName = "table";
    update.DeletionProtectionEnabled = false;
    fixture.call<api::UpdateTable>(update);
    CHECK(fixture.refusal<api::DeleteTable>(erase) == "accepted");
}

TEST_CASE("a transaction writes all of its items or none, and says why") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "NEW_IMAGE"});
    fixture.put(R"({"pk":{"S":"old"}})");
    api::TransactWriteItems::Input input;
    input.TransactItems = {transact_put(R"({"pk":{"S":"a"}})"),
                           transact_put(R"({"pk":{"S":"old"},"x":{"N":"1"}})", "attribute_not_exists(pk)")};
    input.TransactItems->at(1).Put->ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    try {
        fixture.call<api::TransactWriteItems>(input);
        FAIL("the condition held");
    } catch (const Error& error) {
        CHECK(error.code() == "TransactionCanceledException");
        CHECK(error.message() ==
              "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
              "ConditionalCheckFailed]");
        REQUIRE(error.details().size() == 1);
        CHECK(
            error.details()[0].value ==
            R"([{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed",)"
            R"("Item":{"pk":{"S":"old"}}}])");
    }
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == "none");

    input.TransactItems->at(1).Put->ConditionExpression = "attribute_exists(pk)";
    fixture.call<api::TransactWriteItems>(input);
    api::TransactGetItems::Input get;
    get.TransactItems.emplace();
    for (const char* key : {R"({"pk":{"S":"a"}})", R"({"pk":{"S":"old"}})", R"({"pk":{"S":"none"}})"}) {
        auto& wanted = get.TransactItems->emplace_back().Get.emplace();
        wanted.TableName = "table";
        wanted.Key = item(key);
    }
    const auto got = *fixture.call<api::TransactGetItems>(get).Responses;
    CHECK(text(got[0].Item) == R"({"pk":{"S":"a"}})");
    CHECK(text(got[1].Item) == R"({"pk":{"S":"old"},"x":{"N":"1"}})");
    CHECK(text(got[2].Item) == "none");

    input.TransactItems = {transact_put(R"({"pk":{"S":"a"}})"), transact_put(R"({"pk":{"S":"a"}})")};
    CHECK(fixture.refusal<api::TransactWriteItems>(input) ==
          "ValidationException: Transaction request cannot include multiple operations on one item");
}

TEST_CASE("a token makes a transaction once, for ten minutes and the same request") {
    Fixture fixture;
    fixture.create_table({});
    api::TransactWriteItems::Input input;
    api::TransactWriteItem add;
    add.Update.emplace();
    add.Update->TableName = "table";
    add.Update->Key = item(R"({"pk":{"S":"a"}})");
    add.Update->UpdateExpression = "ADD n :one";
    add.Update->ExpressionAttributeValues = item(R"({":one":{"N":"1"}})");
    input.TransactItems = {add};
    input.ClientRequestToken = "token";
    for (int i = 0; i < 3; ++i) fixture.call<api::TransactWriteItems>(input);
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    auto other = input;
    other.TransactItems->at(0).Update->ExpressionAttributeValues = item(R"({":one":{"N":"2"}})");
    CHECK(
        fixture.refusal<api::TransactWriteItems>(other).starts_with("IdempotentParameterMismatchException"));
    fixture.harness.advance(std::chrono::minutes(11));
    fixture.call<api::TransactWriteItems>(input);
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"n":{"N":"2"},"pk":{"S":"a"}})");
}

TEST_CASE("tags are kept by key") {
    Fixture fixture;
    fixture.create_table({});
    const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";
    const auto tag = [&](const std::string& key, const std::string& value) {
        api::TagResource::Input input;
        input.ResourceArn = arn;
        api::Tag& made = input.Tags.emplace().emplace_back();
        made.Key = key;
        made.Value = value;
        fixture.call<api::TagResource>(input);
    };
    tag("a", "1");
    tag("b", "1");
    tag("a", "2");
    api::UntagResource::Input untag;
    untag.ResourceArn = arn;
    untag.TagKeys = {"b"};
    fixture.call<api::UntagResource>(untag);
    api::ListTagsOfResource::Input list;
    list.ResourceArn = arn;
    const auto tags = *fixture.call<api::ListTagsOfResource>(list).Tags;
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].Key == "a");
    CHECK(tags[0].Value == "2");
}
