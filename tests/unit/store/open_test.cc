// Opening, migrations, boots, epochs, and what a broken folder says.
#include "src/base/faults.h"
#include "tests/unit/store/support.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <thread>

namespace fogbank::store::test {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("The boot counts the starts on one folder, and the epoch the resets") {
    TemporaryFolder folder;
    {
        auto database = open(folder.path());
        CHECK(database->boot() == 1);
        CHECK(database->epoch() == 1);
        write(*database, [](Txn& txn) { put(txn, "a", "1"); });
        auto erase = [](Txn& txn) { txn.execute("delete from item"); };
        run_task([&]() -> Task<void> { co_await database->reset(erase); });
        CHECK(database->epoch() == 2);
        CHECK(database->read(count) == 0);
    }
    auto again = open(folder.path());
    CHECK(again->boot() == 2);
    CHECK(again->epoch() == 2);
}

TEST_CASE("A reset that throws raises no epoch") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    auto refuse = [](Txn&) { throw std::runtime_error("no"); };
    auto reset = [&]() -> Task<void> { co_await database->reset(refuse); };
    CHECK_THROWS_WITH(run_task(reset), "no");
    CHECK(database->epoch() == 1);
    database.reset();
    CHECK(open(folder.path())->epoch() == 1);
}

TEST_CASE("A migration runs once in the life of a folder") {
    TemporaryFolder folder;
    open(folder.path());
    auto database = open(folder.path());
    const Migration more[] = {item_migrations()[0],
                              {"test", 2, "insert into item (k, v) values ('two', x'02');"}};
    database->migrate(more);
    database->migrate(more);
    CHECK(database->read(count) == 1);
}

TEST_CASE("A migration that fails changes nothing and names its statement") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    const Migration broken[] = {
        item_migrations()[0],
        {"test", 2, "insert into item (k, v) values ('two', x'02'); insert into nowhere;"}};
    CHECK_THROWS_WITH(database->migrate(broken), Contains("insert into nowhere"));
    CHECK(database->read(count) == 0);
}

TEST_CASE("Where the process dies between two migrations, the next start runs the second only") {
    TemporaryFolder folder;
    const Migration two[] = {{"x", 1, "create table one (a integer);"},
                             {"x", 2, "create table two (a integer);"}};
    {
        auto database = open(folder.path());
        Faults::arm(FaultPoint::migration_step, FaultAction::fail, 1);
        CHECK_THROWS_WITH(database->migrate(two), "fault injected at migration_step");
    }
    auto database = open(folder.path());
    database->migrate(two);
    CHECK(database->read([](ReadTxn& txn) {
        auto rows = txn.query("select count(*) from one, two");
        return rows.next();
    }));
}

TEST_CASE("State of a newer release is refused with its numbers") {
    TemporaryFolder folder;
    {
        auto database = open(folder.path());
        const Migration newer[] = {item_migrations()[0], {"test", 2, "create table later (a integer);"}};
        database->migrate(newer);
    }
    CHECK_THROWS_WITH(open(folder.path()),
                      Contains("newer release") && Contains("number 2") && Contains("this release knows 1"));
}

TEST_CASE("State of before the first release is refused, and stays as it is") {
    TemporaryFolder folder;
    {
        auto database = open(folder.path());
        write(*database, [](Txn& txn) {
            put(txn, "kept", "v");
            txn.execute("delete from store_migrations where component = 'format'");
        });
    }
    CHECK_THROWS_WITH(open(folder.path()),
                      Contains("before the first release") && Contains("another state folder"));
}

TEST_CASE("Migrations with a gap are a mistake of the program") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    const Migration gap[] = {{"y", 2, "select 1"}};
    CHECK_THROWS_AS(database->migrate(gap), std::logic_error);
}

TEST_CASE("A second daemon on the same state folder is told who holds it") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    CHECK_THROWS_WITH(open(folder.path()),
                      Contains("is in use by another daemon (process " + std::to_string(::getpid()) + ")") &&
                          Contains(folder.path()));
    database.reset();
    CHECK_NOTHROW(open(folder.path()));
}

TEST_CASE("A file that is no database is refused with advice") {
    TemporaryFolder folder;
    std::ofstream(folder.path() + "/state.db") << std::string(20'000, 'z');
    CHECK_THROWS_WITH(open(folder.path()), Contains("state.db") && Contains("not a database of Fogbank"));
}

TEST_CASE("A damaged page is an error that says so") {
    TemporaryFolder folder;
    {
        auto database = open(folder.path());
        write(*database, [](Txn& txn) {
            for (int i = 0; i < 200; ++i) put(txn, std::to_string(i), std::string(1000, 'v'));
        });
    }
    {
        std::fstream file(folder.path() + "/state.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(8192 * 3);
        for (int i = 0; i < 8192 * 20; ++i) file.put('\x7f');
    }
    auto body = [](ReadTxn& txn) {
        std::size_t bytes = 0;
        for (auto& row : txn.query("select v from item order by k")) bytes += row.blob(0).size();
        return bytes;
    };
    auto open_and_read = [&] { open(folder.path())->read(body); };
    CHECK_THROWS_WITH(open_and_read(), Contains("the file is damaged"));
}

TEST_CASE("A folder that cannot be made is named") {
    CHECK_THROWS_WITH(open("/proc/nowhere/state"), Contains("/proc/nowhere/state"));
}

TEST_CASE("Memory durability leaves nothing behind") {
    std::string file;
    {
        auto database = open("", Durability::memory);
        write(*database, [](Txn& txn) { put(txn, "a", "1"); });
        CHECK(database->read(count) == 1);
        file = database->read([](ReadTxn& txn) {
            auto rows = txn.query("select file from pragma_database_list where name = 'main'");
            return rows.next() ? std::string(rows->text(0)) : std::string();
        });
        CHECK(std::filesystem::exists(file));
    }
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK_FALSE(std::filesystem::exists(std::filesystem::path(file).parent_path()));
}

TEST_CASE("Power durability stores and reads as the others do") {
    TemporaryFolder folder;
    auto database = open(folder.path(), Durability::power);
    write(*database, [](Txn& txn) { put(txn, "a", "1"); });
    CHECK(database->read(count) == 1);
}

TEST_CASE("The write-ahead log stays near its cap while writes go on") {
    TemporaryFolder folder;
    DatabaseOptions options;
    options.folder = folder.path();
    options.wal_cap_bytes = 1 << 20;
    auto database = open_database(options);
    database->migrate(item_migrations());
    std::uintmax_t largest = 0;
    run_task([&]() -> Task<void> {
        for (int i = 0; i < 2'000; ++i) {
            std::string key = std::to_string(i);
            std::string value(8'000, static_cast<char>('a' + i % 26));
            co_await database->write([&](Txn& txn) { put(txn, key, value); });
            largest = std::max(largest, std::filesystem::file_size(folder.path() + "/state.db-wal"));
        }
    });
    CHECK(database->read(count) == 2'000);
    CHECK(largest > 256 * 1024);
    CHECK(largest < 4u * (1 << 20));
}

TEST_CASE("A reader that is idle does not keep the write-ahead log from starting over") {
    TemporaryFolder folder;
    DatabaseOptions options;
    options.folder = folder.path();
    options.wal_cap_bytes = 1 << 20;
    auto database = open_database(options);
    database->migrate(item_migrations());
    run_task([&]() -> Task<void> {
        for (int i = 0; i < 2'000; ++i) {
            if (i % 500 == 10) CHECK(database->read(count) == i);
            std::string key = std::to_string(i);
            std::string value(8'000, static_cast<char>('a' + i % 26));
            co_await database->write([&](Txn& txn) { put(txn, key, value); });
        }
    });
    CHECK(std::filesystem::file_size(folder.path() + "/state.db-wal") < 4u * (1 << 20));
}

TEST_CASE("What the write-ahead log holds is moved into the database once nobody writes") {
    TemporaryFolder folder;
    auto database = open(folder.path());
    const std::string file = folder.path() + "/state.db";
    write(*database, [](Txn& txn) { put(txn, "a", std::string(1 << 20, 'a')); });
    CHECK(std::filesystem::file_size(file) < (1 << 20));
    CHECK(database->read(count) == 1);  // its snapshot stays open, and is not in the way
    int looks = 0;
    while (std::filesystem::file_size(file) < (1 << 20)) {
        if (++looks == 50'000'000) FAIL("a minute has gone");
        std::this_thread::yield();
    }
    write(*database, [](Txn& txn) { put(txn, "b", "2"); });
    CHECK(database->read(count) == 2);
}

}  // namespace
}  // namespace fogbank::store::test
