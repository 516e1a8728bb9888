#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/transact_write_items.h"
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
    options.simulation.throttling = Throttling::on;
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

TEST_CASE("a Query, a Scan and a batch may miss the last write of each item, and show what stood there") {
    Service::Settings options;
    options.simulation.stale_read_probability = 1;
    options.simulation.stale_read_ms = 500;
    Fixture fixture(options);
    auto table = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(table, "kind", "S");
    table.GlobalSecondaryIndexes = {Fixture::index("by-kind", "kind", "ALL")};
    fixture.call<api::CreateTable>(table);
    const auto row = [](int sort, const std::string& kind) {
        return R"({"kind":{"S":")" + kind + R"("},"pk":{"S":"a"},"sk":{"N":")" + std::to_string(sort) +
               R"("}})";
    };
    for (int sort : {1, 2, 3}) fixture.put(row(sort, "old"));
    fixture.harness.advance(std::chrono::milliseconds(600));
    fixture.put(row(2, "new"));
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"a"},"sk":{"N":"1"}})");
    fixture.call<api::DeleteItem>(erase);
    fixture.put(row(4, "old"));

    const std::vector<std::string> before = {row(1, "old"), row(2, "old"), row(3, "old")};
    const std::vector<std::string> after = {row(2, "new"), row(3, "old"), row(4, "old")};
    const auto query = [&](bool forward, bool consistent, int limit) {
        api::Query::Input input;
        input.TableName = "table";
        input.KeyConditionExpression = "pk = :a";
        input.ExpressionAttributeValues = item(R"({":a":{"S":"a"}})");
        input.ScanIndexForward = forward;
        input.ConsistentRead = consistent;
        if (limit > 0) input.Limit = limit;
        return fixture.call<api::Query>(input);
    };
    CHECK(texts(query(true, false, 0).Items) == before);
    CHECK(texts(query(false, false, 0).Items) == std::vector<std::string>(before.rbegin(), before.rend()));
    CHECK(texts(query(true, true, 0).Items) == after);
    const auto page = query(true, false, 1);
    CHECK(texts(page.Items) == std::vector<std::string>{row(1, "old")});
    CHECK(text(page.LastEvaluatedKey) == R"({"pk":{"S":"a"},"sk":{"N":"1"}})");

    api::Query::Input by_kind;
    by_kind.TableName = "table";
    by_kind.IndexName = "by-kind";
    by_kind.KeyConditionExpression = "kind = :k";
    by_kind.ExpressionAttributeValues = item(R"({":k":{"S":"old"}})");
    CHECK(texts(fixture.call<api::Query>(by_kind).Items) == before);
    by_kind.ExpressionAttributeValues = item(R"({":k":{"S":"new"}})");
    CHECK(texts(fixture.call<api::Query>(by_kind).Items).empty());

    api::Scan::Input scan;
    scan.TableName = "table";
    CHECK(texts(fixture.call<api::Scan>(scan).Items) == before);
    api::BatchGetItem::Input batch;
    batch.RequestItems.emplace();
    (*batch.RequestItems)["table"].Keys = {item(R"({"pk":{"S":"a"},"sk":{"N":"1"}})"),
                                           item(R"({"pk":{"S":"a"},"sk":{"N":"4"}})")};
    CHECK(texts(fixture.call<api::BatchGetItem>(batch).Responses->at("table")) ==
          std::vector<std::string>{row(1, "old")});

    fixture.harness.advance(std::chrono::milliseconds(600));
    CHECK(texts(query(true, false, 0).Items) == after);
    CHECK(texts(fixture.call<api::Scan>(scan).Items) == after);
}

namespace {

constexpr const char* kIndexThrottled =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for one or more "
    "global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the "
    "under-provisioned global secondary indexes with the UpdateTable API.";

Service::Settings throttling() {
    Service::Settings options;
    options.simulation.throttling = Throttling::on;
    return options;
}

void create_provisioned(Fixture& fixture, std::int64_t units, std::int64_t index_units) {
    auto input = Fixture::table_input({});
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput.emplace().ReadCapacityUnits = units;
    input.ProvisionedThroughput->WriteCapacityUnits = units;
    Fixture::define(input, "kind", "S");
    auto index = Fixture::index("by-kind", "kind", "ALL");
    index.ProvisionedThroughput = input.ProvisionedThroughput;
    index.ProvisionedThroughput->ReadCapacityUnits = index_units;
    index.ProvisionedThroughput->WriteCapacityUnits = index_units;
    input.GlobalSecondaryIndexes = {std::move(index)};
    fixture.call<api::CreateTable>(input);
}

// The ThrottlingReasons with which a call is refused.
template <class Op>
std::string reasons(Fixture& fixture, const typename Op::Input& input) {
    try {
        fixture.call<Op>(input);
    } catch (const Error& error) {
        for (const Error::Detail& detail : error.details()) {
            if (detail.name == "ThrottlingReasons" || detail.name == "throttlingReasons") return detail.value;
        }
        return error.message();
    }
    return "accepted";
}

std::string put_in_batch(Fixture& fixture, int first, int count) {
    api::BatchWriteItem::Input batch;
    batch.RequestItems.emplace();
    for (int i = 0; i < count; ++i) {
        (*batch.RequestItems)["table"].emplace_back().PutRequest.emplace().Item =
            item(R"({"pk":{"S":")" + std::to_string(first + i) + R"("}})");
    }
    std::string left;
    const auto output = fixture.call<api::BatchWriteItem>(batch);
    for (const auto& [name, requests] : *output.UnprocessedItems) {
        left += name + ":";
        for (const auto& request : requests) left += " " + text(request.PutRequest->Item);
    }
    return left;
}

}  // namespace

TEST_CASE("a write is refused where one of its indexes has no units left, and takes nothing then") {
    Fixture fixture(throttling());
    create_provisioned(fixture, 100, 2);
    const auto put = [](const std::string& more) {
        return Fixture::put_input(R"({"pk":{"S":"a"})" + more + "}");
    };
    CHECK(fixture.refusal<api::PutItem>(put(R"(,"kind":{"S":"k"},"n":{"N":"1"})")) == "accepted");
    CHECK(fixture.refusal<api::PutItem>(put(R"(,"kind":{"S":"k"},"n":{"N":"2"})")) == "accepted");
    const auto refused = put(R"(,"kind":{"S":"k"},"n":{"N":"3"})");
    CHECK(fixture.refusal<api::PutItem>(refused) == kIndexThrottled);
    CHECK(reasons<api::PutItem>(fixture, refused) ==
          R"([{"reason":"IndexWriteProvisionedThroughputExceeded","resource":)"
          R"("arn:aws:dynamodb:us-east-1:000000000000:table/table/index/by-kind"}])");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"kind":{"S":"k"},"n":{"N":"2"},"pk":{"S":"a"}})");
    // What the index does not show costs it nothing.
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"b"}})")) == "accepted");

    api::Query::Input query;
    query.TableName = "table";
    query.IndexName = "by-kind";
    query.KeyConditionExpression = "kind = :k";
    query.ExpressionAttributeValues = item(R"({":k":{"S":"k"}})");
    for (int i = 0; i < 4; ++i) CHECK(fixture.refusal<api::Query>(query) == "accepted");
    CHECK(reasons<api::Query>(fixture, query) ==
          R"([{"reason":"IndexReadProvisionedThroughputExceeded","resource":)"
          R"("arn:aws:dynamodb:us-east-1:000000000000:table/table/index/by-kind"}])");
    api::Scan::Input scan;
    scan.TableName = "table";
    CHECK(fixture.refusal<api::Scan>(scan) == "accepted");
}

TEST_CASE("a batch leaves what there is no capacity for, and fails where that is all of it") {
    Fixture fixture(throttling());
    create_provisioned(fixture, 3, 3);
    CHECK(put_in_batch(fixture, 0, 5) == R"(table: {"pk":{"S":"3"}} {"pk":{"S":"4"}})");
    CHECK_THROWS_WITH(put_in_batch(fixture, 3, 2), Catch::StartsWith("The level of configured provisioned"));
    fixture.harness.advance(std::chrono::seconds(1));
    CHECK(put_in_batch(fixture, 3, 2).empty());

    api::BatchGetItem::Input batch;
    batch.RequestItems.emplace();
    auto& wanted = (*batch.RequestItems)["table"];
    wanted.ConsistentRead = true;
    wanted.Keys.emplace();
    for (int i = 0; i < 5; ++i)
        wanted.Keys->push_back(item(R"({"pk":{"S":")" + std::to_string(i) + R"("}})"));
    const auto output = fixture.call<api::BatchGetItem>(batch);
    CHECK(output.Responses->at("table").size() == 3);
    CHECK(output.UnprocessedKeys->at("table").Keys->size() == 2);
    CHECK(output.UnprocessedKeys->at("table").ConsistentRead == true);
    CHECK(fixture.refusal<api::BatchGetItem>(batch) == kThrottled);
}

TEST_CASE("a transaction costs twice, and tells which of its actions there is no capacity for") {
    Fixture fixture(throttling());
    create_provisioned(fixture, 4, 4);
    api::TransactWriteItems::Input write;
    write.TransactItems.emplace();
    for (const char* key : {"a", "b", "c"}) {
        auto& put = write.TransactItems->emplace_back().Put.emplace();
        put.TableName = "table";
        put.Item = item(R"({"pk":{"S":")" + std::string(key) + R"("}})");
    }
    CHECK(
        fixture.refusal<api::TransactWriteItems>(write) ==
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific "
        "reasons [None, None, ProvisionedThroughputExceeded]");
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == "none");
}

TEST_CASE("a partition key has 1,000 writes and 3,000 reads a second, whatever its table has") {
    Fixture fixture(throttling());
    fixture.create_table({});
    const std::string large(100 * 1024, 'x');
    const auto put = [&](const std::string& key) {
        return Fixture::put_input(R"({"pk":{"S":")" + key + R"("},"v":{"S":")" + large + R"("}})");
    };
    std::string seen;
    for (int i = 0; i < 12; ++i) seen += reasons<api::PutItem>(fixture, put("hot")) == "accepted" ? '.' : 'x';
    CHECK(seen == "..........xx");
    CHECK(fixture.refusal<api::PutItem>(put("hot"))
              .starts_with(
                  "ThrottlingException: Throughput exceeds the current capacity of your table or index."));
    CHECK(reasons<api::PutItem>(fixture, put("hot")) ==
          R"([{"reason":"TableWriteKeyRangeThroughputExceeded","resource":)"
          R"("arn:aws:dynamodb:us-east-1:000000000000:table/table"}])");
    CHECK(fixture.refusal<api::PutItem>(put("cold")) == "accepted");
    fixture.harness.advance(std::chrono::seconds(60));
    seen.clear();  // No burst: a second's worth.
    for (int i = 0; i < 12; ++i) seen += reasons<api::PutItem>(fixture, put("hot")) == "accepted" ? '.' : 'x';
    CHECK(seen == "..........xx");
    CHECK(reads(fixture, 1) == ".");
}

TEST_CASE("a Scan and a SELECT of many items take from each partition key what they read of it") {
    Fixture fixture(throttling());
    fixture.create_table({"table", "pk", "n", ""});
    const std::string large(390 * 1024, 'x');
    for (int i = 0; i < 3; ++i) {
        fixture.put(R"({"pk":{"S":"hot"},"n":{"N":")" + std::to_string(i) + R"("},"v":{"S":")" + large +
                    R"("}})");
        fixture.harness.advance(std::chrono::seconds(2));
    }
    fixture.put(R"({"pk":{"S":"cold"},"n":{"N":"0"}})");
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.ConsistentRead = true;
    // 1.2 MB, 293 units, all of one partition: the eleventh finds nothing left.
    std::string seen;
    for (int i = 0; i < 13; ++i) seen += reasons<api::Scan>(fixture, scan) == "accepted" ? '.' : 'x';
    CHECK(seen == "...........xx");
    CHECK(reasons<api::Scan>(fixture, scan) ==
          R"([{"reason":"TableReadKeyRangeThroughputExceeded","resource":)"
          R"("arn:aws:dynamodb:us-east-1:000000000000:table/table"}])");
    api::ExecuteStatement::Input select;
    select.Statement = R"(SELECT * FROM "table" WHERE v = 'y')";
    CHECK(fixture.refusal<api::ExecuteStatement>(select).starts_with("ThrottlingException"));
    select.Statement = R"(SELECT * FROM "table" WHERE pk IN ['cold', 'colder'])";
    CHECK(fixture.refusal<api::ExecuteStatement>(select) == "accepted");
    fixture.harness.advance(std::chrono::seconds(2));
    CHECK(reasons<api::Scan>(fixture, scan) == "accepted");
}

TEST_CASE("a write whose condition fails costs what the item there does") {
    Fixture fixture(throttling());
    auto input = Fixture::table_input({});
    input.OnDemandThroughput.emplace().MaxReadRequestUnits = 100;
    input.OnDemandThroughput->MaxWriteRequestUnits = 4;
    fixture.call<api::CreateTable>(input);
    fixture.put(R"({"pk":{"S":"a"},"v":{"S":")" + std::string(1500, 'x') + R"("}})");
    auto put = Fixture::put_input(R"({"pk":{"S":"a"}})");
    put.ConditionExpression = "attribute_not_exists(pk)";
    const std::string failed = "ConditionalCheckFailedException: The conditional request failed";
    CHECK(fixture.refusal<api::PutItem>(put) == failed);
    CHECK(fixture.refusal<api::PutItem>(put).starts_with("ThrottlingException"));
    fixture.harness.advance(std::chrono::seconds(2));
    // Where there is no item, one unit.
    put.Item = item(R"({"pk":{"S":"b"}})");
    put.ConditionExpression = "attribute_exists(pk)";
    for (int i = 0; i < 4; ++i) CHECK(fixture.refusal<api::PutItem>(put) == failed);
    CHECK(fixture.refusal<api::PutItem>(put).starts_with("ThrottlingException"));
}

TEST_CASE("what an on-demand table may take at most is kept") {
    Fixture fixture(throttling());
    auto input = Fixture::table_input({});
    input.OnDemandThroughput.emplace().MaxReadRequestUnits = 2;
    input.OnDemandThroughput->MaxWriteRequestUnits = 1;
    fixture.call<api::CreateTable>(input);
    const auto put = Fixture::put_input(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::PutItem>(put) == "accepted");
    CHECK(fixture.refusal<api::PutItem>(put) ==
          "ThrottlingException: Throughput exceeds the maximum OnDemandThroughput configured on table or "
          "index");
    CHECK(reasons<api::PutItem>(fixture, put) ==
          R"([{"reason":"TableWriteMaxOnDemandThroughputExceeded","resource":)"
          R"("arn:aws:dynamodb:us-east-1:000000000000:table/table"}])");
    CHECK(reads(fixture, 6) == "....xx");
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
