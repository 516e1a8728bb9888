// Snapshots, nesting, the pool, and statements.
#include "src/base/error.h"
#include "tests/unit/store/support.h"

#include <catch2/catch.hpp>

#include <thread>

namespace fogbank::store::test {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A read keeps its snapshot while others write") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    database->read([&](ReadTxn& txn) {
        CHECK(count(txn) == 0);
        write(*database, [](Txn& t) { put(t, "a", "1"); });
        CHECK(count(txn) == 0);
    });
    CHECK(database->read(count) == 1);
}

TEST_CASE("A read inside a read sees the same snapshot") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    database->read([&](ReadTxn& txn) {
        CHECK(count(txn) == 0);
        write(*database, [](Txn& t) { put(t, "a", "1"); });
        CHECK(database->read(count) == 0);
        CHECK(count(txn) == 0);
    });
    CHECK(database->read(count) == 1);
}

TEST_CASE("A read cannot write") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto body = [](ReadTxn& txn) {
        for (auto& row : txn.query("insert into item (k, v) values ('a', x'00')")) static_cast<void>(row);
    };
    CHECK_THROWS_WITH(database->read(body), Contains("attempt to write a readonly database"));
}

TEST_CASE("A read in the pool resumes the caller with its result or its error") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    write(*database, [](Txn& txn) { put(txn, "a", "1"); });
    auto caller = std::this_thread::get_id();
    run_task([&]() -> Task<void> {
        std::thread::id ran_on;
        auto body = [&](ReadTxn& txn) {
            ran_on = std::this_thread::get_id();
            return count(txn);
        };
        auto counted = co_await database->read_in_pool(body);
        CHECK(counted == 1);
        CHECK(ran_on != caller);
        CHECK(std::this_thread::get_id() == caller);
        bool thrown = false;
        auto refuse = [](ReadTxn&) { throw Error("Refused", 400, "no"); };
        try {
            co_await database->read_in_pool(refuse);
        } catch (const Error& e) {
            thrown = e.code() == "Refused";
        }
        CHECK(thrown);
    });
}

TEST_CASE("More threads than readers take turns") {
    TemporaryFolder folder;
    DatabaseOptions options;
    options.folder = folder.path();
    options.readers = 2;
    auto database = open_database(options);
    database->migrate(item_migrations());
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) good += database->read(count) == 0 ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(good == 1200);
}

TEST_CASE("Integers, text, bytes and nulls come back as they went in") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    database->read([](ReadTxn& txn) {
        std::string text("a\0b", 3);
        auto rows =
            txn.query("select ?1, ?2, ?3, ?4, ?5, ?6, ?7", std::int64_t{-9'007'199'254'740'993}, text,
                      Blob{"\xff"}, nullptr, std::optional<std::string>(), std::string_view(), Blob{{}});
        REQUIRE(rows.next());
        CHECK(rows->integer(0) == -9'007'199'254'740'993);
        CHECK(rows->text(1) == text);
        CHECK(rows->blob(2) == "\xff");
        CHECK(rows->is_null(3));
        CHECK(rows->is_null(4));
        CHECK_FALSE(rows->is_null(5));
        CHECK(rows->text(5).empty());
        CHECK_FALSE(rows->is_null(6));
        CHECK(rows->blob(6).empty());
        CHECK_FALSE(rows.next());
        CHECK_FALSE(rows.next());
    });
}

TEST_CASE("A query may be given a temporary and read later") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    database->read([](ReadTxn& txn) {
        auto rows = txn.query("select ?1", std::string(100, 'k'));
        std::string other(100, 'x');
        REQUIRE(rows.next());
        CHECK(rows->text(0) == std::string(100, 'k'));
    });
}

TEST_CASE("One statement can run inside the rows of itself") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto pairs = [](auto& self, ReadTxn& txn, int depth) -> int {
        int seen = 0;
        for (auto& row : txn.query("select 1 union all select 2")) {
            seen += static_cast<int>(row.integer(0));
            if (depth > 0) seen += self(self, txn, depth - 1);
        }
        return seen;
    };
    CHECK(database->read([&](ReadTxn& txn) { return pairs(pairs, txn, 2); }) == 3 + 2 * (3 + 2 * 3));
}

TEST_CASE("Rows that a body did not read to the end hold no snapshot") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    write(*database, [](Txn& txn) {
        put(txn, "a", "1");
        put(txn, "b", "1");
    });
    database->read([](ReadTxn& txn) {
        Statement& left_open = txn.prepare("select k from item");
        REQUIRE(left_open.step());
    });
    write(*database, [](Txn& txn) { put(txn, "c", "1"); });
    CHECK(database->read(count) == 3);
}

TEST_CASE("After a read whose transaction an error of the disk ended, reads see one snapshot again") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    database->read([](ReadTxn& txn) { return txn.query("rollback").next(); });
    write(*database, [](Txn& txn) { put(txn, "k", "v"); });
    CHECK(database->read(count) == 1);
    // Both statements see one snapshot again.
    const auto counts = database->read([&](ReadTxn& txn) {
        const std::int64_t before = count(txn);
        std::thread([&] { write(*database, [](Txn& other) { put(other, "l", "v"); }); }).join();
        return std::pair(before, count(txn));
    });
    CHECK(counts == std::pair<std::int64_t, std::int64_t>(1, 1));
    CHECK(database->read(count) == 2);
}

TEST_CASE("SQL that is built at run time is refused") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    std::string sql = "select 1";
    auto body = [&](ReadTxn& txn) { return txn.query(sql.c_str()).next(); };
    CHECK(database->read(body));
    sql[7] = '2';
    CHECK_THROWS_WITH(database->read(body), "SQL must be a literal: select 2");
}

}  // namespace
}  // namespace fogbank::store::test
