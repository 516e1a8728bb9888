// What write() promises: group commit, undo of one body, what happens where a commit fails.
#include "src/base/error.h"
#include "src/base/faults.h"
#include "tests/unit/store/support.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <thread>

namespace fogbank::store::test {
namespace {

using Catch::Matchers::Contains;

// Queues `bodies` while the writer is held, so that they form one batch; what each threw, or "".
std::vector<std::string> run_as_one_batch(Database& database, std::vector<std::function<void(Txn&)>> bodies) {
    std::vector<std::string> outcomes(bodies.size(), "never finished");
    boost::asio::io_context& loop = new_loop();
    auto one = [&](std::size_t i) -> Task<void> {
        try {
            co_await database.write(bodies[i]);
            outcomes[i].clear();
        } catch (const std::exception& e) {
            outcomes[i] = e.what();
        }
    };
    {
        HeldWriter held(database);
        for (std::size_t i = 0; i < bodies.size(); ++i)
            boost::asio::co_spawn(loop, one(i), boost::asio::detached);
        loop.poll();
    }
    loop.run();
    return outcomes;
}

TEST_CASE("A write returns what its body returned, and a later read sees it") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto changed = write(*database, [](Txn& txn) {
        put(txn, "a", "1");
        return txn.changes();
    });
    CHECK(changed == 1);
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "a"); }) == "1");
}

TEST_CASE("A body reads its own writes") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto seen = write(*database, [](Txn& txn) {
        put(txn, "a", "new");
        return get(txn, "a");
    });
    CHECK(seen == "new");
}

TEST_CASE("A body that throws before it writes leaves the rest of its batch alone") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    int first_runs = 0;
    auto outcomes = run_as_one_batch(*database, {[&](Txn& txn) {
                                                     ++first_runs;
                                                     put(txn, "a", "1");
                                                 },
                                                 [](Txn& txn) {
                                                     if (get(txn, "a") == "1")
                                                         throw Error("Taken", 400, "a is taken");
                                                     put(txn, "a", "2");
                                                 },
                                                 [](Txn& txn) { put(txn, "c", "3"); }});
    CHECK(outcomes == std::vector<std::string>{"", "a is taken", ""});
    CHECK(first_runs == 1);
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "a"); }) == "1");
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "c"); }) == "3");
}

TEST_CASE("A body that throws after it wrote is undone, and only that body") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto outcomes = run_as_one_batch(*database, {[](Txn& txn) { put(txn, "a", "1"); },
                                                 [](Txn& txn) {
                                                     put(txn, "a", "overwritten");
                                                     put(txn, "b", "2");
                                                     throw Error("Refused", 400, "no b");
                                                 },
                                                 [](Txn& txn) { put(txn, "c", "3"); }});
    CHECK(outcomes == std::vector<std::string>{"", "no b", ""});
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "a"); }) == "1");
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "b"); }) == std::nullopt);
    CHECK(database->read([](ReadTxn& txn) { return get(txn, "c"); }) == "3");
}

TEST_CASE("A lone body that throws after it wrote is undone") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto body = [](Txn& txn) {
        put(txn, "a", "1");
        throw Error("Refused", 409, "not so");
    };
    CHECK_THROWS_WITH(write(*database, body), "not so");
    CHECK(database->read(count) == 0);
    write(*database, [](Txn& txn) { put(txn, "b", "2"); });
    CHECK(database->read(count) == 1);
}

TEST_CASE("An Error of a body keeps its code and status on the way to the caller") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    try {
        write(*database, [](Txn&) { throw Error("ResourceNotFoundException", 404, "none"); });
        FAIL("nothing was thrown");
    } catch (const Error& e) {
        CHECK(e.code() == "ResourceNotFoundException");
        CHECK(e.http_status() == 404);
    }
}

TEST_CASE("Where a commit fails, the bodies of the batch run again one by one and are stored") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    int runs = 0;
    std::vector<std::string> outcomes;
    {
        Faults::arm(FaultPoint::before_commit, FaultAction::fail,
                    2);  // the first commit is the held writer's
        outcomes = run_as_one_batch(*database, {[&](Txn& txn) {
                                                    ++runs;
                                                    put(txn, "a", "1");
                                                },
                                                [](Txn& txn) { put(txn, "b", "2"); }});
        Faults::disarm();
    }
    CHECK(outcomes == std::vector<std::string>{"", ""});
    CHECK(runs == 2);
    CHECK(database->read(count) == 2);
}

TEST_CASE("What cannot be committed fails with an error that is not the user's, and is not stored") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    int runs = 0;
    auto body = [&](Txn& txn) {
        put(txn, "a", "1");
        ++runs;
        // Arms the commit of this very run, the second one included.
        Faults::arm(FaultPoint::before_commit, FaultAction::fail, 1);
    };
    CHECK_THROWS_WITH(write(*database, body),
                      Contains("nothing was stored: fault injected at before_commit"));
    Faults::disarm();
    CHECK(runs == 2);
    CHECK(database->read(count) == 0);
}

TEST_CASE("A full disk fails the write that does not fit with a clear message, and smaller ones go on") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    std::string large(4 << 20, 'x');
    write(*database, [](Txn& txn) {
        for (auto& row : txn.query("pragma max_page_count = 64")) static_cast<void>(row);
    });
    auto outcomes = run_as_one_batch(
        *database, {[](Txn& txn) { put(txn, "a", "1"); }, [&](Txn& txn) { put(txn, "large", large); },
                    [](Txn& txn) { put(txn, "c", "3"); }});
    CHECK(outcomes[0].empty());
    CHECK_THAT(outcomes[1], Contains("the disk is full"));
    CHECK(outcomes[2].empty());
    CHECK(database->read(count) == 2);
}

TEST_CASE("A notification comes after the commit, and not for a body that was undone") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto good = database->channel("good").generation();
    auto bad = database->channel("bad").generation();
    run_as_one_batch(*database, {[](Txn& txn) {
                                     put(txn, "a", "1");
                                     txn.notify("good");
                                 },
                                 [](Txn& txn) {
                                     txn.notify("bad");
                                     put(txn, "b", "1");
                                     throw Error("Refused", 400, "no");
                                 }});
    CHECK(database->channel("good").generation() == good + 1);
    CHECK(database->channel("bad").generation() == bad);
}

TEST_CASE("An action after the commit runs once, before the caller resumes, and sees what was committed") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    std::vector<std::int64_t> counts;
    run_as_one_batch(*database, {[&](Txn& txn) {
                                     put(txn, "a", "1");
                                     txn.after_commit([&] { counts.push_back(database->read(count)); });
                                 },
                                 [](Txn& txn) {
                                     put(txn, "b", "1");
                                     throw Error("Refused", 400, "makes the first body run again");
                                 }});
    CHECK(counts == std::vector<std::int64_t>{1});
}

TEST_CASE("A write beyond the queue's limit is refused with 503 at once") {
    TemporaryFolder folder;
    DatabaseOptions options;
    options.folder = folder.path();
    options.queue_limit = 2;
    auto database = open_database(options);
    database->migrate(item_migrations());
    auto outcomes = run_as_one_batch(
        *database, {[](Txn& txn) { put(txn, "a", "1"); }, [](Txn& txn) { put(txn, "b", "1"); },
                    [](Txn& txn) { put(txn, "c", "1"); }});
    CHECK(outcomes ==
          std::vector<std::string>{"", "", "Too many writes are waiting. Please reduce your request rate."});
    CHECK(database->read(count) == 2);
}

TEST_CASE("Writes of many threads are all stored") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            run_task([&]() -> Task<void> {
                for (int i = 0; i < 200; ++i) {
                    std::string key = std::to_string(t) + "/" + std::to_string(i);
                    co_await database->write([&](Txn& txn) { put(txn, key, "v"); });
                }
            });
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(database->read(count) == 800);
}

TEST_CASE("A closed database has stored what was queued and refuses what comes later") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    write(*database, [](Txn& txn) { put(txn, "a", "1"); });
    database->close();
    CHECK_THROWS_WITH(write(*database, [](Txn& txn) { put(txn, "b", "1"); }), "the database is closed");
    database.reset();
    CHECK(open(folder.path())->read(count) == 1);
}

}  // namespace
}  // namespace fogbank::store::test
