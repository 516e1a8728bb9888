#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/list_shards.h"
#include "services/kinesis/model/put_record.h"
#include "services/kinesis/model/put_records.h"
#include "tests/service/kinesis/world.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::test;
using namespace std::chrono_literals;
namespace api = fogbank::kinesis::api;

TEST_CASE("Records of a shard come back in the order in which they were put, with growing sequence numbers") {
    KinesisWorld world;
    world.create("orders", 1);
    const auto first = world.put("orders", "a", "one");
    const auto second = world.put("orders", "b", "two");
    CHECK(first.ShardId == "shardId-000000000000");
    CHECK(first.SequenceNumber->size() == 56);
    CHECK(*first.SequenceNumber < *second.SequenceNumber);

    const auto got = world.get(world.iterator("orders", "TRIM_HORIZON"));
    CHECK(KinesisWorld::data(got) == Texts{"one", "two"});
    CHECK(got.Records->at(0).PartitionKey == "a");
    CHECK(got.Records->at(0).SequenceNumber == first.SequenceNumber);
    CHECK(got.Records->at(1).SequenceNumber == second.SequenceNumber);
    CHECK(got.Records->at(0).ApproximateArrivalTimestamp == world.harness.clock().now());
    CHECK(got.MillisBehindLatest == 0);
    CHECK(KinesisWorld::data(world.get(*got.NextShardIterator)).empty());
}

TEST_CASE(
    "AT_SEQUENCE_NUMBER includes the record, AFTER_SEQUENCE_NUMBER does not, LATEST sees only what follows") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "one");
    const std::string second = *world.put("orders", "k", "two").SequenceNumber;
    const std::string latest = world.iterator("orders", "LATEST");
    world.put("orders", "k", "three");
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "AT_SEQUENCE_NUMBER", second))) ==
          Texts{"two", "three"});
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "AFTER_SEQUENCE_NUMBER", second))) ==
          Texts{"three"});
    CHECK(KinesisWorld::data(world.get(latest)) == Texts{"three"});
}

TEST_CASE("A shard's first sequence number stands before all of its records") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "one");
    api::ListShards::Input input;
    input.StreamName = "orders";
    const std::string start =
        *world.harness.call<api::ListShards>(input).Shards->at(0).SequenceNumberRange->StartingSequenceNumber;
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "AT_SEQUENCE_NUMBER", start))) ==
          Texts{"one"});
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "AFTER_SEQUENCE_NUMBER", start))) ==
          Texts{"one"});
}

TEST_CASE("AT_TIMESTAMP starts at the first record that arrived at or after the time") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "one");
    world.harness.clock().set(world.harness.clock().now() + 10s);
    const Timestamp between = world.harness.clock().now() - 5s;
    world.put("orders", "k", "two");
    api::GetShardIterator::Input input;
    input.StreamName = "orders";
    input.ShardId = "shardId-000000000000";
    input.ShardIteratorType = "AT_TIMESTAMP";
    input.Timestamp = between;
    CHECK(KinesisWorld::data(world.get(*world.harness.call<api::GetShardIterator>(input).ShardIterator)) ==
          Texts{"two"});
    input.Timestamp = world.harness.clock().now() + 1s;
    CHECK_THROWS_WITH(world.harness.call<api::GetShardIterator>(input),
                      Catch::StartsWith("The timestampInMillis parameter cannot be greater"));
}

TEST_CASE("GetRecords pages by Limit and says how far behind it is") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "one");
    world.harness.clock().set(world.harness.clock().now() + 2s);
    world.put("orders", "k", "two");
    const auto first = world.get(world.iterator("orders", "TRIM_HORIZON"), 1);
    CHECK(KinesisWorld::data(first) == Texts{"one"});
    CHECK(first.MillisBehindLatest == 2000);
    const auto second = world.get(*first.NextShardIterator, 1);
    CHECK(KinesisWorld::data(second) == Texts{"two"});
    CHECK(second.MillisBehindLatest == 0);
}

TEST_CASE("GetRecords returns all of many records, and no more than 10 MiB") {
    KinesisWorld world;
    world.create("orders", 1);
    api::PutRecords::Input input;
    input.StreamName = "orders";
    input.Records.emplace();
    for (int i = 0; i < 500; ++i) {
        auto& entry = input.Records->emplace_back();
        entry.PartitionKey = "k";
        entry.Data = Bytes{std::to_string(i)};
    }
    world.harness.call<api::PutRecords>(input);
    world.harness.call<api::PutRecords>(input);
    const auto all = world.get(world.iterator("orders", "TRIM_HORIZON"));
    REQUIRE(all.Records->size() == 1000);
    CHECK(all.Records->at(999).Data->data == "499");

    world.create("large", 1);
    for (int i = 0; i < 12; ++i) world.put("large", "k", std::string(1'000'000, static_cast<char>('a' + i)));
    const auto part = world.get(world.iterator("large", "TRIM_HORIZON"));
    CHECK(part.Records->size() == 10);
    CHECK(world.get(*part.NextShardIterator).Records->size() == 2);
}

TEST_CASE("Records leave after 24 hours and iterators expire after 5 minutes, by the clock") {
    KinesisWorld world;
    world.create("orders", 1);
    const std::string number = *world.put("orders", "k", "old").SequenceNumber;
    const std::string iterator = world.iterator("orders", "TRIM_HORIZON");
    world.harness.clock().set(world.harness.clock().now() + 300s);
    CHECK(KinesisWorld::data(world.get(iterator)) == Texts{"old"});
    world.harness.clock().set(world.harness.clock().now() + 1ms);
    CHECK_THROWS_WITH(
        world.get(iterator),
        "Iterator expired. The iterator was created at time Fri Jan 02 03:04:05 UTC 2026 while right "
        "now it is Fri Jan 02 03:09:05 UTC 2026 which is further in the future than the tolerated "
        "delay of 300000 milliseconds.");
    world.harness.clock().set(world.harness.clock().now() + 24h);
    world.put("orders", "k", "new");
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "TRIM_HORIZON"))) == Texts{"new"});
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "AT_SEQUENCE_NUMBER", number))) ==
          Texts{"new"});
}

TEST_CASE("The explicit hash key chooses the shard, else the MD5 of the partition key does") {
    KinesisWorld world;
    world.create("orders", 3);
    api::PutRecord::Input input;
    input.StreamName = "orders";
    input.PartitionKey = "a";
    input.Data = Bytes{"x"};
    CHECK(world.harness.call<api::PutRecord>(input).ShardId == "shardId-000000000000");
    input.ExplicitHashKey = "340282366920938463463374607431768211455";
    CHECK(world.harness.call<api::PutRecord>(input).ShardId == "shardId-000000000002");
    input.ExplicitHashKey = "113427455640312821154458202477256070485";
    CHECK(world.harness.call<api::PutRecord>(input).ShardId == "shardId-000000000001");
    input.ExplicitHashKey = "340282366920938463463374607431768211456";
    CHECK_THROWS_WITH(world.harness.call<api::PutRecord>(input),
                      "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                      "Specified value was 340282366920938463463374607431768211456");
}

TEST_CASE("PutRecords writes all records or, where one is refused, none") {
    KinesisWorld world;
    world.create("orders", 1);
    api::PutRecords::Input input;
    input.StreamName = "orders";
    input.Records.emplace(2);
    input.Records->at(0).PartitionKey = "a";
    input.Records->at(0).Data = Bytes{"one"};
    input.Records->at(1).PartitionKey = "a";
    input.Records->at(1).Data = Bytes{std::string((1 << 20) + 1, 'x')};
    CHECK_THROWS_WITH(
        world.harness.call<api::PutRecords>(input),
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at "
        "'records.2.member.data' failed to satisfy constraint: Member must have length less than or "
        "equal to 1048576");
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "TRIM_HORIZON"))).empty());
    input.Records->at(1).Data = Bytes{"two"};
    const auto output = world.harness.call<api::PutRecords>(input);
    CHECK(output.FailedRecordCount == 0);
    CHECK(output.Records->at(1).ShardId == "shardId-000000000000");
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "TRIM_HORIZON"))) == Texts{"one", "two"});
}

TEST_CASE("A put wakes those who wait for the stream, after its commit") {
    KinesisWorld world;
    world.create("orders", 1);
    Signal& signal =
        world.harness.database().channel("stream:arn:aws:kinesis:us-east-1:000000000000:stream/orders");
    const auto before = signal.generation();
    world.put("orders", "k", "one");
    CHECK(signal.generation() != before);
}

TEST_CASE("A service that reads records gets the trace of each one's writer") {
    KinesisWorld world;
    world.create("orders", 1);
    auto writer = world.harness.context(api::PutRecord::descriptor(), {});
    writer.trace.id = "1-65a1b2c3-0123456789abcdef01234567";
    api::PutRecord::Input put;
    put.StreamName = "orders";
    put.PartitionKey = "k";
    put.Data = Bytes{"one"};
    const auto written = world.harness.run(world.harness.client().call<api::PutRecord>(writer, put));

    api::GetRecords::Input get;
    get.ShardIterator = world.iterator("orders", "TRIM_HORIZON");
    auto reader = world.harness.context(api::GetRecords::descriptor(), {});
    reader.principal.kind = auth::PrincipalKind::service;
    const auto answer = world.harness.run(world.harness.client().call_any<api::GetRecords>(reader, get));
    REQUIRE(answer.headers.size() == 1);
    CHECK(answer.headers[0].first == "x-fogbank-trace");
    CHECK(answer.headers[0].second == *written.SequenceNumber + "=" + writer.trace.header() + "\n");

    const auto user = world.harness.context(api::GetRecords::descriptor(), {});
    CHECK(world.harness.run(world.harness.client().call_any<api::GetRecords>(user, get)).headers.empty());
}
