#include "src/store/database.h"

#include "src/base/log.h"
#include "src/store/sqlite/migrations.h"
#include "src/store/sqlite/readers.h"
#include "src/store/sqlite/writer.h"
#include "src/store/state_folder.h"
#include "src/store/work_pool.h"

#include <fmt/format.h>

namespace fogbank::store::sqlite {
namespace {

// One process owns the file: file locks are taken once, and the WAL's index lives in memory instead of a file
// that is locked and unlocked with system calls at every read.
constexpr const char* kVfs = "unix-excl";
constexpr std::int64_t kWriterCacheKib = 16 * 1024;
constexpr std::int64_t kReaderCacheKib = 4 * 1024;
constexpr std::int64_t kMmapBytes = std::int64_t{1} << 30;
// The writer waits for others only to start the WAL over, and tries again later.
constexpr int kBusyTimeoutMs = 100;
constexpr std::size_t kPoolThreads = 2;
constexpr std::size_t kPoolQueue = 10'000;

const char* synchronous(Durability durability) {
    switch (durability) {
        case Durability::process:
            return "pragma synchronous = normal;";
        case Durability::power:
            return "pragma synchronous = full;";
        case Durability::memory:
            return "pragma synchronous = off;";
    }
    return "";
}

StateFolder::Lifetime lifetime_of(Durability durability) {
    return durability == Durability::memory ? StateFolder::Lifetime::temporary : StateFolder::Lifetime::kept;
}

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(const DatabaseOptions& options);
    ~SqliteDatabase() override { close(); }

    Signal& channel(std::string_view name) override { return channels_.find(name); }
    void migrate(std::span<const Migration> migrations) override;
    std::int64_t boot() const override { return boot_; }
    std::int64_t epoch() const override { return epoch_.load(); }
    Task<void> reset(std::function<void(Txn&)> body) override;
    void close() override;

protected:
    void enqueue(detail::Job& job) override { writer_->enqueue(job); }
    ReadTxn& begin_read() override { return readers_.begin(); }
    void end_read(ReadTxn& txn) override { readers_.end(txn); }
    void run_in_pool(std::function<void()> work) override { pool_.run(std::move(work)); }

private:
    ConnectionOptions connection(std::int64_t cache_kib, const char* pragmas) const;
    void start_boot();
    void move_pages();

    StateFolder folder_;
    const DatabaseOptions options_;
    Channels channels_;
    Connection connection_;
    std::atomic<std::uint64_t> commits_{0};
    Readers readers_;
    WorkPool pool_;
    std::unique_ptr<Connection> checkpointer_;  // opened when the WAL first grows large
    std::unique_ptr<Writer> writer_;
    std::int64_t boot_ = 0;
    std::atomic<std::int64_t> epoch_{0};
};

// A new file is laid out without waiting for the disk: until the first commit it holds nothing.
constexpr const char* kWriterPragmas =
    "pragma synchronous = off; pragma page_size = 8192; pragma journal_mode = wal;"
    "create table if not exists store_values (name text not null primary key, value integer not null)";
constexpr const char* kReaderPragmas = "pragma query_only = 1;";

SqliteDatabase::SqliteDatabase(const DatabaseOptions& options)
    : folder_(options.folder, lifetime_of(options.durability)),
      options_(options),
      connection_(connection(kWriterCacheKib, kWriterPragmas)),
      readers_(connection(kReaderCacheKib, kReaderPragmas),
               static_cast<std::size_t>(std::max(options.readers, 1)), commits_),
      pool_("reader", kPoolThreads, kPoolQueue) {
    connection_.script(synchronous(options.durability));
    connection_.script(fmt::format("pragma journal_size_limit = {}", options.wal_cap_bytes));
    start_boot();
    writer_ = std::make_unique<Writer>(connection_, channels_, readers_, commits_,
                                       WriterLimits{options.queue_limit, options.wal_cap_bytes},
                                       [this] { move_pages(); });
}

ConnectionOptions SqliteDatabase::connection(std::int64_t cache_kib, const char* pragmas) const {
    return {folder_.path() + "/state.db", kVfs, pragmas, cache_kib, kMmapBytes, kBusyTimeoutMs};
}

void SqliteDatabase::start_boot() {
    connection_.run("begin immediate");
    connection_.run(kMigrationsTable);
    connection_.run(
        "insert into store_values (name, value) values ('boot', 1), ('epoch', 1) "
        "on conflict (name) do update set value = store_values.value + 1 where name = 'boot'");
    Statement& statement = connection_.prepare("select name, value from store_values");
    while (statement.step()) {
        if (statement.text(0) == "boot") boot_ = statement.integer(1);
        if (statement.text(0) == "epoch") epoch_ = statement.integer(1);
    }
    connection_.release_statements();
    connection_.run("commit");
}

void SqliteDatabase::migrate(std::span<const Migration> migrations) {
    auto applied = read([](ReadTxn& txn) { return applied_migrations(txn); });
    auto missing = missing_migrations(migrations, applied);
    if (!missing.empty()) apply_migrations(*writer_, missing);
}

Task<void> SqliteDatabase::reset(std::function<void(Txn&)> body) {
    auto raise_and_run = [this, &body](Txn& txn) {
        std::int64_t epoch = 0;
        {
            auto rows =
                txn.query("update store_values set value = value + 1 where name = 'epoch' returning value");
            if (rows.next()) epoch = rows->integer(0);
        }
        body(txn);
        txn.after_commit([this, epoch] { epoch_ = epoch; });
    };
    co_await write(raise_and_run);
}

void SqliteDatabase::move_pages() {
    try {
        if (checkpointer_ == nullptr) {
            checkpointer_ = std::make_unique<Connection>(connection(64, synchronous(options_.durability)));
        }
        checkpointer_->checkpoint(Connection::Checkpoint::passive);
    } catch (const std::exception& e) {
        log::error("a checkpoint failed", {{"what", e.what()}});
    }
}

void SqliteDatabase::close() {
    pool_.stop();
    writer_->stop();
    readers_.close();
}

}  // namespace
}  // namespace fogbank::store::sqlite

namespace fogbank::store {

std::unique_ptr<Database> open_database(const DatabaseOptions& options) {
    return std::make_unique<sqlite::SqliteDatabase>(options);
}

}  // namespace fogbank::store
