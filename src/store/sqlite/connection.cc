#include "src/store/sqlite/connection.h"

#include "src/base/log.h"
#include "src/store/disk_full.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <mutex>

namespace fogbank::store::sqlite {
namespace {

constexpr std::size_t kFirstSlots = 64;

void log_from_sqlite(void*, int code, const char* message) {
    // The others reach a caller as an exception, or are normal: a recovered WAL is how a start after a kill
    // looks.
    int kind = code & 0xff;
    if (kind != SQLITE_IOERR && kind != SQLITE_CORRUPT && kind != SQLITE_MISUSE && kind != SQLITE_WARNING)
        return;
    log::warning("sqlite", {{"code", std::to_string(code)}, {"what", message}});
}

// Connections belong to one thread at a time, so SQLite's own locks are waste; memory statistics would take a
// lock for every allocation of every thread.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] {
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        sqlite3_config(SQLITE_CONFIG_LOG, log_from_sqlite, nullptr);
    });
}

int on_commit(void* frames, sqlite3*, const char*, int pages) {
    *static_cast<int*>(frames) = pages;
    return SQLITE_OK;
}

std::size_t hash_of(const char* sql) {
    auto bits = reinterpret_cast<std::uintptr_t>(sql);
    return (bits * 0x9E3779B97F4A7C15ull) >> 32;
}

std::string advice(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "the disk is full; free some space and try again";
        case SQLITE_NOTADB:
            return "it is not a database of Fogbank; move the file away or name another state folder";
        case SQLITE_CORRUPT:
            return "the file is damaged; restore a copy, or move it away to start empty";
        case SQLITE_IOERR:
            return "the disk reported an error";
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            return "it cannot be opened for writing; look at the permissions of the folder";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "another process uses it";
        default:
            return "";
    }
}

}  // namespace

Connection::Connection(const ConnectionOptions& options) : path_(options.path), slots_(kFirstSlots) {
    configure_library();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path_.c_str(), &handle_, flags, options.vfs);
    try {
        if (code != SQLITE_OK) fail(code, "open");
        sqlite3_extended_result_codes(handle_, 1);
        sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        // Debian's SQLite overwrites what is deleted with zeros; nothing here is that secret.
        script(
            fmt::format("pragma secure_delete = 0; pragma temp_store = memory; pragma cache_size = -{}; "
                        "pragma mmap_size = {}; {}",
                        options.cache_kib, options.mmap_bytes, options.pragmas));
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Connection::~Connection() {
    active_.clear();
    slots_.clear();
    sqlite3_close_v2(handle_);
}

void Connection::fail(int code, std::string_view doing) const {
    const char* detail = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
    std::string hint = advice(code);
    std::string text =
        fmt::format("{}: {}{}{} [{}, while: {}]", path_, detail, hint.empty() ? "" : ": ", hint, code, doing);
    if ((code & 0xff) == SQLITE_FULL) throw DiskFull(text);
    throw StoreError(text);
}

std::unique_ptr<SqliteStatement> Connection::compile(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    if (code != SQLITE_OK) fail(code, sql);
    if (handle == nullptr) throw std::logic_error("no statement in: " + std::string(sql));
    if (rest != nullptr && std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos) {
        sqlite3_finalize(handle);
        throw std::logic_error("more than one statement in: " + std::string(sql));
    }
    return std::make_unique<SqliteStatement>(*this, handle);
}

Connection::Slot& Connection::slot(const char* sql) {
    std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(sql) & mask;
    while (slots_[at].sql != nullptr && slots_[at].sql != sql) at = (at + 1) & mask;
    return slots_[at];
}

void Connection::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (Slot& entry : old) {
        if (entry.sql != nullptr) slot(entry.sql) = std::move(entry);
    }
}

SqliteStatement& Connection::prepare(const char* sql) {
    Slot* found = &slot(sql);
    if (found->sql == nullptr) {
        auto compiled = compile(sql);
        if (++used_ * 2 > slots_.size()) {
            grow();
            found = &slot(sql);
        }
        *found = Slot{sql, std::move(compiled)};
    } else if (std::strcmp(sqlite3_sql(found->statement->handle_), sql) != 0) {
        // Text that is built at run time may come to stand where another text was.
        throw std::logic_error("SQL must be a literal: " + std::string(sql));
    }
    SqliteStatement* statement = found->statement.get();
    while (statement->state_ != SqliteStatement::State::free) {
        if (statement->spare_ == nullptr) statement->spare_ = compile(sql);
        statement = statement->spare_.get();
    }
    sqlite3_clear_bindings(statement->handle_);
    statement->state_ = SqliteStatement::State::ready;
    if (!statement->listed_) {
        statement->listed_ = true;
        active_.push_back(statement);
    }
    return *statement;
}

void Connection::run(const char* sql) {
    SqliteStatement& statement = prepare(sql);
    while (statement.step()) {
    }
    statement.reset();
}

void Connection::script(std::string_view sql) {
    ++writes_;
    char* message = nullptr;
    int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, &message);
    sqlite3_free(message);
    if (code != SQLITE_OK) fail(code, sql.substr(0, 200));
}

void Connection::release_statements() {
    for (SqliteStatement* statement : active_) {
        statement->reset();
        statement->listed_ = false;
    }
    active_.clear();
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle_);
}

bool Connection::checkpoint(Checkpoint mode) {
    int how = mode == Checkpoint::passive   ? SQLITE_CHECKPOINT_PASSIVE
              : mode == Checkpoint::restart ? SQLITE_CHECKPOINT_RESTART
                                            : SQLITE_CHECKPOINT_TRUNCATE;
    int frames = 0;
    int moved = 0;
    int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, how, &frames, &moved);
    if (code == SQLITE_OK) {
        if (mode != Checkpoint::passive) wal_frames_ = 0;
        return frames == moved;
    }
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
    fail(code, "checkpoint");
}

void Connection::watch_wal() {
    sqlite3_wal_hook(handle_, on_commit, &wal_frames_);
}

}  // namespace fogbank::store::sqlite
