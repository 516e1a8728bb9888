#include "services/dynamodb/store/history.h"

#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/store/tables.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kEraseChunk = 500;
// docs: "RecoveryPeriodInDays", at most 35.
constexpr std::int64_t kLongestMs = 35LL * 24 * 60 * 60 * 1000;

}  // namespace

void append_history(store::Txn& txn, const Table& table, const std::string& key, const ItemChange& change,
                    std::int64_t now_ms) {
    std::optional<std::string_view> item;
    if (change.existed) item = change.old_json;
    auto rows = txn.query(
        "insert into dynamodb_history (table_number, key, at_ms, size, item) values (?1, ?2, ?3, ?4, ?5) "
        "returning id",
        table.number, store::Blob{key}, now_ms, change.old_size, item);
    // Every so often the worker looks for what is too old.
    constexpr std::int64_t kTrimEvery = 256;
    if (rows.next() && rows->integer(0) % kTrimEvery == 0) txn.notify(kWorkChannel);
}

std::int64_t last_history(store::ReadTxn& txn) {
    auto rows = txn.query("select id from dynamodb_history order by id desc limit 1");
    return rows.next() ? rows->integer(0) : 0;
}

std::int64_t history_at(store::ReadTxn& txn, std::int64_t table, std::int64_t time_ms) {
    // Entries are in the order of their times, but for requests that overtook each other.
    std::int64_t low = 0;
    std::int64_t high = last_history(txn);
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2 + 1;
        auto rows = txn.query(
            "select at_ms from dynamodb_history where table_number = ?1 and id >= ?2 order by id limit 1",
            table, middle);
        const bool is_after = !rows.next() || rows->integer(0) > time_ms;
        if (is_after) {
            high = middle - 1;
        } else {
            low = middle;
        }
    }
    return low;
}

PastItem item_at(store::ReadTxn& txn, std::int64_t table, std::string_view key, std::int64_t position) {
    auto rows = txn.query(
        "select item, size from dynamodb_history where table_number = ?1 and key = ?2 and id > ?3 "
        "order by id limit 1",
        table, store::Blob{key}, position);
    PastItem out;
    if (!rows.next()) return out;
    out.is_known = true;
    out.size = rows->integer(1);
    if (!rows->is_null(0)) out.json = rows->text(0);
    return out;
}

std::vector<HistoryEntry> entries_after(store::ReadTxn& txn, std::int64_t table, std::int64_t id,
                                        std::int64_t limit) {
    std::vector<HistoryEntry> out;
    for (const auto& row :
         txn.query("select id, key from dynamodb_history where table_number = ?1 and id > ?2 "
                   "order by id limit ?3",
                   table, id, limit)) {
        out.push_back({row.integer(0), std::string(row.blob(1))});
    }
    return out;
}

void start_erasing_history(store::Txn& txn, std::int64_t table) {
    txn.execute("insert into dynamodb_history_erasures (table_number) values (?1) on conflict do nothing",
                table);
    txn.notify(kWorkChannel);
}

bool erase_history(store::Txn& txn, std::int64_t now_ms) {
    std::int64_t table = 0;
    {
        auto rows = txn.query(
            "select table_number from dynamodb_history_erasures where table_number not in "
            "(select source from dynamodb_copies) limit 1");
        if (rows.next()) table = rows->integer(0);
    }
    if (table == 0) {
        return txn.execute(
                   "delete from dynamodb_history where id in "
                   "(select id from dynamodb_history order by id limit ?1) and at_ms < ?2",
                   kEraseChunk, now_ms - kLongestMs) > 0;
    }
    // Recovery may have been enabled again meanwhile; what is older than that is out of its reach anyway.
    const TablePtr found = load_table(txn, table);
    const std::int64_t below_ms =
        found != nullptr && found->keeps_history() ? found->recovery.since_ms : INT64_MAX;
    const std::int64_t erased = txn.execute(
        "delete from dynamodb_history where id in "
        "(select id from dynamodb_history where table_number = ?1 and at_ms < ?2 limit ?3)",
        table, below_ms, kEraseChunk);
    if (erased == 0) txn.execute("delete from dynamodb_history_erasures where table_number = ?1", table);
    return true;
}

}  // namespace fogbank::dynamodb
