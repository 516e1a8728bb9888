// Backups as rows. Their items are copied by store/copies.
#pragma once

#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

struct Backup {
    std::int64_t number = 0;
    std::string id;      // the last part of its ARN
    std::string name;    // BackupName
    std::string type;    // USER, SYSTEM
    std::string status;  // CREATING, AVAILABLE
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> expires_ms;
    std::int64_t items = 0;
    std::int64_t bytes = 0;
    Table table;  // as it was
    // What stands for a table's number in dynamodb_items.
    std::int64_t place() const { return -number; }
};

// Sets the number.
void insert_backup(store::Txn& txn, Backup& backup);
void finish_backup(store::Txn& txn, std::int64_t number);
// Its items are erased later, in chunks.
void erase_backup(store::Txn& txn, const Backup& backup);

struct BackupKey {
    std::string_view account;
    std::string_view region;
    std::string_view table_name;
    std::string_view id;
};
std::optional<Backup> find_backup(store::ReadTxn& txn, const BackupKey& key);

struct BackupFilter {
    std::string account;
    std::string region;
    std::string table_name;  // empty: all
    std::string type;        // empty: all
    std::int64_t from_ms = 0;
    std::int64_t below_ms = 0;  // 0: no bound
    std::int64_t after_ms = 0;  // the place of the last one that was seen
    std::int64_t after_number = 0;
};
// In the order of their creation.
std::vector<Backup> list_backups(store::ReadTxn& txn, const BackupFilter& filter, std::int64_t limit);

// Erases a backup whose time is over; false where there is none.
bool erase_expired_backup(store::Txn& txn, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
