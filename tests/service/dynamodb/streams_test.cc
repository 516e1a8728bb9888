#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/shard_iterator.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

using Records = std::vector<streams_api::Record>;

class Reader {
public:
    explicit Reader(Fixture& fixture) : fixture_(fixture) {
        const auto streams = fixture.call<streams_api::ListStreams>({});
        arn = *streams.Streams->back().StreamArn;
        streams_api::DescribeStream::Input describe;
        describe.StreamArn = arn;
        shard = *fixture.call<streams_api::DescribeStream>(describe).StreamDescription->Shards->at(0).ShardId;
    }

    std::vector<streams_api::Shard> shards() {
        streams_api::DescribeStream::Input describe;
        describe.StreamArn = arn;
        return *fixture_.call<streams_api::DescribeStream>(describe).StreamDescription->Shards;
    }

    // The records of all shards, in the order of the shards.
    std::vector<std::string> keys_of_all() {
        std::vector<std::string> out;
        for (const auto& each : shards()) {
            shard = *each.ShardId;
            std::optional<std::string> next = iterator("TRIM_HORIZON");
            while (next) {
                const auto page = read(*next);
                for (const auto& record : *page.Records) out.push_back(text(record.dynamodb->Keys));
                next = page.Records->empty() ? std::nullopt : page.NextShardIterator;
            }
        }
        return out;
    }

    std::string iterator(const std::string& type, const std::string& sequence = "") {
        streams_api::GetShardIterator::Input input;
        input.StreamArn = arn;
        input.ShardId = shard;
        input.ShardIteratorType = type;
        if (!sequence.empty()) input.SequenceNumber = sequence;
        return *fixture_.call<streams_api::GetShardIterator>(input).ShardIterator;
    }

    streams_api::GetRecords::Output read(const std::string& iterator) {
        streams_api::GetRecords::Input input;
        input.ShardIterator = iterator;
        return fixture_.call<streams_api::GetRecords>(input);
    }

    Records all() { return *read(iterator("TRIM_HORIZON")).Records; }

    std::string arn;
    std::string shard;

private:
    Fixture& fixture_;
};

// INSERT, MODIFY, REMOVE of one item.
void write_three(Fixture& fixture) {
    fixture.put(R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    fixture.put(R"({"pk":{"S":"a"},"x":{"N":"2"}})");
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"a"}})");
    fixture.call<api::DeleteItem>(erase);
}

}  // namespace

TEST_CASE("a stream has a record for each change, in order, with the images of its view") {
    const std::string one = R"({"pk":{"S":"a"},"x":{"N":"1"}})";
    const std::string two = R"({"pk":{"S":"a"},"x":{"N":"2"}})";
    struct Case {
        std::string view;
        std::vector<std::string> new_images, old_images;
    };
    const std::vector<Case> cases{
        {"KEYS_ONLY", {"none", "none", "none"}, {"none", "none", "none"}},
        {"NEW_IMAGE", {one, two, "none"}, {"none", "none", "none"}},
        {"OLD_IMAGE", {"none", "none", "none"}, {"none", one, two}},
        {"NEW_AND_OLD_IMAGES", {one, two, "none"}, {"none", one, two}},
    };
    for (const Case& each : cases) {
        INFO(each.view);
        Fixture fixture;
        fixture.create_table({"table", "pk", "", each.view});
        write_three(fixture);
        const Records records = Reader(fixture).all();
        REQUIRE(records.size() == 3);
        const std::vector<std::string> names{"INSERT", "MODIFY", "REMOVE"};
        for (std::size_t i = 0; i < 3; ++i) {
            const streams_api::StreamRecord& change = *records[i].dynamodb;
            CHECK(records[i].eventName == names[i]);
            CHECK(records[i].eventVersion == "1.1");
            CHECK(records[i].awsRegion == "us-east-1");
            CHECK(text(change.Keys) == R"({"pk":{"S":"a"}})");
            CHECK(text(change.NewImage) == each.new_images[i]);
            CHECK(text(change.OldImage) == each.old_images[i]);
            CHECK(change.StreamViewType == each.view);
            if (i > 0) CHECK(*records[i - 1].dynamodb->SequenceNumber < *change.SequenceNumber);
            if (i > 0) CHECK(records[i - 1].eventID != records[i].eventID);
        }
    }
}

TEST_CASE("a write that changes nothing leaves no record") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "KEYS_ONLY"});
    fixture.put(R"({"pk":{"S":"a"},"s":{"SS":["x","y"]}})");
    fixture.put(R"({"pk":{"S":"a"},"s":{"SS":["y","x"]}})");
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"none"}})");
    fixture.call<api::DeleteItem>(erase);
    CHECK(Reader(fixture).all().size() == 1);
}

TEST_CASE("iterators start where their type says") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "KEYS_ONLY"});
    write_three(fixture);
    Reader reader(fixture);
    const Records all = reader.all();
    const std::string second = *all[1].dynamodb->SequenceNumber;
    const auto first_of = [&](const std::string& iterator) {
        const auto page = reader.read(iterator);
        return page.Records->empty() ? std::string("none") : *page.Records->at(0).dynamodb->SequenceNumber;
    };
    CHECK(first_of(reader.iterator("TRIM_HORIZON")) == *all[0].dynamodb->SequenceNumber);
    CHECK(first_of(reader.iterator("AT_SEQUENCE_NUMBER", second)) == second);
    CHECK(first_of(reader.iterator("AFTER_SEQUENCE_NUMBER", second)) == *all[2].dynamodb->SequenceNumber);
    const std::string latest = reader.iterator("LATEST");
    CHECK(first_of(latest) == "none");
    fixture.put(R"({"pk":{"S":"b"}})");
    CHECK(first_of(latest) > *all[2].dynamodb->SequenceNumber);
    const auto end = reader.read(latest);
    CHECK(reader.read(*end.NextShardIterator).Records->empty());
}

TEST_CASE("iterators live 15 minutes and records 24 hours") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "KEYS_ONLY"});
    write_three(fixture);
    Reader reader(fixture);
    const std::string iterator = reader.iterator("TRIM_HORIZON");
    const std::string first = *reader.all()[0].dynamodb->SequenceNumber;
    fixture.harness.advance(std::chrono::minutes(15));
    CHECK(reader.read(iterator).Records->size() == 3);
    fixture.harness.advance(std::chrono::seconds(1));
    streams_api::GetRecords::Input expired;
    expired.ShardIterator = iterator;
    CHECK(fixture.refusal<streams_api::GetRecords>(expired).starts_with(
        "ExpiredIteratorException: Iterator expired."));
    // The shard, closed after four hours, is still there when its records have expired.
    fixture.harness.advance(std::chrono::hours(24));
    CHECK(reader.all().empty());
    streams_api::GetShardIterator::Input trimmed;
    trimmed.StreamArn = reader.arn;
    trimmed.ShardId = reader.shard;
    trimmed.ShardIteratorType = "AT_SEQUENCE_NUMBER";
    trimmed.SequenceNumber = first;
    CHECK(
        fixture.refusal<streams_api::GetShardIterator>(trimmed).starts_with("TrimmedDataAccessException: "));
}

TEST_CASE("a deleted table's stream is closed and readable to its end") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "KEYS_ONLY"});
    write_three(fixture);
    Reader reader(fixture);
    api::DeleteTable::Input erase;
    erase.TableName = "table";
    fixture.call<api::DeleteTable>(erase);
    streams_api::DescribeStream::Input describe;
    describe.StreamArn = reader.arn;
    const auto description = *fixture.call<streams_api::DescribeStream>(describe).StreamDescription;
    CHECK(description.StreamStatus == "DISABLED");
    CHECK(description.Shards->at(0).SequenceNumberRange->EndingSequenceNumber);
    const auto page = reader.read(reader.iterator("TRIM_HORIZON"));
    CHECK(page.Records->size() == 3);
    CHECK_FALSE(page.NextShardIterator);
}

TEST_CASE("a service reads each record's trace beside the records, a user does not") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "", "KEYS_ONLY"});
    fixture.put(R"({"pk":{"S":"a"}})");
    Reader reader(fixture);
    streams_api::GetRecords::Input input;
    input.ShardIterator = reader.iterator("TRIM_HORIZON");
    auto context = fixture.harness.context(streams_api::GetRecords::descriptor(), fixture.caller);
    const auto headers = [&] {
        return fixture.harness.run(fixture.harness.client().call_any<streams_api::GetRecords>(context, input))
            .headers;
    };
    CHECK(headers().empty());
    context.principal.kind = auth::PrincipalKind::service;
    const auto traced = headers();
    REQUIRE(traced.size() == 1);
    CHECK(traced[0].first == "x-fogbank-trace");
    CHECK(traced[0].second.starts_with("100000000000000000001=Root="));
}

namespace {

class Rolling : public Fixture {
public:
    explicit Rolling(const std::string& view = "KEYS_ONLY") {
        harness.dispatcher().add_pending_source(service().expirations());
        harness.start_dispatcher();
        create_table({"table", "pk", "", view});
    }
    void put_key(const std::string& key) { put(R"({"pk":{"S":")" + key + R"("}})"); }
};

std::string key_text(const std::string& key) {
    return R"({"pk":{"S":")" + key + R"("}})";
}

}  // namespace

TEST_CASE("a shard ends after four hours, its child goes on, and nothing is lost between them") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.put_key("a");
    const std::string latest = reader.iterator("LATEST");
    fixture.harness.advance(std::chrono::hours(3));
    CHECK(reader.shards().size() == 1);
    fixture.put_key("b");
    fixture.harness.advance(std::chrono::minutes(75));
    fixture.put_key("c");
    const auto shards = reader.shards();
    REQUIRE(shards.size() == 2);
    CHECK(shards[0].ShardId == reader.shard);
    CHECK_FALSE(shards[0].ParentShardId);
    CHECK(shards[1].ParentShardId == reader.shard);
    CHECK(*shards[0].SequenceNumberRange->EndingSequenceNumber <
          *shards[1].SequenceNumberRange->StartingSequenceNumber);
    CHECK_FALSE(shards[1].SequenceNumberRange->EndingSequenceNumber);
    CHECK(reader.keys_of_all() == std::vector<std::string>{key_text("a"), key_text("b"), key_text("c")});

    reader.shard = *shards[0].ShardId;
    const auto end = reader.read(reader.iterator("TRIM_HORIZON"));
    CHECK(end.Records->size() == 2);
    CHECK_FALSE(end.NextShardIterator);
    const auto past = reader.read(reader.iterator("LATEST"));
    CHECK(past.Records->empty());
    CHECK_FALSE(past.NextShardIterator);
}

TEST_CASE("DescribeStream pages through shards, and tells the children of one") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.harness.advance(std::chrono::hours(14));
    const auto all = reader.shards();
    REQUIRE(all.size() == 4);
    for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i].ParentShardId == all[i - 1].ShardId);
    streams_api::DescribeStream::Input input;
    input.StreamArn = reader.arn;
    input.Limit = 3;
    const auto first = *fixture.call<streams_api::DescribeStream>(input).StreamDescription;
    CHECK(first.Shards->size() == 3);
    CHECK(first.LastEvaluatedShardId == all[2].ShardId);
    input.ExclusiveStartShardId = first.LastEvaluatedShardId;
    const auto second = *fixture.call<streams_api::DescribeStream>(input).StreamDescription;
    REQUIRE(second.Shards->size() == 1);
    CHECK(second.Shards->at(0).ShardId == all[3].ShardId);
    CHECK_FALSE(second.LastEvaluatedShardId);

    streams_api::DescribeStream::Input filtered;
    filtered.StreamArn = reader.arn;
    filtered.ShardFilter.emplace();
    filtered.ShardFilter->Type = "CHILD_SHARDS";
    filtered.ShardFilter->ShardId = all[1].ShardId;
    const auto children = *fixture.call<streams_api::DescribeStream>(filtered).StreamDescription->Shards;
    REQUIRE(children.size() == 1);
    CHECK(children[0].ShardId == all[2].ShardId);

    filtered.ShardFilter.reset();
    filtered.Limit = 101;
    CHECK(fixture.refusal<streams_api::DescribeStream>(filtered) ==
          "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to satisfy "
          "constraint: Member must have value less than or equal to 100");
}

TEST_CASE("a shard goes a day after its end, with its records") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.put_key("a");
    fixture.harness.advance(std::chrono::hours(29));
    const auto shards = reader.shards();
    CHECK(shards.size() == 7);
    CHECK(shards.at(0).ParentShardId == reader.shard);  // an id outlives its shard
    streams_api::GetShardIterator::Input input;
    input.StreamArn = reader.arn;
    input.ShardId = reader.shard;
    input.ShardIteratorType = "TRIM_HORIZON";
    CHECK(fixture.refusal<streams_api::GetShardIterator>(input) ==
          "ResourceNotFoundException: Requested resource not found: Shard does not exist in the stream");
}

TEST_CASE("an iterator whose record expires meanwhile is refused") {
    Rolling fixture;
    fixture.harness.advance(std::chrono::hours(1));
    Reader reader(fixture);
    fixture.put_key("a");
    fixture.harness.advance(std::chrono::hours(1));
    fixture.put_key("b");
    fixture.harness.advance(std::chrono::minutes(23 * 60 - 5));
    streams_api::GetRecords::Input read;
    read.ShardIterator = reader.iterator("TRIM_HORIZON");
    CHECK(reader.read(*read.ShardIterator).Records->size() == 2);
    fixture.harness.advance(std::chrono::minutes(10));
    CHECK(fixture.refusal<streams_api::GetRecords>(read).starts_with("TrimmedDataAccessException: "));
    CHECK(reader.read(reader.iterator("TRIM_HORIZON")).Records->size() == 1);
}

TEST_CASE("AT_TIMESTAMP starts with the first record of its second") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.put_key("a");
    fixture.harness.advance(std::chrono::seconds(10));
    const Timestamp then = fixture.harness.clock().now();
    fixture.put_key("b");
    streams_api::GetShardIterator::Input input;
    input.StreamArn = reader.arn;
    input.ShardId = reader.shard;
    input.ShardIteratorType = "AT_TIMESTAMP";
    CHECK(fixture.refusal<streams_api::GetShardIterator>(input) ==
          "ValidationException: Timestamp must be specified for AT_TIMESTAMP");
    const auto first_at = [&](Timestamp time) {
        input.Timestamp = time;
        const auto page = reader.read(*fixture.call<streams_api::GetShardIterator>(input).ShardIterator);
        return page.Records->empty() ? std::string("none") : text(page.Records->at(0).dynamodb->Keys);
    };
    CHECK(first_at(then - std::chrono::hours(48)) == key_text("a"));
    CHECK(first_at(then - std::chrono::seconds(5)) == key_text("b"));
    CHECK(first_at(then) == key_text("b"));
    input.Timestamp = then + std::chrono::seconds(5);
    CHECK(fixture.refusal<streams_api::GetShardIterator>(input) ==
          "ValidationException: Timestamp must not be in the future");
}

TEST_CASE("sequence numbers of another shard, and too high limits, are refused") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.put_key("a");
    fixture.harness.advance(std::chrono::hours(5));
    fixture.put_key("b");
    const auto shards = reader.shards();
    streams_api::GetShardIterator::Input input;
    input.StreamArn = reader.arn;
    input.ShardId = shards.at(0).ShardId;
    input.ShardIteratorType = "AFTER_SEQUENCE_NUMBER";
    input.SequenceNumber = shards.at(1).SequenceNumberRange->StartingSequenceNumber;
    CHECK(fixture.refusal<streams_api::GetShardIterator>(input) ==
          "ValidationException: Invalid SequenceNumber: " + *input.SequenceNumber);
    input.SequenceNumber.reset();
    CHECK(fixture.refusal<streams_api::GetShardIterator>(input) ==
          "ValidationException: SequenceNumber must be specified for AFTER_SEQUENCE_NUMBER");
    streams_api::GetRecords::Input read;
    read.ShardIterator = reader.iterator("TRIM_HORIZON");
    read.Limit = 1001;
    CHECK(fixture.refusal<streams_api::GetRecords>(read) ==
          "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to satisfy "
          "constraint: Member must have value less than or equal to 1000");
}

TEST_CASE("a deleted table's stream is there for 24 hours") {
    Rolling fixture;
    Reader reader(fixture);
    fixture.put_key("a");
    fixture.harness.advance(std::chrono::hours(5));
    fixture.put_key("b");
    api::DeleteTable::Input erase;
    erase.TableName = "table";
    fixture.call<api::DeleteTable>(erase);
    CHECK(reader.shards().size() == 2);
    CHECK(reader.keys_of_all() == std::vector<std::string>{key_text("a"), key_text("b")});
    fixture.harness.advance(std::chrono::minutes(24 * 60 - 1));
    CHECK(reader.keys_of_all() == std::vector<std::string>{key_text("b")});
    fixture.harness.advance(std::chrono::minutes(2));
    streams_api::DescribeStream::Input describe;
    describe.StreamArn = reader.arn;
    CHECK(fixture.refusal<streams_api::DescribeStream>(describe) ==
          "ResourceNotFoundException: Requested resource not found: Stream: " + reader.arn + " not found");
}
