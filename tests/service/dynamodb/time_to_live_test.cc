#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

class Expiring : public Fixture {
public:
    Expiring() {
        harness.dispatcher().add_pending_source(service().expirations());
        harness.start_dispatcher();
    }

    std::int64_t now_s() { return unix_seconds(harness.clock().now()); }

    static api::UpdateTimeToLive::Input change(bool enabled, const std::string& attribute) {
        api::UpdateTimeToLive::Input input;
        input.TableName = "table";
        input.TimeToLiveSpecification.emplace();
        input.TimeToLiveSpecification->Enabled = enabled;
        input.TimeToLiveSpecification->AttributeName = attribute;
        return input;
    }

    void put_due(const std::string& key, std::int64_t due_s) {
        put(R"({"pk":{"S":")" + key + R"("},"ttl":{"N":")" + std::to_string(due_s) + R"("}})");
    }

    bool stands(const std::string& key) { return get(R"({"pk":{"S":")" + key + R"("}})") != "none"; }

    std::vector<streams_api::Record> records() {
        streams_api::ListStreams::Input list;
        const auto stream = call<streams_api::ListStreams>(list).Streams->at(0).StreamArn;
        streams_api::DescribeStream::Input describe;
        describe.StreamArn = stream;
        const auto shards = call<streams_api::DescribeStream>(describe).StreamDescription->Shards;
        streams_api::GetShardIterator::Input start;
        start.StreamArn = stream;
        start.ShardId = shards->at(0).ShardId;
        start.ShardIteratorType = "TRIM_HORIZON";
        streams_api::GetRecords::Input read;
        read.ShardIterator = call<streams_api::GetShardIterator>(start).ShardIterator;
        return *call<streams_api::GetRecords>(read).Records;
    }

    std::string described() {
        api::DescribeTimeToLive::Input input;
        input.TableName = "table";
        const auto found = call<api::DescribeTimeToLive>(input).TimeToLiveDescription;
        return *found->TimeToLiveStatus + " " + found->AttributeName.value_or("none");
    }
};

}  // namespace

TEST_CASE("an item goes once the clock is past its time to live, and its stream says who deleted it") {
    Expiring fixture;
    fixture.create_table({"table", "pk", "", "NEW_AND_OLD_IMAGES"});
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    fixture.put_due("soon", fixture.now_s() + 60);
    fixture.put_due("later", fixture.now_s() + 600);
    fixture.harness.advance(std::chrono::seconds(60));
    CHECK(fixture.stands("soon"));  // the current time has to be greater
    fixture.harness.advance(std::chrono::seconds(1));
    CHECK_FALSE(fixture.stands("soon"));
    CHECK(fixture.stands("later"));

    const auto records = fixture.records();
    REQUIRE(records.size() == 3);
    CHECK_FALSE(records[1].userIdentity);
    CHECK(records[2].eventName == "REMOVE");
    REQUIRE(records[2].userIdentity);
    CHECK(records[2].userIdentity->Type == "Service");
    CHECK(records[2].userIdentity->PrincipalId == "dynamodb.amazonaws.com");
    CHECK(text(records[2].dynamodb->Keys) == R"({"pk":{"S":"soon"}})");
}

TEST_CASE("items from before time to live was enabled expire, too, however many there are") {
    Expiring fixture;
    fixture.create_table({});
    for (int i = 0; i < 450; ++i) fixture.put_due(std::to_string(i), fixture.now_s() - 1 - i);
    fixture.put_due("stays", fixture.now_s() + 1000);
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    fixture.harness.await_idle();
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    CHECK(fixture.call<api::DescribeTable>(describe).Table->ItemCount == 1);
    CHECK(fixture.stands("stays"));
}

TEST_CASE("only numbers of seconds expire, and nothing that expired over five years ago") {
    Expiring fixture;
    fixture.create_table({});
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    constexpr std::int64_t kFiveYears = 5LL * 365 * 86400;
    fixture.put_due("ancient", fixture.now_s() - kFiveYears - 10);
    fixture.put_due("old", fixture.now_s() - kFiveYears + 1000);
    fixture.put_due("milliseconds", fixture.now_s() * 1000);
    fixture.put(R"({"pk":{"S":"text"},"ttl":{"S":"1"}})");
    fixture.put(R"({"pk":{"S":"none"}})");
    fixture.put(R"({"pk":{"S":"fraction"},"ttl":{"N":")" + std::to_string(fixture.now_s() - 5) + R"(.5"}})");
    fixture.harness.await_idle();
    CHECK(fixture.stands("ancient"));
    CHECK_FALSE(fixture.stands("old"));
    CHECK(fixture.stands("milliseconds"));
    CHECK(fixture.stands("text"));
    CHECK(fixture.stands("none"));
    CHECK_FALSE(fixture.stands("fraction"));
}

TEST_CASE("a later time, or none, keeps an item; so does disabling") {
    Expiring fixture;
    fixture.create_table({});
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    for (const char* key : {"moved", "freed", "kept"}) fixture.put_due(key, fixture.now_s() + 3600);
    fixture.put_due("moved", fixture.now_s() + 100'000);
    fixture.put(R"({"pk":{"S":"freed"}})");
    fixture.harness.advance(std::chrono::minutes(31));
    CHECK(fixture.described() == "ENABLED ttl");
    fixture.call<api::UpdateTimeToLive>(Expiring::change(false, "ttl"));
    CHECK(fixture.described() == "DISABLED none");
    fixture.harness.advance(std::chrono::hours(2));
    for (const char* key : {"moved", "freed", "kept"}) CHECK(fixture.stands(key));
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    fixture.harness.await_idle();
    CHECK(fixture.stands("moved"));
    CHECK(fixture.stands("freed"));
    CHECK_FALSE(fixture.stands("kept"));
}

TEST_CASE("UpdateTimeToLive refuses what AWS refuses") {
    Expiring fixture;
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(true, "ttl")) ==
          "ResourceNotFoundException: Requested resource not found: Table: table not found");
    fixture.create_table({});
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(false, "ttl")) ==
          "ValidationException: TimeToLive is already disabled");
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(true, "")) ==
          "ValidationException: 1 validation error detected: Value '' at "
          "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length "
          "greater than or equal to 1");
    fixture.call<api::UpdateTimeToLive>(Expiring::change(true, "ttl"));
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(true, "ttl")) ==
          "ValidationException: TimeToLive is already enabled");
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(true, "other")) ==
          "ValidationException: TimeToLive is active on a different AttributeName: current AttributeName is "
          "ttl");
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(false, "ttl")) ==
          "ValidationException: Time to live has been modified multiple times within a fixed interval");
    fixture.harness.advance(std::chrono::minutes(30));
    CHECK(fixture.refusal<api::UpdateTimeToLive>(Expiring::change(false, "ttl")) == "accepted");
}
