#include "src/model/validate.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/list_tables.h"
#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/put_records.h"
#include "services/kinesis/model/remove_tags_from_stream.h"
#include "services/probe/model/grow.h"

#include <catch2/catch.hpp>

namespace probe_api = fogbank::probe::api;
namespace kinesis = fogbank::kinesis::api;
namespace dynamodb = fogbank::dynamodb::api;
using fogbank::model::validation_message;
using fogbank::model::violations;

namespace {

template <class Op>
std::vector<std::string> check(const typename Op::Input& input) {
    return violations(*Op::descriptor().input, &input);
}

using Lines = std::vector<std::string>;

probe_api::GrowRequest valid() {
    probe_api::GrowRequest request;
    request.Name = "oak";
    request.Other = "ab";
    return request;
}

}  // namespace

TEST_CASE("a valid input has no violations") {
    CHECK(check<probe_api::Grow>(valid()).empty());
    CHECK(validation_message({}).empty());
}

TEST_CASE("a missing required member must not be null") {
    probe_api::GrowRequest request = valid();
    request.Name.reset();
    CHECK(check<probe_api::Grow>(request) ==
          Lines{"Value null at 'name' failed to satisfy constraint: Member must not be null"});
}

TEST_CASE("pattern comes before length, as ListTables has it") {
    dynamodb::ListTablesInput input;
    input.ExclusiveStartTableName = "";
    input.Limit = 101;
    CHECK(validation_message(check<dynamodb::ListTables>(input)) ==
          "3 validation errors detected: Value '' at 'exclusiveStartTableName' failed to satisfy constraint: "
          "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at "
          "'exclusiveStartTableName' "
          "failed to satisfy constraint: Member must have length greater than or equal to 3; Value '101' at "
          "'limit' "
          "failed to satisfy constraint: Member must have value less than or equal to 100");
}

TEST_CASE("members come in the order of Java's hash map, as CreateTable has them") {
    const std::string null = "failed to satisfy constraint: Member must not be null";
    dynamodb::CreateTableInput input;
    input.TableName = "abc";
    input.AttributeDefinitions.emplace().emplace_back();
    auto& key = input.KeySchema.emplace().emplace_back();
    key.AttributeName = "a";
    key.KeyType = "HASH";
    CHECK(check<dynamodb::CreateTable>(input) ==
          Lines{"Value null at 'attributeDefinitions.1.member.attributeType' " + null,
                "Value null at 'attributeDefinitions.1.member.attributeName' " + null});

    input.AttributeDefinitions->clear();
    input.KeySchema->front() = {};
    CHECK(check<dynamodb::CreateTable>(input) ==
          Lines{"Value null at 'keySchema.1.member.attributeName' " + null,
                "Value null at 'keySchema.1.member.keyType' " + null});

    input.KeySchema->front().AttributeName = "a";
    input.KeySchema->front().KeyType = "HASH";
    input.ProvisionedThroughput.emplace();
    CHECK(check<dynamodb::CreateTable>(input) ==
          Lines{"Value null at 'provisionedThroughput.writeCapacityUnits' " + null,
                "Value null at 'provisionedThroughput.readCapacityUnits' " + null});

    input.ProvisionedThroughput.reset();
    input.GlobalSecondaryIndexes.emplace().emplace_back();
    CHECK(check<dynamodb::CreateTable>(input) ==
          Lines{"Value null at 'globalSecondaryIndexes.1.member.indexName' " + null,
                "Value null at 'globalSecondaryIndexes.1.member.keySchema' " + null,
                "Value null at 'globalSecondaryIndexes.1.member.projection' " + null});
}

TEST_CASE("an enum lists its values and a long list shows its elements") {
    dynamodb::CreateTableInput input;
    input.TableName = "abc";
    input.AttributeDefinitions.emplace();
    for (int i = 0; i < 3; ++i) {
        auto& key =
            input.KeySchema ? input.KeySchema->emplace_back() : input.KeySchema.emplace().emplace_back();
        key.AttributeName = "a";
        key.KeyType = i == 2 ? "Woop" : "HASH";
    }
    CHECK(check<dynamodb::CreateTable>(input) ==
          Lines{"Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=a, "
                "keyType=HASH), KeySchemaElement(attributeName=a, keyType=Woop)]' at 'keySchema' failed to "
                "satisfy "
                "constraint: Member must have length less than or equal to 2",
                "Value 'Woop' at 'keySchema.3.member.keyType' failed to satisfy constraint: Member must "
                "satisfy enum "
                "value set: [HASH, RANGE]"});
}

TEST_CASE("the limits of a list's strings are told at the list") {
    kinesis::RemoveTagsFromStreamInput input;
    input.StreamName = "s";
    input.TagKeys = {"a", std::string(129, 'b'), "c"};
    CHECK(
        check<kinesis::RemoveTagsFromStream>(input) ==
        Lines{
            "Value '[a, " + std::string(129, 'b') +
            ", c]' at 'tagKeys' failed to satisfy constraint: Member must "
            "satisfy constraint: [Member must have length less than or equal to 128, Member must have length "
            "greater than or equal to 1]"});
}

TEST_CASE("the limits of a map's keys and values are told at the map, and what is inside at its own path") {
    probe_api::GrowRequest request = valid();
    request.Pets.emplace()["A"] = {};
    request.Pets->emplace("cat", std::vector<std::string>{"x"});
    CHECK(
        check<probe_api::Grow>(request) ==
        Lines{
            "Value '{A=[], cat=[x]}' at 'pets' failed to satisfy constraint: Map keys must satisfy "
            "constraint: "
            "[Member must have length less than or equal to 4, Member must have length greater than or equal "
            "to 2, "
            "Member must satisfy regular expression pattern: [a-z]+]",
            "Value '{A=[], cat=[x]}' at 'pets' failed to satisfy constraint: Map value must satisfy "
            "constraint: "
            "[Member must have length greater than or equal to 1]",
            "Value '[x]' at 'pets.cat.member' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 4, Member must have length greater than or equal "
            "to 2, "
            "Member must satisfy regular expression pattern: [a-z]+]"});
}

TEST_CASE("paths go through boxes, lists and maps") {
    probe_api::GrowRequest request = valid();
    auto& tree = request.Tree.emplace().Left.emplace();
    tree.Children.emplace().emplace_back();
    tree.Children->emplace_back().Named.emplace()["elm"].Leaf.emplace().Color = "BLUE";
    CHECK(check<probe_api::Grow>(request) ==
          Lines{"Value 'BLUE' at 'tree.left.children.2.member.named.elm.member.leaf.color' failed to satisfy "
                "constraint: Member must satisfy enum value set: [RED, GREEN]"});
}

TEST_CASE("a sensitive value stays out of the message") {
    probe_api::GrowRequest request = valid();
    request.class_ = "ab";
    CHECK(check<probe_api::Grow>(request) == Lines{"Value at 'class' failed to satisfy constraint: Member "
                                                   "must have length greater than or equal to 3"});
}

TEST_CASE("a blob shows as Java's byte buffer") {
    kinesis::PutRecordsInput input;
    input.StreamName = "s";
    auto& record = input.Records.emplace().emplace_back();
    record.PartitionKey = "p";
    const std::size_t size = 10 * 1024 * 1024 + 1;
    record.Data.emplace().data.assign(size, 'x');
    CHECK(check<kinesis::PutRecords>(input) ==
          Lines{"Value 'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at 'records.1.member.data' "
                "failed to "
                "satisfy constraint: Member must have length less than or equal to 10485760"});
}

TEST_CASE("ten violations are listed and no more") {
    kinesis::PutRecordsInput input;
    input.StreamName = "s";
    for (int i = 0; i < 20; ++i) {
        auto& record = input.Records ? input.Records->emplace_back() : input.Records.emplace().emplace_back();
        record.Data.emplace();
        record.PartitionKey = "";
    }
    const std::vector<std::string> found = check<kinesis::PutRecords>(input);
    REQUIRE(found.size() == 10);
    CHECK(found[9] ==
          "Value '' at 'records.10.member.partitionKey' failed to satisfy constraint: Member must have "
          "length greater than or equal to 1");
    CHECK(validation_message(found).starts_with(
        "10 validation errors detected: Value '' at 'records.1.member"));
}

TEST_CASE("length counts UTF-16 units, as Java does") {
    probe_api::GrowRequest request = valid();
    request.Other =
        "\xf0\x9f\x8c\xb2\xf0\x9f\x8c\xb2\xf0\x9f\x8c\xb2\xf0\x9f\x8c\xb2";  // 4 characters of two units
    CHECK(check<probe_api::Grow>(request).empty());
    *request.Other += "\xf0\x9f\x8c\xb2";
    CHECK(check<probe_api::Grow>(request).size() == 1);
    request.Other = "\xc3\xa9";  // 2 bytes, one unit
    CHECK(check<probe_api::Grow>(request) == Lines{"Value '\xc3\xa9' at 'other' failed to satisfy "
                                                   "constraint: Member must have length greater than or "
                                                   "equal to 2"});
}

TEST_CASE("a number outside its range shows the number") {
    kinesis::CreateStreamInput input;
    input.StreamName = "s";
    input.ShardCount = 0;
    CHECK(check<kinesis::CreateStream>(input) ==
          Lines{"Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than "
                "or equal "
                "to 1"});
}
