// What items were before they were written: for copies of a table as it was at some time.
#pragma once

#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

struct ItemChange;

// In the transaction of a write to a table that keeps its history.
void append_history(store::Txn& txn, const Table& table, const std::string& key, const ItemChange& change,
                    std::int64_t now_ms);

// The number of the last entry so far; later ones have greater numbers.
std::int64_t last_history(store::ReadTxn& txn);
// The number of the last entry that is not after `time_ms`, as far as the table goes.
std::int64_t history_at(store::ReadTxn& txn, std::int64_t table, std::int64_t time_ms);

struct PastItem {
    bool is_known = false;            // false: not written since, so it is what it is now
    std::optional<std::string> json;  // nothing: it did not exist
    std::int64_t size = 0;
};
// The item as it was right after entry `position`.
PastItem item_at(store::ReadTxn& txn, std::int64_t table, std::string_view key, std::int64_t position);
struct HistoryEntry {
    std::int64_t id = 0;
    std::string key;
};
// Entries of the table with greater numbers, in their order.
std::vector<HistoryEntry> entries_after(store::ReadTxn& txn, std::int64_t table, std::int64_t id,
                                        std::int64_t limit);

// Queues the history of a table for erasure.
void start_erasing_history(store::Txn& txn, std::int64_t table);
// Erases a chunk of what is queued, or of what no recovery reaches any more; false where there is nothing.
bool erase_history(store::Txn& txn, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
