// Imports of tables: how far each is.
#pragma once

#include "services/dynamodb/store/exports.h"

namespace fogbank::dynamodb {

struct Import {
    std::int64_t number = 0;
    std::string account;
    std::string region;
    std::string table_name;
    std::string id;
    std::int64_t table_number = 0;
    std::string table_id;
    std::string request;  // the operation's input
    std::string token;
    std::string digest;  // of the request
    std::string status;  // IN_PROGRESS, COMPLETED, FAILED
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> ended_ms;
    std::string last_key;   // of the last object that is done
    std::int64_t done = 0;  // items of the next one
    std::int64_t bytes = 0;
    std::int64_t processed = 0;
    std::int64_t imported = 0;
    std::int64_t errors = 0;
    Failure failure;

    std::string table_arn() const {
        return "arn:aws:dynamodb:" + region + ":" + account + ":table/" + table_name;
    }
    std::string arn() const { return table_arn() + "/import/" + id; }
};

void insert_import(store::Txn& txn, Import& made);
std::optional<Import> find_import(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view id);
// By the client's token, not older than `since_ms`.
std::optional<Import> find_import(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view token, std::int64_t since_ms);
// With a number above `after`, of one table or of all (empty name).
std::vector<Import> list_imports(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t since_ms);
// One that is in progress.
std::optional<Import> next_import(store::ReadTxn& txn);
std::int64_t count_imports(store::ReadTxn& txn, std::string_view account);  // in progress

// Stores what moves: last_key, done and the counts.
void move_import(store::Txn& txn, const Import& job);
// Ends it; the table is usable then, or gone where the import failed.
void end_import(store::Txn& txn, const Import& job, const Failure& failure, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
