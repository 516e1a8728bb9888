// A database in a folder of its own and an event loop to run tasks on.
#pragma once

#include "src/base/task.h"
#include "src/store/database.h"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fogbank::store::test {

class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// A loop that stays until the program ends: a task resumes, and may end, while the writer is still inside the
// post() that woke it.
boost::asio::io_context& new_loop();

// Runs `make_task()` to its end on a loop of its own and returns what it gives or throws what it throws.
void run_task(const std::function<Task<void>()>& make_task);

template <class F>
auto wait_for(F make_task) {
    using R = typename std::invoke_result_t<F&>::value_type;
    std::optional<R> result;
    run_task([&]() -> Task<void> { result = co_await make_task(); });
    return std::move(*result);
}

// One write, waited for.
template <class F>
auto write(Database& database, F body) {
    using R = std::invoke_result_t<F&, Txn&>;
    if constexpr (std::is_void_v<R>) {
        run_task([&]() -> Task<void> { co_await database.write(body); });
    } else {
        std::optional<R> result;
        run_task([&]() -> Task<void> { result = co_await database.write(body); });
        return std::move(*result);
    }
}

// A row of the table `item` (k text primary key, v blob), which open() makes.
void put(Txn& txn, std::string_view key, std::string_view value);
std::optional<std::string> get(ReadTxn& txn, std::string_view key);
std::int64_t count(ReadTxn& txn);
std::span<const Migration> item_migrations();
std::unique_ptr<Database> open(const std::string& folder, Durability durability = Durability::process);

// Holds the writer inside a body until it goes, so that what is queued meanwhile shares one batch.
class HeldWriter {
public:
    explicit HeldWriter(Database& database);
    ~HeldWriter();  // waits for the writer to go on

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fogbank::store::test
