#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/update_table.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

const std::string kRefused = "ValidationException: One or more parameter values were invalid: ";
const std::string kOneIndex =
    "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
    "simultaneously per table";

std::string index_name(int i) {
    return "by-g" + std::to_string(i);
}

api::ProvisionedThroughput units(std::int64_t reads, std::int64_t writes) {
    api::ProvisionedThroughput out;
    out.ReadCapacityUnits = reads;
    out.WriteCapacityUnits = writes;
    return out;
}

// A table with `count` global indexes over "g", by-g0 ...
api::CreateTable::Input with_indexes(int count) {
    auto input = Fixture::table_input({});
    if (count == 0) return input;
    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes.emplace();
    for (int i = 0; i < count; ++i) {
        input.GlobalSecondaryIndexes->push_back(Fixture::index(index_name(i), "g", "ALL"));
    }
    return input;
}

api::CreateTable::Input provisioned(int count) {
    auto input = with_indexes(count);
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput = units(10, 10);
    for (int i = 0; i < count; ++i) {
        (*input.GlobalSecondaryIndexes)[static_cast<std::size_t>(i)].ProvisionedThroughput = units(10, 10);
    }
    return input;
}

api::UpdateTable::Input update() {
    api::UpdateTable::Input input;
    input.TableName = "table";
    return input;
}

api::CreateGlobalSecondaryIndexAction& add_create(api::UpdateTable::Input& input, const std::string& name) {
    api::AttributeDefinition definition;
    definition.AttributeName = "g";
    definition.AttributeType = "S";
    input.AttributeDefinitions = {definition};
    if (!input.GlobalSecondaryIndexUpdates) input.GlobalSecondaryIndexUpdates.emplace();
    const auto shape = Fixture::index(name, "g", "ALL");
    auto& create = input.GlobalSecondaryIndexUpdates->emplace_back().Create.emplace();
    create.IndexName = shape.IndexName;
    create.KeySchema = shape.KeySchema;
    create.Projection = shape.Projection;
    return create;
}

api::UpdateGlobalSecondaryIndexAction& add_update(api::UpdateTable::Input& input, const std::string& name) {
    if (!input.GlobalSecondaryIndexUpdates) input.GlobalSecondaryIndexUpdates.emplace();
    auto& made = input.GlobalSecondaryIndexUpdates->emplace_back().Update.emplace();
    made.IndexName = name;
    return made;
}

api::TableDescription described(Fixture& fixture) {
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    return *fixture.call<api::DescribeTable>(describe).Table;
}

}  // namespace

TEST_CASE("UpdateTable makes no index beyond what CreateTable takes") {
    Fixture fixture;
    fixture.call<api::CreateTable>(with_indexes(20));
    auto input = update();
    add_create(input, "one-more");
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kRefused + "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    CHECK(described(fixture).GlobalSecondaryIndexes->size() == 20);
}

TEST_CASE("UpdateTable keeps NonKeyAttributes distinct, and at most 100 of them in a table") {
    Fixture fixture;
    auto table = with_indexes(5);
    for (int i = 0; i < 5; ++i) {
        auto& projection = *(*table.GlobalSecondaryIndexes)[static_cast<std::size_t>(i)].Projection;
        projection.ProjectionType = "INCLUDE";
        projection.NonKeyAttributes.emplace();
        for (int name = 0; name < 20; ++name) projection.NonKeyAttributes->push_back(std::to_string(name));
    }
    fixture.call<api::CreateTable>(table);
    auto input = update();
    auto& projection = *add_create(input, "one-more").Projection;
    projection.ProjectionType = "INCLUDE";
    projection.NonKeyAttributes = {"a", "a"};
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kRefused + "NonKeyAttributes contains duplicates for index: one-more");
    input.GlobalSecondaryIndexUpdates->at(0).Create->Projection->NonKeyAttributes = {"a"};
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kRefused +
              "The total number of NonKeyAttributes across all indexes exceeds the per-table limit of 100");
}

TEST_CASE("one index at a time is made or deleted, but the one that is being filled can go") {
    Fixture fixture;
    fixture.call<api::CreateTable>(with_indexes(1));
    // So many that filling takes longer than what follows.
    for (int i = 0; i < 3000; ++i) {
        fixture.put(R"({"pk":{"S":")" + std::to_string(i) + R"("},"g":{"S":"x"}})");
    }
    auto two = update();
    add_create(two, "first");
    add_create(two, "second");
    CHECK(fixture.refusal<api::UpdateTable>(two) == kOneIndex);
    auto one = update();
    add_create(one, "first");
    fixture.call<api::UpdateTable>(one);
    auto second = update();
    add_create(second, "second");
    auto old = update();
    old.GlobalSecondaryIndexUpdates.emplace().emplace_back().Delete.emplace().IndexName = index_name(0);
    auto filling = old;
    filling.GlobalSecondaryIndexUpdates->at(0).Delete->IndexName = "first";
    CHECK(fixture.refusal<api::UpdateTable>(second) == kOneIndex);
    CHECK(fixture.refusal<api::UpdateTable>(old) == kOneIndex);
    CHECK(fixture.refusal<api::UpdateTable>(filling) == "accepted");
    CHECK(fixture.refusal<api::UpdateTable>(old) == "accepted");
}

TEST_CASE("indexes of an on-demand table take no units") {
    Fixture fixture;
    fixture.call<api::CreateTable>(with_indexes(1));
    const auto refused = [](const std::string& index) {
        return kRefused +
               "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " + index +
               " when BillingMode is PAY_PER_REQUEST";
    };
    auto input = update();
    add_create(input, "new").ProvisionedThroughput = units(5, 5);
    CHECK(fixture.refusal<api::UpdateTable>(input) == refused("new"));
    input = update();
    add_update(input, "by-g0").ProvisionedThroughput = units(5, 5);
    CHECK(fixture.refusal<api::UpdateTable>(input) == refused("by-g0"));
}

TEST_CASE("a table that becomes provisioned is given the units of its indexes, and loses its ceilings") {
    Fixture fixture;
    auto table = with_indexes(1);
    table.OnDemandThroughput.emplace().MaxReadRequestUnits = 100;
    table.GlobalSecondaryIndexes->at(0).OnDemandThroughput = table.OnDemandThroughput;
    fixture.call<api::CreateTable>(table);
    auto input = update();
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput = units(5, 5);
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kRefused + "ProvisionedThroughput must be specified for index: by-g0");
    add_update(input, "by-g0").ProvisionedThroughput = units(3, 4);
    fixture.call<api::UpdateTable>(input);
    const auto shown = described(fixture);
    CHECK(shown.GlobalSecondaryIndexes->at(0).ProvisionedThroughput->WriteCapacityUnits == 4);
    CHECK_FALSE(shown.OnDemandThroughput);
    CHECK_FALSE(shown.GlobalSecondaryIndexes->at(0).OnDemandThroughput);
}

TEST_CASE("an update of an index changes something") {
    Fixture fixture;
    fixture.call<api::CreateTable>(provisioned(1));
    auto input = update();
    auto& change = add_update(input, "by-g0");
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kRefused +
              "At least one of ProvisionedThroughput, OnDemandThroughput or WarmThroughput is required for "
              "index: by-g0");
    change.ProvisionedThroughput = units(10, 10);
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          "ValidationException: The provisioned throughput for the index by-g0 will not change. The "
          "requested value equals the current value. Current ReadCapacityUnits provisioned for index by-g0: "
          "10. Requested ReadCapacityUnits: 10. Current WriteCapacityUnits provisioned for index by-g0: 10. "
          "Requested WriteCapacityUnits: 10. Refer to the Amazon DynamoDB Developer Guide for current limits "
          "and how to request higher limits.");
}

TEST_CASE("a definition that is known keeps its type, whatever UpdateTable says of it") {
    // As AWS does (dynamodb-conformance, issue 78).
    Fixture fixture;
    fixture.call<api::CreateTable>(with_indexes(0));
    auto input = update();
    add_create(input, "by-g0");
    api::AttributeDefinition other;
    other.AttributeName = "pk";
    other.AttributeType = "N";
    input.AttributeDefinitions->push_back(other);
    CHECK(fixture.refusal<api::UpdateTable>(input) == "accepted");
    CHECK(described(fixture).AttributeDefinitions->at(0).AttributeType == "S");
}

TEST_CASE("the fifth decrease of a day waits for an hour without one") {
    Fixture fixture;
    fixture.call<api::CreateTable>(provisioned(0));
    const auto lower = [&](std::int64_t reads) {
        auto input = update();
        input.ProvisionedThroughput = units(reads, 10);
        return fixture.refusal<api::UpdateTable>(input);
    };
    for (std::int64_t reads = 9; reads > 5; --reads) CHECK(lower(reads) == "accepted");
    const std::string refused = lower(5);
    CHECK(refused.starts_with(
        "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited "
        "within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day "
        "can be performed at most once every 3600 seconds. Number of decreases today: 4. Last decrease at "));
    CHECK(refused.ends_with(" Coordinated Universal Time"));
    CHECK(lower(20) == "accepted");
    fixture.harness.advance(std::chrono::hours(1) + std::chrono::seconds(1));
    CHECK(lower(5) == "accepted");
    CHECK(lower(4).find("Number of decreases today: 5.") != std::string::npos);
    fixture.harness.advance(std::chrono::hours(24));
    CHECK(lower(4) == "accepted");
    CHECK(lower(3) == "accepted");
}

TEST_CASE("a table and an index have 40,000 units at most") {
    const std::string refused =
        "LimitExceededException: Subscriber limit exceeded: ReadCapacityUnits of 40001 for table table is "
        "beyond the limit of 40000 per table or index";
    Fixture fixture;
    auto table = provisioned(0);
    table.ProvisionedThroughput = units(40'001, 1);
    CHECK(fixture.refusal<api::CreateTable>(table) == refused);
    table.ProvisionedThroughput = units(40'000, 1);
    fixture.call<api::CreateTable>(table);
    auto input = update();
    input.ProvisionedThroughput = units(40'001, 1);
    CHECK(fixture.refusal<api::UpdateTable>(input) == refused);
}

TEST_CASE("UpdateTable's answer counts what the table holds") {
    Fixture fixture;
    fixture.call<api::CreateTable>(with_indexes(1));
    for (const char* key : {"a", "b", "c"}) {
        fixture.put(std::string(R"({"pk":{"S":")") + key + R"("},"g":{"S":"x"}})");
    }
    auto input = update();
    input.DeletionProtectionEnabled = true;
    const auto answer = fixture.call<api::UpdateTable>(input).TableDescription;
    CHECK(answer->ItemCount == 3);
    CHECK(answer->TableSizeBytes == 3 * 5);
    CHECK(answer->GlobalSecondaryIndexes->at(0).ItemCount == 3);
}

TEST_CASE("tags are neither AWS's own, nor twice there, nor more than 50") {
    const auto tag = [](const std::string& key) {
        api::Tag out;
        out.Key = key;
        out.Value = "";
        return out;
    };
    Fixture fixture;
    auto table = with_indexes(0);
    table.Tags = {tag("Aws:x")};
    const std::string reserved =
        kRefused + "Tag keys that begin with aws: are reserved for use by AWS. Key: ";
    CHECK(fixture.refusal<api::CreateTable>(table) == reserved + "Aws:x");
    table.Tags = {tag("a"), tag("a")};
    CHECK(fixture.refusal<api::CreateTable>(table) == kRefused + "Duplicate tag key: a");
    table.Tags->clear();
    for (int i = 0; i < 51; ++i) table.Tags->push_back(tag(std::to_string(i)));
    CHECK(fixture.refusal<api::CreateTable>(table) == kRefused + "Too many tags");
    table.Tags->pop_back();
    fixture.call<api::CreateTable>(table);
    api::TagResource::Input input;
    input.ResourceArn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";
    input.Tags = {tag("more")};
    CHECK(fixture.refusal<api::TagResource>(input) == kRefused + "Too many tags");
    input.Tags = {tag("aws:y")};
    CHECK(fixture.refusal<api::TagResource>(input) == reserved + "aws:y");
    input.Tags = {tag("b"), tag("b")};
    CHECK(fixture.refusal<api::TagResource>(input) == kRefused + "Duplicate tag key: b");
}
