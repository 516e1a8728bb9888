#include "services/lambda/model/put_function_event_invoke_config.h"
#include "services/lambda/store/invocations.h"
#include "tests/service/lambda/bench.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fogbank::lambda {

using std::chrono::seconds;
using test::Bench;

namespace {

// Appends what it is asked to a file of the test, then fails as often as it is told to.
std::string recording_code(const std::string& file) {
    return "import json\ndef handler(event, context):\n    with open('" + file +
           "', 'a') as out:\n        out.write(json.dumps(event) + '\\n')\n"
           "    if event.get('fail'):\n        raise RuntimeError('told to')\n";
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Queued {
    Bench bench;
    std::string record = bench.harness.folder() + "/record";

    Queued() {
        bench.create_python("f", recording_code(record));
        bench.harness.dispatcher().add_pending_source(bench.service->invocations());
        bench.harness.start_dispatcher();
    }
    std::int64_t pending() {
        return bench.harness.database().read(
            [](store::ReadTxn& txn) { return count_invocations(txn, events::Scope{}); });
    }
    std::vector<events::Failure> failures() {
        return bench.harness.database().read(
            [](store::ReadTxn& txn) { return list_failures(txn, events::Scope{}); });
    }
    // Until the function ran `lines` times and its outcome is stored.
    void wait_for(std::size_t lines) {
        const auto end = std::chrono::steady_clock::now() + seconds(20);
        const auto count = [&] {
            const std::string text = text_of(record);
            return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        };
        const auto running = [&] {
            return bench.harness.database().read([](store::ReadTxn& txn) {
                auto rows = txn.query("select count(*) from lambda_invocation where state = 1");
                return rows.next() && rows->integer(0) > 0;
            });
        };
        while ((count() < lines || running()) && std::chrono::steady_clock::now() < end) {
            bench.harness.await_idle(std::chrono::milliseconds(10));
        }
        REQUIRE(count() == lines);
        REQUIRE_FALSE(running());
    }
};

}  // namespace

TEST_CASE("An Event invocation answers 202 and runs once") {
    Queued queued;
    CHECK(queued.bench.invoke("f", R"({"n": 1})", "Event").StatusCode == 202);
    CHECK(queued.bench.harness.await_idle().idle);
    CHECK(text_of(queued.record) == "{\"n\": 1}\n");
    CHECK(queued.pending() == 0);
    CHECK(queued.failures().empty());
}

TEST_CASE(
    "A failed Event invocation runs again after one and two minutes of the movable clock, then fails for "
    "good") {
    Queued queued;
    queued.bench.invoke("f", R"({"fail": 1})", "Event");
    queued.wait_for(1);
    queued.bench.harness.clock().set(queued.bench.harness.clock().now() + seconds(59));
    queued.wait_for(1);
    queued.bench.harness.clock().set(queued.bench.harness.clock().now() + seconds(1));
    queued.wait_for(2);
    queued.bench.harness.clock().set(queued.bench.harness.clock().now() + seconds(119));
    queued.wait_for(2);
    CHECK(queued.pending() == 1);
    const auto due = queued.bench.harness.clock().now() + seconds(1);
    const auto waiting = queued.failures();
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].what ==
          "invocation of arn:aws:lambda:us-east-1:000000000000:function:f failed and is tried again at " +
              format_iso8601(due) + ": RuntimeError");
    queued.bench.harness.clock().set(due);
    queued.wait_for(3);
    CHECK(queued.pending() == 0);
    const auto failures = queued.failures();
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].what ==
          "invocation of arn:aws:lambda:us-east-1:000000000000:function:f failed: RuntimeError");
}

TEST_CASE("A result that cannot be stored is stored again, and the function does not run twice") {
    Queued queued;
    auto& harness = queued.bench.harness;
    const auto run_sql = [&](const char* sql) {
        harness.run(harness.database().write([sql](store::Txn& txn) { return txn.execute(sql); }));
    };
    run_sql("create trigger full before delete on lambda_invocation begin select raise(abort, 'full'); end");
    queued.bench.invoke("f", R"({"n": 1})", "Event");
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (text_of(queued.record).empty() && std::chrono::steady_clock::now() < end) {
        harness.await_idle(std::chrono::milliseconds(10));
    }
    harness.await_idle(std::chrono::milliseconds(500));
    CHECK(queued.pending() == 1);
    run_sql("drop trigger full");
    queued.wait_for(1);
    CHECK(queued.pending() == 0);
}

TEST_CASE("MaximumRetryAttempts of 0 means one run") {
    Queued queued;
    api::PutFunctionEventInvokeConfig::Input input;
    input.FunctionName = "f";
    input.MaximumRetryAttempts = 0;
    queued.bench.harness.call<api::PutFunctionEventInvokeConfig>(input);
    queued.bench.invoke("f", R"({"fail": 1})", "Event");
    queued.wait_for(1);
    CHECK(queued.failures().size() == 1);
}

TEST_CASE("An event for a function becomes its invocation in the transaction of the delivery") {
    Queued queued;
    events::Event event;
    event.id = "e-1";
    event.type = "s3:ObjectCreated:Put";
    event.account = "000000000000";
    event.time = queued.bench.harness.clock().now();
    event.trace.id = "1-65a1b2c3-0123456789abcdef01234567";
    event.payload = R"({"Records": []})";
    const Arn function("aws", "lambda", "us-east-1", "000000000000", "function:f");
    auto append = [&](store::Txn& txn) {
        queued.bench.harness.dispatcher().append(txn, event, std::array{function});
    };
    queued.bench.harness.run(queued.bench.harness.database().write(append));
    CHECK(queued.bench.harness.await_idle().idle);
    queued.wait_for(1);
    CHECK(text_of(queued.record) == "{\"Records\": []}\n");
}

TEST_CASE("Leases of an earlier boot are queued again without spending an attempt") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    return 1\n");
    // A row that another boot's daemon left behind, leased for its second attempt.
    auto leave = [&](store::Txn& txn) {
        QueuedInvocation row;
        row.id = "left";
        row.function = {"000000000000", "us-east-1", "gone", ""};
        row.payload = "{}";
        row.queued_ms = 0;
        insert_invocation(txn, row);
        txn.execute("update lambda_invocation set state = 1, attempt = 2, lease_boot = ?1 where id = 'left'",
                    bench.harness.database().boot() - 1);
        const std::int64_t count = requeue_invocations(txn, bench.harness.database().boot());
        auto rows = txn.query("select state, attempt from lambda_invocation where id = 'left'");
        REQUIRE(rows.next());
        return std::array<std::int64_t, 3>{count, rows->integer(0), rows->integer(1)};
    };
    CHECK(bench.harness.run(bench.harness.database().write(leave)) == std::array<std::int64_t, 3>{1, 0, 1});
}

TEST_CASE("The answer of a lease that is not the row's any more changes nothing") {
    Bench bench;
    auto body = [&](store::Txn& txn) {
        QueuedInvocation row;
        row.id = "r";
        row.function = {"000000000000", "us-east-1", "gone", ""};
        insert_invocation(txn, row);
        const auto leased = lease_invocations(txn, 1, 7, 10);
        REQUIRE(leased.size() == 1);
        CHECK(leased[0].attempt == 1);
        const bool other_boot = erase_invocation(txn, {"r", 1, 8});
        const bool other_attempt = erase_invocation(txn, {"r", 2, 7});
        const bool own = erase_invocation(txn, {"r", 1, 7});
        return std::array<bool, 3>{other_boot, other_attempt, own};
    };
    CHECK(bench.harness.run(bench.harness.database().write(body)) == std::array<bool, 3>{false, false, true});
}

}  // namespace fogbank::lambda
