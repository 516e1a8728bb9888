#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/describe_kinesis_streaming_destination.h"
#include "services/dynamodb/model/disable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/enable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/update_kinesis_streaming_destination.h"
#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/service.h"
#include "src/base/json.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr const char* kStream = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";

struct Streamed {
    Streamed() {
        kinesis.emplace(fixture.harness.database(), fixture.harness.clock(), fixture.harness.executor(),
                        kinesis::Options{});
        fixture.harness.add(*kinesis);
        fixture.harness.dispatcher().add_target("kinesis", kinesis->target());
        fixture.harness.start_dispatcher();
        kinesis::api::CreateStream::Input input;
        input.StreamName = "changes";
        input.ShardCount = 1;
        fixture.call<kinesis::api::CreateStream>(input);
        fixture.create_table({});
    }

    template <class Op>
    static typename Op::Input input() {
        typename Op::Input out;
        out.TableName = "table";
        out.StreamArn = kStream;
        return out;
    }

    void enable(const std::string& precision = "") {
        auto wanted = input<api::EnableKinesisStreamingDestination>();
        if (!precision.empty()) {
            wanted.EnableKinesisStreamingConfiguration.emplace();
            wanted.EnableKinesisStreamingConfiguration->ApproximateCreationDateTimePrecision = precision;
        }
        CHECK(fixture.call<api::EnableKinesisStreamingDestination>(wanted).DestinationStatus == "ENABLING");
    }

    std::string described() {
        api::DescribeKinesisStreamingDestination::Input wanted;
        wanted.TableName = "table";
        std::string out;
        const auto found = fixture.call<api::DescribeKinesisStreamingDestination>(wanted);
        for (const auto& each : *found.KinesisDataStreamDestinations) {
            out += *each.StreamArn + " " + *each.DestinationStatus + " " +
                   *each.ApproximateCreationDateTimePrecision;
        }
        return out;
    }

    std::vector<kinesis::api::Record> records() {
        fixture.harness.await_idle();
        kinesis::api::GetShardIterator::Input start;
        start.StreamName = "changes";
        start.ShardId = "shardId-000000000000";
        start.ShardIteratorType = "TRIM_HORIZON";
        kinesis::api::GetRecords::Input read;
        read.ShardIterator = *fixture.call<kinesis::api::GetShardIterator>(start).ShardIterator;
        return *fixture.call<kinesis::api::GetRecords>(read).Records;
    }

    std::optional<kinesis::Service> kinesis;  // before the harness, which stops it
    Fixture fixture;
};

std::string without_id(const std::string& data) {
    const std::size_t at = data.find("\"eventID\":\"");
    REQUIRE(at != std::string::npos);
    return data.substr(0, at) + data.substr(at + 11 + 36 + 2);
}

}  // namespace

TEST_CASE("a Kinesis stream gets a record for each change while it is enabled, in AWS's form") {
    Streamed world;
    world.fixture.put(R"({"pk":{"S":"before"}})");
    world.enable();
    CHECK(world.described() == std::string(kStream) + " ACTIVE MILLISECOND");
    const std::string now = std::to_string(unix_millis(world.fixture.harness.clock().now()));
    world.fixture.put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    world.fixture.put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");  // changes nothing
    world.fixture.put(R"({"pk":{"S":"a"},"n":{"N":"2"}})");
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"a"}})");
    world.fixture.call<api::DeleteItem>(erase);
    CHECK(world.fixture
              .call<api::DisableKinesisStreamingDestination>(
                  Streamed::input<api::DisableKinesisStreamingDestination>())
              .DestinationStatus == "DISABLING");
    CHECK(world.described() == std::string(kStream) + " DISABLED MILLISECOND");
    world.fixture.put(R"({"pk":{"S":"after"}})");

    const auto records = world.records();
    REQUIRE(records.size() == 3);
    const auto expected = [&](const std::string& name, const std::string& images, const std::string& size) {
        return R"({"awsRegion":"us-east-1","eventName":")" + name +
               R"(","userIdentity":null,"recordFormat":"application/json","tableName":"table",)"
               R"("dynamodb":{"ApproximateCreationDateTime":)" +
               now + R"(,"Keys":{"pk":{"S":"a"}},)" + images + R"("SizeBytes":)" + size +
               R"(,"ApproximateCreationDateTimePrecision":"MILLISECOND"},"eventSource":"aws:dynamodb"})";
    };
    const std::string one = R"({"n":{"N":"1"},"pk":{"S":"a"}})";
    const std::string two = R"({"n":{"N":"2"},"pk":{"S":"a"}})";
    CHECK(without_id(records[0].Data->data) == expected("INSERT", R"("NewImage":)" + one + ",", "9"));
    CHECK(without_id(records[1].Data->data) ==
          expected("MODIFY", R"("NewImage":)" + two + R"(,"OldImage":)" + one + ",", "15"));
    CHECK(without_id(records[2].Data->data) == expected("REMOVE", R"("OldImage":)" + two + ",", "9"));
    CHECK(records[0].PartitionKey == records[2].PartitionKey);
    CHECK(records[0].Data->data != records[1].Data->data);
}

TEST_CASE("a write that is refused sends nothing, and a transaction all or nothing") {
    Streamed world;
    world.enable();
    auto refused = Fixture::put_input(R"({"pk":{"S":"a"}})");
    refused.ConditionExpression = "attribute_exists(pk)";
    CHECK(world.fixture.refusal<api::PutItem>(refused).starts_with("ConditionalCheckFailedException"));
    api::TransactWriteItems::Input both;
    both.TransactItems.emplace().resize(2);
    auto& put = (*both.TransactItems)[0].Put.emplace();
    put.TableName = "table";
    put.Item = item(R"({"pk":{"S":"b"}})");
    auto& check = (*both.TransactItems)[1].ConditionCheck.emplace();
    check.TableName = "table";
    check.Key = item(R"({"pk":{"S":"c"}})");
    check.ConditionExpression = "attribute_exists(pk)";
    CHECK(world.fixture.refusal<api::TransactWriteItems>(both).starts_with("TransactionCanceledException"));
    CHECK(world.records().empty());
    check.ConditionExpression = "attribute_not_exists(pk)";
    world.fixture.call<api::TransactWriteItems>(both);
    CHECK(world.records().size() == 1);
}

TEST_CASE("a destination's precision is changed, and kept by the records") {
    Streamed world;
    world.enable("MICROSECOND");
    world.fixture.put(R"({"pk":{"S":"a"}})");
    const std::string now = std::to_string(unix_millis(world.fixture.harness.clock().now()));
    auto update = Streamed::input<api::UpdateKinesisStreamingDestination>();
    CHECK(world.fixture.refusal<api::UpdateKinesisStreamingDestination>(update) ==
          "ValidationException: Streaming destination cannot be updated with given parameters: "
          "UpdateKinesisStreamingConfiguration cannot be null or contain only null values");
    update.UpdateKinesisStreamingConfiguration.emplace();
    update.UpdateKinesisStreamingConfiguration->ApproximateCreationDateTimePrecision = "MICROSECOND";
    CHECK(world.fixture.refusal<api::UpdateKinesisStreamingDestination>(update).starts_with(
        "ValidationException: Invalid Request: Precision is already set to the desired value of MICROSECOND "
        "for tableId: "));
    update.UpdateKinesisStreamingConfiguration->ApproximateCreationDateTimePrecision = "MILLISECOND";
    CHECK(world.fixture.call<api::UpdateKinesisStreamingDestination>(update).DestinationStatus == "UPDATING");
    CHECK(world.described() == std::string(kStream) + " ACTIVE MILLISECOND");
    const auto records = world.records();
    REQUIRE(records.size() == 1);
    CHECK(records[0].Data->data.find("\"ApproximateCreationDateTime\":" + now + "000,") != std::string::npos);
}

TEST_CASE("destinations are refused where table, stream or state do not fit") {
    Streamed world;
    const auto enable = Streamed::input<api::EnableKinesisStreamingDestination>();
    const auto disable = Streamed::input<api::DisableKinesisStreamingDestination>();
    auto other = enable;
    other.StreamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/none";
    CHECK(world.fixture.refusal<api::EnableKinesisStreamingDestination>(other) ==
          "ValidationException: User does not have a permission to use kinesis stream");
    other = enable;
    other.TableName = "none";
    CHECK(world.fixture.refusal<api::EnableKinesisStreamingDestination>(other) ==
          "ResourceNotFoundException: Requested resource not found: Table: none not found");
    CHECK(world.fixture.refusal<api::DisableKinesisStreamingDestination>(disable) ==
          "ValidationException: Table is not in a valid state to disable Kinesis Streaming Destination:"
          "DisableKinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
    world.enable();
    CHECK(world.fixture.refusal<api::EnableKinesisStreamingDestination>(enable) ==
          "ValidationException: Table is not in a valid state to enable Kinesis Streaming Destination:"
          "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
}
