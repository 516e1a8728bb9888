#include "src/store/sqlite/connection.h"

#include <sqlite3.h>

#include <cstring>

namespace fogbank::store::sqlite {
namespace {

// SQLite takes a null pointer for NULL, and an empty view may hold one.
const char* data_of(std::string_view value) {
    return value.data() == nullptr ? "" : value.data();
}

// SQLITE_TRANSIENT is a cast of -1 to a function pointer in C style.
sqlite3_destructor_type transient() {
    return reinterpret_cast<sqlite3_destructor_type>(static_cast<std::intptr_t>(-1));
}

constexpr sqlite3_destructor_type kBorrowed = nullptr;  // SQLITE_STATIC

}  // namespace

SqliteStatement::SqliteStatement(Connection& connection, sqlite3_stmt* handle)
    : connection_(connection), handle_(handle), writes_(sqlite3_stmt_readonly(handle) == 0) {}

SqliteStatement::~SqliteStatement() {
    sqlite3_finalize(handle_);
}

void SqliteStatement::check_bind(int code) {
    if (code != SQLITE_OK) connection_.fail(code, sqlite3_sql(handle_));
}

void SqliteStatement::bind(int parameter, std::int64_t value) {
    check_bind(sqlite3_bind_int64(handle_, parameter, value));
}

void SqliteStatement::bind_text(int parameter, std::string_view value) {
    check_bind(sqlite3_bind_text64(handle_, parameter, data_of(value), value.size(), kBorrowed, SQLITE_UTF8));
}

void SqliteStatement::bind_blob(int parameter, std::string_view value) {
    check_bind(sqlite3_bind_blob64(handle_, parameter, data_of(value), value.size(), kBorrowed));
}

void SqliteStatement::bind_text_copy(int parameter, std::string_view value) {
    check_bind(
        sqlite3_bind_text64(handle_, parameter, data_of(value), value.size(), transient(), SQLITE_UTF8));
}

void SqliteStatement::bind_blob_copy(int parameter, std::string_view value) {
    check_bind(sqlite3_bind_blob64(handle_, parameter, data_of(value), value.size(), transient()));
}

void SqliteStatement::bind_null(int parameter) {
    check_bind(sqlite3_bind_null(handle_, parameter));
}

bool SqliteStatement::step() {
    // SQLite would start a finished statement over.
    if (state_ == State::done) return false;
    if (writes_ && state_ != State::row) ++connection_.writes_;
    int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) {
        state_ = State::row;
        return true;
    }
    if (code == SQLITE_DONE) {
        state_ = State::done;
        return false;
    }
    try {
        connection_.fail(code, sqlite3_sql(handle_));
    } catch (...) {
        reset();
        throw;
    }
}

void SqliteStatement::reset() {
    if (state_ == State::free) return;
    sqlite3_reset(handle_);
    state_ = State::free;
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string_view SqliteStatement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(handle_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view SqliteStatement::blob(int column) const {
    const void* bytes = sqlite3_column_blob(handle_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool SqliteStatement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

}  // namespace fogbank::store::sqlite
