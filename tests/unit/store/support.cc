#include "tests/unit/store/support.h"

#include <boost/asio/co_spawn.hpp>

#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace fogbank::store::test {

TemporaryFolder::TemporaryFolder() {
    path_ = (std::filesystem::temp_directory_path() / "fogbank-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

boost::asio::io_context& new_loop() {
    static std::mutex mutex;
    static std::deque<boost::asio::io_context> kept;
    std::lock_guard lock(mutex);
    return kept.emplace_back();
}

void run_task(const std::function<Task<void>()>& make_task) {
    boost::asio::io_context& loop = new_loop();
    std::exception_ptr error;
    boost::asio::co_spawn(loop, make_task, [&](std::exception_ptr thrown) { error = thrown; });
    loop.run();
    if (error) std::rethrow_exception(error);
}

void put(Txn& txn, std::string_view key, std::string_view value) {
    txn.execute("insert into item (k, v) values (?1, ?2) on conflict (k) do update set v = excluded.v", key,
                Blob{value});
}

std::optional<std::string> get(ReadTxn& txn, std::string_view key) {
    auto rows = txn.query("select v from item where k = ?1", key);
    if (!rows.next()) return std::nullopt;
    return std::string(rows->blob(0));
}

std::int64_t count(ReadTxn& txn) {
    auto rows = txn.query("select count(*) from item");
    return rows.next() ? rows->integer(0) : -1;
}

std::span<const Migration> item_migrations() {
    static constexpr Migration kMigrations[] = {
        {"test", 1, "create table item (k text not null primary key, v blob not null);"}};
    return kMigrations;
}

std::unique_ptr<Database> open(const std::string& folder, Durability durability) {
    DatabaseOptions options;
    options.folder = folder;
    options.durability = durability;
    auto database = open_database(options);
    database->migrate(item_migrations());
    return database;
}

struct HeldWriter::State {
    std::promise<void> inside;
    std::promise<void> go_on;
    std::thread thread;
};

HeldWriter::HeldWriter(Database& database) : state_(std::make_unique<State>()) {
    std::shared_future<void> go_on = state_->go_on.get_future().share();
    auto entered = state_->inside.get_future();
    state_->thread = std::thread([state = state_.get(), &database, go_on] {
        bool first = true;
        write(database, [&](Txn&) {
            if (std::exchange(first, false)) state->inside.set_value();
            go_on.wait();
        });
    });
    entered.wait();
}

HeldWriter::~HeldWriter() {
    state_->go_on.set_value();
    state_->thread.join();
}

}  // namespace fogbank::store::test
