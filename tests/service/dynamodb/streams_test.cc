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
