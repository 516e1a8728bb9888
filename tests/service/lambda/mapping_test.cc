#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/list_shards.h"
#include "services/lambda/model/create_event_source_mapping.h"
#include "services/lambda/model/delete_event_source_mapping.h"
#include "services/lambda/model/get_event_source_mapping.h"
#include "services/lambda/model/update_event_source_mapping.h"
#include "src/base/json.h"
#include "tests/service/lambda/bench.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

namespace fogbank::lambda {

using std::chrono::seconds;
using test::Bench;

namespace {

constexpr const char* kStream = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

// A stream of two shards in memory, with the three operations that a poller needs.
class FakeKinesis {
public:
    void put(std::size_t shard, const std::string& data) {
        const std::scoped_lock lock(mutex_);
        shards_.at(shard).push_back(data);
    }
    // Ends a shard; the number of its child.
    std::size_t close(std::size_t shard) {
        const std::scoped_lock lock(mutex_);
        child_of_[shard] = shards_.size();
        shards_.emplace_back();
        return shards_.size() - 1;
    }
    // A shard whose records have expired.
    void drop(std::size_t shard) {
        const std::scoped_lock lock(mutex_);
        dropped_.insert(shard);
    }
    kinesis::api::ListShards::Output list_shards(const gateway::RequestContext& context,
                                                 const kinesis::api::ListShards::Input&) {
        CHECK(context.principal.kind == auth::PrincipalKind::service);
        kinesis::api::ListShards::Output output;
        output.Shards.emplace();
        const std::scoped_lock lock(mutex_);
        for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
            if (dropped_.contains(shard)) continue;
            auto& made = output.Shards->emplace_back();
            made.ShardId = std::to_string(shard);
            for (const auto& [parent, child] : child_of_) {
                if (child == shard) made.ParentShardId = std::to_string(parent);
            }
        }
        return output;
    }
    // An iterator is "<shard>:<index>", a sequence number the index.
    kinesis::api::GetShardIterator::Output get_shard_iterator(
        const gateway::RequestContext&, const kinesis::api::GetShardIterator::Input& input) {
        int at = 0;
        if (input.ShardIteratorType == "AFTER_SEQUENCE_NUMBER")
            at = std::stoi(*input.StartingSequenceNumber) + 1;
        kinesis::api::GetShardIterator::Output output;
        output.ShardIterator = *input.ShardId + ":" + std::to_string(at);
        return output;
    }
    // The data "deep" was written by a chain of one hop too many.
    gateway::Answer<kinesis::api::GetRecords::Output> get_records(
        const gateway::RequestContext&, const kinesis::api::GetRecords::Input& input) {
        const std::size_t shard = std::stoul(input.ShardIterator->substr(0, 1));
        std::size_t at = std::stoul(input.ShardIterator->substr(2));
        const std::scoped_lock lock(mutex_);
        gateway::Answer<kinesis::api::GetRecords::Output> answer;
        kinesis::api::GetRecords::Output& output = answer.output;
        auto& records = output.Records.emplace();
        for (; at < shards_[shard].size() && records.size() < static_cast<std::size_t>(*input.Limit); ++at) {
            auto& record = records.emplace_back();
            record.SequenceNumber = std::to_string(at);
            record.Data = Bytes{shards_[shard][at]};
            record.PartitionKey = "p";
            if (shards_[shard][at] != "deep") continue;
            const events::Trace deep{"1-00000000-000000000000000000000001", "", events::kDepthLimit + 1};
            answer.headers.emplace_back("x-fogbank-trace", *record.SequenceNumber + "=" + deep.header());
        }
        const bool has_ended = child_of_.contains(shard) && at == shards_[shard].size();
        if (!has_ended) output.NextShardIterator = std::to_string(shard) + ":" + std::to_string(at);
        return answer;
    }

private:
    std::mutex mutex_;
    std::vector<std::vector<std::string>> shards_{2};
    std::map<std::size_t, std::size_t> child_of_;
    std::set<std::size_t> dropped_;
};

struct Mapped {
    FakeKinesis kinesis;
    Bench bench;
    std::string record = bench.harness.folder() + "/record";

    // Writes the data of each batch as a line; a record "bad" fails it.
    explicit Mapped(
        const std::string& reaction = "    if 'bad' in data:\n        raise RuntimeError('bad')\n") {
        bench.harness.table().on<kinesis::api::ListShards>(kinesis, &FakeKinesis::list_shards);
        bench.harness.table().on<kinesis::api::GetShardIterator>(kinesis, &FakeKinesis::get_shard_iterator);
        bench.harness.table().on<kinesis::api::GetRecords>(kinesis, &FakeKinesis::get_records);
        bench.create_python(
            "f",
            "import base64\ndef handler(event, context):\n"
            "    data = [base64.b64decode(r['kinesis']['data']).decode() for r in event['Records']]\n"
            "    with open('" +
                record +
                "', 'a') as out:\n"
                "        out.write(event['Records'][0]['eventID'].split(':')[0] + ' ' + "
                "' '.join(data) + '\\n')\n" +
                reaction);
        bench.harness.dispatcher().add_pending_source(bench.service->mappings());
        bench.harness.start_dispatcher();
    }

    api::CreateEventSourceMapping::Input input(const std::string& position = "TRIM_HORIZON") const {
        api::CreateEventSourceMapping::Input result;
        result.EventSourceArn = kStream;
        result.FunctionName = "f";
        result.StartingPosition = position;
        result.BatchSize = 3;
        return result;
    }
    std::string create(const api::CreateEventSourceMapping::Input& what) {
        const auto created = bench.harness.call<api::CreateEventSourceMapping>(what);
        CHECK(created.State == "Creating");
        return *created.UUID;
    }
    void put(std::size_t shard, std::initializer_list<const char*> records) {
        for (const char* data : records) kinesis.put(shard, data);
        bench.harness.database().channel("stream:" + std::string(kStream)).notify();
    }
    std::string written() const {
        std::ifstream file(record);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    // Moves the clock through the retries until every record is done with.
    void settle() {
        for (int i = 0; i < 200; ++i) {
            if (bench.harness.await_idle(std::chrono::milliseconds(150)).idle) return;
            if (const auto due = bench.harness.clock().next_due()) bench.harness.clock().set(*due);
        }
        FAIL("never idle: " << written());
    }
    std::string checkpoint(const std::string& uuid, const std::string& shard) {
        return bench.harness.database().read([&](store::ReadTxn& txn) -> std::string {
            auto rows = txn.query("select sequence from lambda_checkpoint where uuid = ?1 and shard = ?2",
                                  uuid, shard);
            return rows.next() ? std::string(rows->text(0)) : std::string("none");
        });
    }
};

}  // namespace

TEST_CASE("Records arrive in batches of at most BatchSize, in order, and move the checkpoint") {
    Mapped mapped;
    mapped.put(0, {"a", "b", "c", "d", "e"});
    const std::string uuid = mapped.create(mapped.input());
    mapped.settle();
    CHECK(mapped.written() == "0 a b c\n0 d e\n");
    CHECK(mapped.checkpoint(uuid, "0") == "4");
    mapped.put(0, {"f"});
    mapped.settle();
    CHECK(mapped.written() == "0 a b c\n0 d e\n0 f\n");
    api::GetEventSourceMapping::Input get;
    get.UUID = uuid;
    const auto got = mapped.bench.harness.call<api::GetEventSourceMapping>(get);
    CHECK(got.State == "Enabled");
    CHECK(got.LastProcessingResult == "OK");
    CHECK(got.FunctionArn == "arn:aws:lambda:us-east-1:000000000000:function:f");
}

TEST_CASE("A mapping goes on behind its checkpoint after a restart") {
    Mapped mapped;
    mapped.put(0, {"a", "b"});
    mapped.create(mapped.input());
    mapped.settle();
    mapped.bench.restart();
    mapped.bench.harness.dispatcher().add_pending_source(mapped.bench.service->mappings());
    mapped.put(0, {"c"});
    mapped.settle();
    CHECK(mapped.written() == "0 a b\n0 c\n");
}

TEST_CASE("LATEST begins after what the stream holds when the mapping is made") {
    Mapped mapped;
    mapped.put(0, {"old"});
    const std::string uuid = mapped.create(mapped.input("LATEST"));
    CHECK(mapped.checkpoint(uuid, "0") == "0");
    mapped.put(0, {"new"});
    mapped.put(1, {"other"});
    mapped.settle();
    const std::string written = mapped.written();
    CHECK((written == "0 new\n1 other\n" || written == "1 other\n0 new\n"));
}

TEST_CASE("A failing batch is tried again, in order, until MaximumRetryAttempts, then passed over") {
    Mapped mapped;
    auto input = mapped.input();
    input.MaximumRetryAttempts = 2;
    mapped.put(0, {"a", "bad", "c", "d"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    CHECK(mapped.written() == "0 a bad c\n0 a bad c\n0 a bad c\n0 d\n");
    CHECK(mapped.checkpoint(uuid, "0") == "3");
}

TEST_CASE("A child is read after its parent's end, and the parent's checkpoint goes with the parent") {
    Mapped mapped;
    mapped.put(0, {"a", "b"});
    const std::string uuid = mapped.create(mapped.input());
    mapped.settle();
    const std::size_t child = mapped.kinesis.close(0);
    const std::size_t grandchild = mapped.kinesis.close(child);
    mapped.kinesis.put(grandchild, "e");
    mapped.kinesis.put(child, "d");
    mapped.put(0, {"c"});
    mapped.settle();
    CHECK(mapped.written() == "0 a b\n0 c\n2 d\n3 e\n");
    CHECK(mapped.checkpoint(uuid, "0").empty());  // finished

    mapped.kinesis.drop(0);
    const std::size_t last = mapped.kinesis.close(grandchild);
    mapped.put(last, {"f"});
    mapped.settle();
    CHECK(mapped.written() == "0 a b\n0 c\n2 d\n3 e\n4 f\n");
    CHECK(mapped.checkpoint(uuid, "0") == "none");
    CHECK(mapped.checkpoint(uuid, "4") == "0");
}

TEST_CASE("A failing shard does not hold up another") {
    Mapped mapped;
    mapped.put(0, {"bad"});
    mapped.put(1, {"x"});
    mapped.create(mapped.input());
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (mapped.written().find("1 x\n") == std::string::npos && std::chrono::steady_clock::now() < end) {
        mapped.bench.harness.await_idle(std::chrono::milliseconds(20));
    }
    CHECK(mapped.written().find("1 x\n") != std::string::npos);
}

TEST_CASE("BisectBatchOnFunctionError splits a failing batch down to the bad record") {
    Mapped mapped;
    auto input = mapped.input();
    input.BatchSize = 4;
    input.MaximumRetryAttempts = 0;
    input.BisectBatchOnFunctionError = true;
    mapped.put(0, {"a", "b", "bad", "d"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    CHECK(mapped.written() == "0 a b bad d\n0 a b\n0 bad d\n0 bad\n0 d\n");
    CHECK(mapped.checkpoint(uuid, "0") == "3");
}

TEST_CASE("A batch that is given up is among await's failures until a reset") {
    Mapped mapped;
    auto input = mapped.input();
    input.BatchSize = 2;
    input.MaximumRetryAttempts = 0;
    mapped.put(0, {"a", "bad", "c"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    const auto failures = [&](const events::Scope& scope) {
        return mapped.bench.harness.database().read([&](store::ReadTxn& txn) {
            std::vector<std::string> texts;
            for (const auto& failure : mapped.bench.service->mappings().failures(txn, scope))
                texts.push_back(failure.what);
            return texts;
        });
    };
    const std::vector<std::string> expected{
        "batch of 2 for arn:aws:lambda:us-east-1:000000000000:function:f was given up: RuntimeError "
        "(event source mapping " +
        uuid + ", shard 0, 0 to 1)"};
    CHECK(failures({}) == expected);
    CHECK(failures({"000000000000", ""}) == expected);
    CHECK(failures({"111111111111", ""}).empty());
    CHECK(mapped.written() == "0 a bad\n0 c\n");
    const auto report = mapped.bench.harness.await_idle();
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].what == expected[0]);
    mapped.bench.harness.run(mapped.bench.harness.database().reset(
        [&](store::Txn& txn) { mapped.bench.service->reset(txn, "000000000000"); }));
    CHECK(failures({}).empty());
}

TEST_CASE("Records of a chain that is too deep end it, and are among await's failures") {
    Mapped mapped;
    auto input = mapped.input();
    input.BatchSize = 1;
    mapped.put(0, {"a", "deep", "c"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    CHECK(mapped.written() == "0 a\n0 c\n");
    const auto report = mapped.bench.harness.await_idle();
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].what ==
          "batch of 1 for arn:aws:lambda:us-east-1:000000000000:function:f was given up: the chain is too "
          "deep (event source mapping " +
              uuid + ", shard 0, 1 to 1)");
    CHECK(report.failures[0].trace == "1-00000000-000000000000000000000001");
}

TEST_CASE("ReportBatchItemFailures goes on at the first record that failed") {
    // The bad record fails the first time only.
    Mapped mapped(
        "    bad = [r['kinesis']['sequenceNumber'] for r in event['Records']"
        " if base64.b64decode(r['kinesis']['data']) == b'bad']\n"
        "    failed = bad if len(data) == 3 else []\n"
        "    return {'batchItemFailures': [{'itemIdentifier': s} for s in failed]}\n");
    auto input = mapped.input();
    input.MaximumRetryAttempts = 1;
    input.FunctionResponseTypes = std::vector<std::string>{"ReportBatchItemFailures"};
    mapped.put(0, {"a", "bad", "c"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    CHECK(mapped.written() == "0 a bad c\n0 bad c\n");
    CHECK(mapped.checkpoint(uuid, "0") == "2");
}

TEST_CASE("A batching window waits for more records, by the movable clock") {
    Mapped mapped;
    auto input = mapped.input();
    input.MaximumBatchingWindowInSeconds = 30;
    mapped.create(input);
    mapped.put(0, {"a"});
    CHECK_FALSE(mapped.bench.harness.await_idle(std::chrono::milliseconds(300)).idle);
    CHECK(mapped.written().empty());
    mapped.put(0, {"b"});
    CHECK_FALSE(mapped.bench.harness.await_idle(std::chrono::milliseconds(300)).idle);
    mapped.bench.harness.clock().set(mapped.bench.harness.clock().now() + seconds(31));
    CHECK(mapped.bench.harness.await_idle().idle);
    CHECK(mapped.written() == "0 a b\n");
}

TEST_CASE("A disabled mapping reads nothing until it is enabled again; a deleted one is gone") {
    Mapped mapped;
    auto input = mapped.input();
    input.Enabled = false;
    mapped.put(0, {"a"});
    const std::string uuid = mapped.create(input);
    mapped.settle();
    CHECK(mapped.written().empty());
    api::UpdateEventSourceMapping::Input update;
    update.UUID = uuid;
    update.Enabled = true;
    CHECK(mapped.bench.harness.call<api::UpdateEventSourceMapping>(update).State == "Updating");
    mapped.settle();
    CHECK(mapped.written() == "0 a\n");
    api::DeleteEventSourceMapping::Input erase;
    erase.UUID = uuid;
    CHECK(mapped.bench.harness.call<api::DeleteEventSourceMapping>(erase).State == "Deleting");
    mapped.put(0, {"b"});
    mapped.settle();
    CHECK(mapped.written() == "0 a\n");
    CHECK_THROWS_WITH(mapped.bench.harness.call<api::DeleteEventSourceMapping>(erase),
                      "The resource you requested does not exist.");
}

TEST_CASE("CreateEventSourceMapping refuses what AWS refuses, and what is not served by name") {
    Mapped mapped;
    auto input = mapped.input();
    std::string message;
    SECTION("no position") {
        input.StartingPosition.reset();
        message =
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must "
            "not be null.";
    }
    SECTION("no function") {
        input.FunctionName = "nope";
        message = "Function does not exist";
    }
    SECTION("another source") {
        input.EventSourceArn = "arn:aws:s3:::bucket";
        message = "Unrecognized event source.";
    }
    SECTION("a filter") {
        input.FilterCriteria.emplace().Filters.emplace().emplace_back().Pattern = "{}";
        message =
            "Fogbank does not act on FilterCriteria of event source mappings of Lambda. What is served "
            "stands in "
            "services/lambda/README.md.";
    }
    CHECK_THROWS_WITH(mapped.bench.harness.call<api::CreateEventSourceMapping>(input), message);
}

TEST_CASE("One function has one mapping on a stream") {
    Mapped mapped;
    const std::string uuid = mapped.create(mapped.input());
    CHECK_THROWS_WITH(
        mapped.create(mapped.input()),
        "The event source arn (\" " + std::string(kStream) +
            " \") and function (\" f \") provided mapping already exists. Please update or delete the "
            "existing mapping with UUID " +
            uuid);
}

}  // namespace fogbank::lambda
