#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

api::GetItem::Input get_input(const std::string& key) {
    api::GetItem::Input input;
    input.TableName = "table";
    input.Key = item(R"({"pk":{"S":")" + key + R"("}})");
    return input;
}

constexpr const char* kThrottled =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table "
    "was "
    "exceeded. Consider increasing your provisioning level with the UpdateTable API.";

// "x" for a refused read, "." for one that is answered.
std::string reads(Fixture& fixture, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        out += fixture.refusal<api::GetItem>(get_input("a")) == "accepted" ? '.' : 'x';
    }
    return out;
}

Service::Settings failing(double reads, double writes, std::uint64_t seed) {
    Service::Settings options;
    options.simulation.read_error_probability = reads;
    options.simulation.write_error_probability = writes;
    options.simulation.seed = seed;
    return options;
}

}  // namespace

TEST_CASE("calls are refused as often as asked for, and the same ones with the same seed") {
    Fixture first(failing(0.3, 0, 5));
    Fixture second(failing(0.3, 0, 5));
    Fixture other(failing(0.3, 0, 6));
    for (Fixture* each : {&first, &second, &other}) each->create_table({});
    const std::string seen = reads(first, 200);
    const auto refused = std::count(seen.begin(), seen.end(), 'x');
    CHECK(refused > 30);
    CHECK(refused < 90);
    CHECK(reads(second, 200) == seen);
    CHECK(reads(other, 200) != seen);
    first.put(R"({"pk":{"S":"a"}})");  // writes are not refused
}

TEST_CASE("all reads, or all writes, are refused in AWS's words") {
    Fixture fixture(failing(1, 1, 1));
    fixture.create_table({});
    CHECK(fixture.refusal<api::GetItem>(get_input("a")) == kThrottled);
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"a"}})")) == kThrottled);
    api::Scan::Input scan;
    scan.TableName = "table";
    CHECK(fixture.refusal<api::Scan>(scan) == kThrottled);
    api::BatchWriteItem::Input batch;
    batch.RequestItems.emplace();
    (*batch.RequestItems)["table"].emplace_back().PutRequest.emplace().Item = item(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::BatchWriteItem>(batch) == kThrottled);
}

TEST_CASE("an eventually consistent read may miss the last write for a while, a consistent one never") {
    Service::Settings options;
    options.simulation.stale_read_probability = 1;
    options.simulation.stale_read_ms = 500;
    Fixture fixture(options);
    fixture.create_table({});
    const auto read = [&](bool consistent) {
        auto input = get_input("a");
        input.ConsistentRead = consistent;
        return text(fixture.call<api::GetItem>(input).Item);
    };
    fixture.put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    CHECK(read(false) == "none");
    CHECK(read(true) == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    fixture.harness.advance(std::chrono::milliseconds(600));
    CHECK(read(false) == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    fixture.put(R"({"pk":{"S":"a"},"n":{"N":"2"}})");
    CHECK(read(false) == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    fixture.harness.advance(std::chrono::milliseconds(600));
    CHECK(read(false) == R"({"n":{"N":"2"},"pk":{"S":"a"}})");
}

TEST_CASE("provisioned capacity runs out, fills up again, and bursts") {
    Service::Settings options;
    options.simulation.throttling = Throttling::provisioned;
    Fixture fixture(options);
    auto input = Fixture::table_input({});
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput.emplace().ReadCapacityUnits = 5;
    input.ProvisionedThroughput->WriteCapacityUnits = 2;
    fixture.call<api::CreateTable>(input);
    // Half a unit a read: ten in the first second.
    CHECK(reads(fixture, 12) == "..........xx");
    const auto put = Fixture::put_input(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::PutItem>(put) == "accepted");
    CHECK(fixture.refusal<api::PutItem>(put) == "accepted");
    CHECK(fixture.refusal<api::PutItem>(put) == kThrottled);
    fixture.harness.advance(std::chrono::seconds(1));
    CHECK(reads(fixture, 12) == "..........xx");
    fixture.harness.advance(std::chrono::seconds(10));
    CHECK(reads(fixture, 102) == std::string(100, '.') + "xx");
}

TEST_CASE("expired items stay until they are asked away, where that is wanted") {
    Service::Settings options;
    options.expiry = Expirer::Mode::on_request;
    Fixture fixture(options);
    fixture.harness.dispatcher().add_pending_source(fixture.service().expirations());
    fixture.harness.start_dispatcher();
    fixture.create_table({});
    api::UpdateTimeToLive::Input ttl;
    ttl.TableName = "table";
    ttl.TimeToLiveSpecification.emplace();
    ttl.TimeToLiveSpecification->Enabled = true;
    ttl.TimeToLiveSpecification->AttributeName = "due";
    fixture.call<api::UpdateTimeToLive>(ttl);
    const std::string due = std::to_string(unix_seconds(fixture.harness.clock().now()) + 10);
    fixture.put(R"({"pk":{"S":"a"},"due":{"N":")" + due + R"("}})");
    fixture.harness.advance(std::chrono::minutes(1));
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") != "none");
    http::Request request;
    request.method = "DELETE";
    gateway::EdgeRequest edge{request, {}, {}, {}, "/_aws/dynamodb/expired", {}, {}, {}};
    REQUIRE(fixture.service().expired_route().matches(edge));
    const auto response = fixture.harness.run(fixture.service().expired_route().handle(edge));
    CHECK(std::get<std::string>(response.body) == R"({"ExpiredItems":1})");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == "none");
}
