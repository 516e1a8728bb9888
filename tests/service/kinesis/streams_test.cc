#include "services/kinesis/model/add_tags_to_stream.h"
#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/decrease_stream_retention_period.h"
#include "services/kinesis/model/delete_stream.h"
#include "services/kinesis/model/describe_stream.h"
#include "services/kinesis/model/describe_stream_summary.h"
#include "services/kinesis/model/increase_stream_retention_period.h"
#include "services/kinesis/model/list_shards.h"
#include "services/kinesis/model/list_streams.h"
#include "services/kinesis/model/list_tags_for_stream.h"
#include "services/kinesis/model/remove_tags_from_stream.h"
#include "tests/service/kinesis/world.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::test;
using namespace std::chrono_literals;
namespace api = fogbank::kinesis::api;

namespace {

api::DescribeStreamSummary::Input named(const std::string& name) {
    api::DescribeStreamSummary::Input input;
    input.StreamName = name;
    return input;
}

}  // namespace

TEST_CASE("A stream is ACTIVE at once, and CREATING without shards for as long as the latency says") {
    KinesisWorld world;
    world.create("orders", 3);
    const auto summary =
        *world.harness.call<api::DescribeStreamSummary>(named("orders")).StreamDescriptionSummary;
    CHECK(summary.StreamStatus == "ACTIVE");
    CHECK(summary.OpenShardCount == 3);
    CHECK(summary.StreamARN == "arn:aws:kinesis:us-east-1:000000000000:stream/orders");
    CHECK(summary.RetentionPeriodHours == 24);
    CHECK(summary.StreamModeDetails->StreamMode == "PROVISIONED");

    kinesis::Options slow;
    slow.latency_ms = 500;
    KinesisWorld later(slow);
    later.create("orders", 3);
    api::DescribeStream::Input input;
    input.StreamName = "orders";
    CHECK(later.harness.call<api::DescribeStream>(input).StreamDescription->StreamStatus == "CREATING");
    CHECK(later.harness.call<api::DescribeStream>(input).StreamDescription->Shards->empty());
    CHECK_THROWS_WITH(later.put("orders", "k", "x"), "Stream orders under account 000000000000 not found.");
    later.harness.clock().set(later.harness.clock().now() + 500ms);
    const auto active = *later.harness.call<api::DescribeStream>(input).StreamDescription;
    CHECK(active.StreamStatus == "ACTIVE");
    REQUIRE(active.Shards->size() == 3);
    CHECK(active.Shards->at(1).HashKeyRange->StartingHashKey == "113427455640312821154458202477256070485");
    CHECK(active.HasMoreShards == false);
}

TEST_CASE(
    "CreateStream refuses a name in use, a missing shard count and more shards than the account may have") {
    kinesis::Options options;
    options.shard_limit = 5;
    KinesisWorld world(options);
    world.create("orders", 3);
    CHECK_THROWS_WITH(world.create("orders", 1), "Stream orders under account 000000000000 already exists.");
    CHECK_THROWS_WITH(world.create("other", 3),
                      "This request would exceed the shard limit for the account 000000000000 in us-east-1. "
                      "Current shard count "
                      "for the account: 3. Limit: 5. Number of additional shards that would have resulted "
                      "from this request: 3. "
                      "Refer to the AWS Service Limits page "
                      "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) "
                      "for current limits and how to request higher limits.");
    api::CreateStream::Input input;
    input.StreamName = "other";
    CHECK_THROWS_WITH(
        world.harness.call<api::CreateStream>(input),
        "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member "
        "must not be null");
    input.StreamModeDetails.emplace().StreamMode = "ON_DEMAND";
    world.harness.call<api::CreateStream>(input);
    CHECK(world.harness.call<api::DescribeStreamSummary>(named("other"))
              .StreamDescriptionSummary->OpenShardCount == 4);
}

TEST_CASE("A deleted stream is gone, its name is free, and its iterators are not those of its namesake") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "old");
    const std::string iterator = world.iterator("orders", "TRIM_HORIZON");
    api::DeleteStream::Input input;
    input.StreamName = "orders";
    world.harness.call<api::DeleteStream>(input);
    CHECK_THROWS_WITH(world.harness.call<api::DescribeStreamSummary>(named("orders")),
                      "Stream orders under account 000000000000 not found.");
    CHECK_THROWS_WITH(
        world.get(iterator),
        "Shard shardId-000000000000 in stream orders under account 000000000000 does not exist");
    world.create("orders", 1);
    CHECK(world.get(world.iterator("orders", "TRIM_HORIZON")).Records->empty());
    CHECK_THROWS(world.get(iterator));
}

TEST_CASE("A stream is DELETING for as long as the latency says") {
    kinesis::Options slow;
    slow.latency_ms = 500;
    KinesisWorld world(slow);
    world.create("orders", 1);
    world.harness.clock().set(world.harness.clock().now() + 500ms);
    api::DeleteStream::Input input;
    input.StreamName = "orders";
    world.harness.call<api::DeleteStream>(input);
    CHECK(world.harness.call<api::DescribeStreamSummary>(named("orders"))
              .StreamDescriptionSummary->StreamStatus == "DELETING");
    world.harness.clock().set(world.harness.clock().now() + 500ms);
    CHECK_THROWS(world.harness.call<api::DescribeStreamSummary>(named("orders")));
}

TEST_CASE("ListStreams pages by name, within one account") {
    KinesisWorld world;
    for (const char* name : {"c", "a", "b"}) world.create(name, 1);
    api::ListStreams::Input input;
    input.Limit = 2;
    const auto first = world.harness.call<api::ListStreams>(input);
    CHECK(*first.StreamNames == Texts{"a", "b"});
    CHECK(first.HasMoreStreams == true);
    input.ExclusiveStartStreamName = "b";
    const auto second = world.harness.call<api::ListStreams>(input);
    CHECK(*second.StreamNames == Texts{"c"});
    CHECK(second.HasMoreStreams == false);
    CHECK(second.StreamSummaries->at(0).StreamARN == "arn:aws:kinesis:us-east-1:000000000000:stream/c");
    CHECK(world.harness.call<api::ListStreams>({}, {"111111111111", "us-east-1"}).StreamNames->empty());
}

TEST_CASE("ListShards pages with a token that needs no stream name and expires") {
    KinesisWorld world;
    world.create("orders", 3);
    api::ListShards::Input input;
    input.StreamName = "orders";
    input.MaxResults = 2;
    const auto first = world.harness.call<api::ListShards>(input);
    CHECK(first.Shards->size() == 2);
    REQUIRE(first.NextToken);
    input.NextToken = first.NextToken;
    CHECK_THROWS_WITH(world.harness.call<api::ListShards>(input),
                      "NextToken and StreamName cannot be provided together.");
    input.StreamName.reset();
    const auto second = world.harness.call<api::ListShards>(input);
    REQUIRE(second.Shards->size() == 1);
    CHECK(second.Shards->at(0).ShardId == "shardId-000000000002");
    CHECK_FALSE(second.NextToken);
    world.harness.clock().set(world.harness.clock().now() + 301s);
    CHECK_THROWS(world.harness.call<api::ListShards>(input));
    input.NextToken.reset();
    CHECK_THROWS_WITH(world.harness.call<api::ListShards>(input),
                      "Either NextToken or StreamName should be provided.");
}

TEST_CASE("A stream is found by its ARN, and another account's is refused") {
    KinesisWorld world;
    world.create("orders", 1);
    api::DescribeStreamSummary::Input input;
    input.StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
    CHECK(world.harness.call<api::DescribeStreamSummary>(input).StreamDescriptionSummary->StreamName ==
          "orders");
    CHECK_THROWS_WITH(world.harness.call<api::DescribeStreamSummary>(input, {"111111111111", "us-east-1"}),
                      Catch::Contains("is not authorized to perform: kinesis:DescribeStreamSummary"));
    input.StreamName = "other";
    CHECK_THROWS(world.harness.call<api::DescribeStreamSummary>(input));
}

TEST_CASE("Tags are added, replaced, listed in order and removed") {
    KinesisWorld world;
    world.create("orders", 1);
    api::AddTagsToStream::Input add;
    add.StreamName = "orders";
    add.Tags = model::Map<std::string>{{"b", "2"}, {"a", "1"}};
    world.harness.call<api::AddTagsToStream>(add);
    add.Tags = model::Map<std::string>{{"a", "3"}};
    world.harness.call<api::AddTagsToStream>(add);
    api::ListTagsForStream::Input list;
    list.StreamName = "orders";
    list.Limit = 1;
    const auto tags = world.harness.call<api::ListTagsForStream>(list);
    REQUIRE(tags.Tags->size() == 1);
    CHECK(tags.Tags->at(0).Key == "a");
    CHECK(tags.Tags->at(0).Value == "3");
    CHECK(tags.HasMoreTags == true);
    add.Tags = model::Map<std::string>{{"a%", "1"}};
    CHECK_THROWS_WITH(world.harness.call<api::AddTagsToStream>(add), Catch::Contains("illegal characters"));
    add.Tags = model::Map<std::string>{{"a;", "1"}};
    CHECK_THROWS_WITH(world.harness.call<api::AddTagsToStream>(add),
                      Catch::StartsWith("Some tags contain invalid"));
    api::RemoveTagsFromStream::Input remove;
    remove.StreamName = "orders";
    remove.TagKeys = Texts{"a", "b"};
    world.harness.call<api::RemoveTagsFromStream>(remove);
    CHECK(world.harness.call<api::ListTagsForStream>(list).Tags->empty());
}

TEST_CASE("The retention period grows and shrinks between 24 and 8760 hours, each by its own operation") {
    KinesisWorld world;
    world.create("orders", 1);
    world.put("orders", "k", "old");
    api::IncreaseStreamRetentionPeriod::Input more;
    more.StreamName = "orders";
    more.RetentionPeriodHours = 48;
    world.harness.call<api::IncreaseStreamRetentionPeriod>(more);
    world.harness.clock().set(world.harness.clock().now() + 47h);
    CHECK(KinesisWorld::data(world.get(world.iterator("orders", "TRIM_HORIZON"))) == Texts{"old"});
    more.RetentionPeriodHours = 47;
    CHECK_THROWS_WITH(
        world.harness.call<api::IncreaseStreamRetentionPeriod>(more),
        "Requested retention period (47 hours) for stream orders can not be shorter than existing "
        "retention period (48 hours). Use DecreaseRetentionPeriod API.");
    api::DecreaseStreamRetentionPeriod::Input less;
    less.StreamName = "orders";
    less.RetentionPeriodHours = 23;
    CHECK_THROWS_WITH(
        world.harness.call<api::DecreaseStreamRetentionPeriod>(less),
        "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too "
        "short.");
    less.RetentionPeriodHours = 24;
    world.harness.call<api::DecreaseStreamRetentionPeriod>(less);
    CHECK(world.get(world.iterator("orders", "TRIM_HORIZON")).Records->empty());
}
