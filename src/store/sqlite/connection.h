// One SQLite connection and its prepared statements. One thread uses it at a time.
#pragma once

#include "src/store/statement.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace fogbank::store::sqlite {

// The database refused or is broken: never a user's mistake. The text says which file and what to do.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Connection;

class SqliteStatement final : public Statement {
public:
    SqliteStatement(Connection& connection, sqlite3_stmt* handle);
    ~SqliteStatement() override;
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    void bind(int parameter, std::int64_t value) override;
    void bind_text(int parameter, std::string_view value) override;
    void bind_blob(int parameter, std::string_view value) override;
    void bind_text_copy(int parameter, std::string_view value) override;
    void bind_blob_copy(int parameter, std::string_view value) override;
    void bind_null(int parameter) override;
    bool step() override;
    void reset() override;
    std::int64_t integer(int column) const override;
    std::string_view text(int column) const override;
    std::string_view blob(int column) const override;
    bool is_null(int column) const override;

private:
    friend class Connection;
    enum class State { free, ready, row, done };  // free: nobody uses it; ready: bound or being bound

    void check_bind(int code);

    Connection& connection_;
    sqlite3_stmt* handle_;
    bool writes_;          // not a pure read, as SQLite judges it
    bool listed_ = false;  // in the connection's list of statements to release
    State state_ = State::free;
    std::unique_ptr<SqliteStatement> spare_;  // for the same SQL while this one is in use
};

struct ConnectionOptions {
    std::string path;
    const char* vfs = nullptr;       // null: SQLite's default
    std::string pragmas = {};        // run at once after opening
    std::int64_t cache_kib = 2'000;  // upper bound; pages are taken as they are needed
    std::int64_t mmap_bytes = 0;
    int busy_timeout_ms = 5'000;  // how long a call waits for another connection
};

class Connection {
public:
    explicit Connection(const ConnectionOptions& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // The statement of `sql`, reset and unbound. Cached by the address of the literal.
    SqliteStatement& prepare(const char* sql);
    // A cached statement without parameters and rows.
    void run(const char* sql);
    // Several statements, not cached.
    void script(std::string_view sql);
    // Resets what the caller left open, so that no row and no snapshot stays behind.
    void release_statements();

    bool in_transaction() const;
    std::int64_t changes() const;
    // Counts the statements that could have written; equal before and after means that nothing was.
    std::uint64_t writes() const { return writes_; }

    enum class Checkpoint { passive, restart, truncate };
    // Moves pages from the WAL into the database file; false where somebody is in the way.
    bool checkpoint(Checkpoint mode);
    // Counts the WAL's frames, as of the last commit of this connection, instead of checkpointing by itself.
    void watch_wal();
    int wal_frames() const { return wal_frames_; }

    // Throws StoreError for the result code of a call that failed.
    [[noreturn]] void fail(int code, std::string_view doing) const;

private:
    friend class SqliteStatement;
    struct Slot {
        const char* sql = nullptr;
        std::unique_ptr<SqliteStatement> statement;
    };

    std::unique_ptr<SqliteStatement> compile(const char* sql);
    Slot& slot(const char* sql);
    void grow();

    std::string path_;
    sqlite3* handle_ = nullptr;
    std::vector<Slot> slots_;  // open addressing, a power of two
    std::size_t used_ = 0;
    std::vector<SqliteStatement*> active_;
    std::uint64_t writes_ = 0;
    int wal_frames_ = 0;
};

}  // namespace fogbank::store::sqlite
