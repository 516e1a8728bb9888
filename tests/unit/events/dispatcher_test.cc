// Delivery: once, in order, retried by the movable clock, given up on where the target says so.
#include "src/base/error.h"
#include "src/base/faults.h"
#include "src/events/outbox_rows.h"
#include "tests/unit/events/support.h"

#include <catch2/catch.hpp>

namespace fogbank::events::test {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("An event reaches each of its targets once, and idle is reached") {
    Fixture f;
    f.start();
    f.append(f.event("e1"), {queue_arn("a"), queue_arn("b")});
    IdleReport report = f.idle();
    CHECK(report.idle);
    CHECK(report.pending.empty());
    auto rows = f.inbox();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].target == queue_arn("a").text());
    CHECK(rows[1].target == queue_arn("b").text());
    CHECK(rows[0].payload == "{\"id\":\"e1\"}");
    CHECK(f.deliveries() == 0);
}

TEST_CASE("A target sees the event with the delivery as its cause, one hop deeper") {
    Fixture f;
    f.start();
    Event sent = f.event("e1");
    f.append(sent, {queue_arn()});
    f.idle();
    CHECK(f.target.last.id == "e1");
    CHECK(f.target.last.type == sent.type);
    CHECK(f.target.last.source == sent.source);
    CHECK(f.target.last.account == sent.account);
    CHECK(f.target.last.time == sent.time);
    CHECK(f.target.last.trace.id == sent.trace.id);
    CHECK(f.target.last.trace.depth == 4);
    auto spans = f.trace_log->spans(sent.trace.id);
    REQUIRE(spans.size() == 2);
    CHECK(spans[0].kind == "event");
    CHECK(spans[0].cause == "cause0");
    CHECK(spans[1].kind == "delivery");
    CHECK(spans[1].cause == spans[0].id);
    CHECK(spans[1].outcome == "delivered");
    CHECK(spans[1].id == f.target.last.trace.cause);
}

TEST_CASE("Many events arrive in the order of their writes") {
    Fixture f;
    f.start();
    f.write([&](store::Txn& txn) {
        const Arn to[] = {queue_arn()};
        for (int i = 0; i < 500; ++i) f.dispatcher->append(txn, f.event("e" + std::to_string(i)), to);
    });
    CHECK(f.idle().idle);
    auto rows = f.inbox();
    REQUIRE(rows.size() == 500);
    for (std::size_t i = 0; i < rows.size(); ++i) CHECK(rows[i].event == "e" + std::to_string(i));
}

TEST_CASE("What was queued before the start is delivered after it") {
    Fixture f;
    f.append(f.event("e1"), {queue_arn()});
    CHECK(f.deliveries() == 1);
    f.start();
    CHECK(f.idle().idle);
    CHECK(f.inbox().size() == 1);
}

TEST_CASE("An event of a write that is undone is never delivered") {
    Fixture f;
    f.start();
    auto refused = [&](store::Txn& txn) {
        const Arn to[] = {queue_arn()};
        f.dispatcher->append(txn, f.event("e1"), to);
        throw Error("PreconditionFailed", 412, "no");
    };
    CHECK_THROWS_AS(f.write(refused), Error);
    CHECK(f.idle().idle);
    CHECK(f.inbox().empty());
    CHECK(f.trace_log->spans(f.event("e1").trace.id).empty());
}

TEST_CASE("A refused delivery waits for the movable clock and then succeeds") {
    Fixture f;
    f.target.refuse = [](int attempt) {
        if (attempt <= 2) throw std::runtime_error("not now");
    };
    f.start();
    f.append(f.event("e1"), {queue_arn()});
    f.eventually([&] { return f.clock->next_due().has_value(); });
    IdleReport waiting = f.idle({}, Duration::zero());
    CHECK_FALSE(waiting.idle);
    CHECK(waiting.pending == std::vector<std::pair<std::string, std::int64_t>>{{"deliveries", 1}});
    CHECK(*f.clock->next_due() >= kStart + std::chrono::milliseconds(500));
    CHECK(*f.clock->next_due() <= kStart + std::chrono::seconds(1));
    f.clock->set(kStart + std::chrono::seconds(1));
    f.eventually([&] { return f.target.attempts == 2 && f.clock->next_due().has_value(); });
    CHECK(*f.clock->next_due() >= kStart + std::chrono::seconds(2));
    f.clock->set(kStart + std::chrono::seconds(3));
    CHECK(f.idle().idle);
    CHECK(f.target.attempts == 3);
    CHECK(f.inbox().size() == 1);
    CHECK(f.idle().failures.empty());
}

TEST_CASE("What the target wrote before it refused is undone") {
    Fixture f;
    f.target.refuse = [](int attempt) {
        if (attempt == 1) throw Error("Gone", 404, "the queue does not exist");
    };
    class WritesFirst final : public Target {
    public:
        void accept(store::Txn& txn, const Event& event, const Arn& target) override {
            txn.execute("insert into inbox (event, target) values (?1, ?2)", event.id, target.text());
            throw Error("Gone", 404, "the topic does not exist");
        }
    } writes_first;
    f.dispatcher->add_target("sns", writes_first);
    f.start();
    f.append(f.event("e1"), {Arn("aws", "sns", "us-east-1", "111111111111", "news")});
    CHECK(f.idle().idle);
    CHECK(f.inbox().empty());
}

TEST_CASE("An Error of the user's kind is final and is listed as a failure") {
    Fixture f;
    f.target.refuse = [](int) { throw Error("QueueDoesNotExist", 400, "The queue does not exist."); };
    f.start();
    f.append(f.event("e1"), {queue_arn()});
    IdleReport report = f.idle();
    CHECK(report.idle);
    CHECK(f.target.attempts == 1);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].what == "delivery of s3:ObjectCreated:Put to " + queue_arn().text() +
                                         " failed: QueueDoesNotExist: The queue does not exist.");
    CHECK(report.failures[0].trace == f.event("e1").trace.id);
    CHECK(report.failures[0].time_ms == 1'800'000'000'000);
    CHECK(f.idle({"222222222222", ""}).failures.empty());
}

TEST_CASE("Throttling and a server's fault are retried") {
    Fixture f;
    f.target.refuse = [](int attempt) {
        if (attempt == 1) throw Error("TooManyRequestsException", 429, "slow down");
        if (attempt == 2) throw Error("ServiceException", 500, "broken");
    };
    f.start();
    f.append(f.event("e1"), {queue_arn()});
    for (int seconds : {1, 3}) {
        f.eventually([&] { return f.clock->next_due().has_value(); });
        f.clock->set(kStart + std::chrono::seconds(seconds));
    }
    CHECK(f.idle().idle);
    CHECK(f.inbox().size() == 1);
}

TEST_CASE("Retries end after a day") {
    Fixture f;
    f.target.refuse = [](int) { throw std::runtime_error("never"); };
    f.start();
    f.append(f.event("e1"), {queue_arn()});
    f.eventually([&] { return f.clock->next_due().has_value(); });
    f.clock->set(kStart + std::chrono::hours(24));
    IdleReport report = f.idle();
    CHECK(report.idle);
    CHECK(f.target.attempts == 2);
    REQUIRE(report.failures.size() == 1);
    CHECK_THAT(report.failures[0].what, Contains("failed: never"));
}

TEST_CASE("An event for a service without a target fails at once with a reason") {
    Fixture f;
    f.start();
    f.append(f.event("e1"), {Arn("aws", "states", "us-east-1", "111111111111", "machine")});
    IdleReport report = f.idle();
    REQUIRE(report.failures.size() == 1);
    CHECK_THAT(report.failures[0].what, Contains("no service takes events for"));
}

TEST_CASE("A chain deeper than the limit is cut, and says so in the trace and among the failures") {
    Fixture f;
    f.start();
    Event deep = f.event("e1");
    deep.trace.depth = kDepthLimit + 1;
    f.append(deep, {queue_arn()});
    const IdleReport report = f.idle();
    CHECK(report.idle);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].what ==
          "s3:ObjectCreated:Put of arn:aws:s3:::photos was dropped: the chain is deeper than 64 hops");
    CHECK(f.inbox().empty());
    auto spans = f.trace_log->spans(deep.trace.id);
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].outcome == "dropped: the chain is deeper than 64 hops");
    deep.trace.depth = kDepthLimit;
    f.append(deep, {queue_arn()});
    CHECK(f.idle().idle);
    CHECK(f.inbox().size() == 1);
}

TEST_CASE("A failure between the target's write and the commit delivers once") {
    Fixture f;
    Faults::arm(FaultPoint::delivery_accepted, FaultAction::fail, 1);
    f.start();
    f.append(f.event("e1"), {queue_arn()});
    f.eventually([&] { return f.clock->next_due().has_value(); });
    Faults::disarm();
    CHECK(f.inbox().empty());
    f.clock->set(kStart + std::chrono::seconds(1));
    CHECK(f.idle().idle);
    CHECK(f.inbox().size() == 1);
    CHECK(f.target.attempts == 2);
}

TEST_CASE("Waiting for idle counts the rows of one account or one trace only") {
    Fixture f;
    f.target.refuse = [](int) { throw std::runtime_error("not now"); };
    f.start();
    f.append(f.event("e1", "111111111111"), {queue_arn()});
    f.eventually([&] { return f.target.attempts == 1; });
    CHECK_FALSE(f.idle({"111111111111", ""}, Duration::zero()).idle);
    CHECK(f.idle({"222222222222", ""}).idle);
    CHECK_FALSE(f.idle({"", f.event("e1").trace.id}, Duration::zero()).idle);
    CHECK(f.idle({"", "1-00000000-000000000000000000000000"}).idle);
}

TEST_CASE("Idle asks every source, and failures come from all of them") {
    class Source final : public PendingSource {
    public:
        std::string_view name() const override { return "invocations"; }
        std::int64_t count(store::ReadTxn&, const Scope&) override { return left; }
        std::vector<Failure> failures(store::ReadTxn&, const Scope&) override {
            return {{"it broke", "t", 5}};
        }
        std::atomic<std::int64_t> left{2};
    } source;
    Fixture f;
    f.dispatcher->add_pending_source(source);
    f.start();
    IdleReport busy = f.idle({}, std::chrono::milliseconds(5));
    CHECK_FALSE(busy.idle);
    CHECK(busy.pending == std::vector<std::pair<std::string, std::int64_t>>{{"invocations", 2}});
    source.left = 0;
    IdleReport report = f.idle();
    CHECK(report.idle);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].what == "it broke");
}

TEST_CASE("A reset of one account drops its deliveries and failures and leaves the others'") {
    Fixture f;
    f.append(f.event("e1", "111111111111"), {queue_arn()});
    f.append(f.event("e2", "222222222222"), {queue_arn()});
    f.write([&](store::Txn& txn) {
        insert_failure(txn, {"old", "t", 1}, "111111111111");
        f.dispatcher->reset(txn, "111111111111");
    });
    CHECK(f.deliveries() == 1);
    CHECK(f.idle({"111111111111", ""}, Duration::zero()).failures.empty());
    f.start();
    CHECK(f.idle().idle);
    REQUIRE(f.inbox().size() == 1);
    CHECK(f.inbox()[0].event == "e2");
}

TEST_CASE("The list of failures is bounded: the oldest go") {
    Fixture f;
    f.write([&](store::Txn& txn) {
        for (int i = 0; i < kFailureLimit + 5; ++i) insert_failure(txn, {std::to_string(i), "t", i}, "a");
    });
    auto failures = f.idle().failures;
    CHECK(failures.size() == static_cast<std::size_t>(kFailureLimit));
    CHECK(failures.front().what == "5");
}

TEST_CASE("An outbox at its quota refuses what would add more") {
    Fixture f;
    f.write([&](store::Txn& txn) {
        std::vector<Arn> to(1'000, queue_arn());
        Event e = f.event("e");
        for (int i = 0; i < 100; ++i) f.dispatcher->append(txn, e, to);
    });
    auto one_more = [&] { f.append(f.event("f"), {queue_arn()}); };
    CHECK_THROWS_WITH(one_more(), Contains("Too many events wait"));
    f.write([&](store::Txn& txn) { f.dispatcher->reset(txn, ""); });
    CHECK_NOTHROW(one_more());
}

TEST_CASE("The delay doubles up to its cap, and half of it is chance") {
    auto entropy = make_seeded_entropy(7);
    using std::chrono::seconds;
    for (auto [attempt, whole] : {std::pair{1, 1}, {2, 2}, {4, 8}, {10, 512}, {11, 600}, {200, 600}}) {
        Duration delay = retry_delay(attempt, seconds(1), seconds(600), *entropy);
        CHECK(delay >= Duration(seconds(whole)) / 2);
        CHECK(delay <= Duration(seconds(whole)));
    }
}

}  // namespace
}  // namespace fogbank::events::test
