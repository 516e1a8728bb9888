#include "services/dynamodb/store/index_jobs.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kChunk = 200;  // items a transaction

void start(store::Txn& txn, const Table& table, const Index& index, std::string_view kind) {
    txn.execute(
        "insert into dynamodb_index_jobs (table_number, index_number, kind, cursor) values (?1, ?2, ?3, ?4) "
        "on conflict (table_number, index_number) do update set kind = excluded.kind, cursor = "
        "excluded.cursor",
        table.number, index.number, kind, store::Blob{});
    txn.notify(kWorkChannel);
}

struct Job {
    std::int64_t table = 0;
    std::int64_t index = 0;
    std::string kind;
    std::string cursor;
};

void end(store::Txn& txn, const Job& job) {
    txn.execute("delete from dynamodb_index_jobs where table_number = ?1 and index_number = ?2", job.table,
                job.index);
}

void erase_entries(store::Txn& txn, const Job& job) {
    const std::int64_t erased = txn.execute(
        "delete from dynamodb_index_entries where table_number = ?1 and index_number = ?2 and key in "
        "(select key from dynamodb_index_entries where table_number = ?1 and index_number = ?2 limit ?3)",
        job.table, job.index, kChunk);
    if (erased == 0) end(txn, job);
}

struct Entry {
    std::string item_key;
    std::optional<std::string> key;
};

std::vector<Entry> next_entries(store::ReadTxn& txn, const Job& job, const Index& index) {
    std::vector<Entry> entries;
    for (const auto& row :
         txn.query("select key, item from dynamodb_items where table_number = ?1 and key > ?2 "
                   "order by key limit ?3",
                   job.table, store::Blob{job.cursor}, kChunk)) {
        Entry& entry = entries.emplace_back();
        entry.item_key = row.blob(0);
        // An item whose value cannot be a key of the index is left out, as AWS does.
        entry.key = index_bytes(index, decode_stored(row.text(1)), entry.item_key);
    }
    return entries;
}

void fill(store::Txn& txn, const Job& job) {
    const TablePtr found = load_table(txn, job.table);
    if (found == nullptr) return end(txn, job);
    Table table = *found;
    const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                    [&](const Index& each) { return each.number == job.index; });
    if (index == table.indexes.end()) return end(txn, job);
    const std::vector<Entry> entries = next_entries(txn, job, *index);
    for (const Entry& entry : entries) {
        if (!entry.key) continue;
        txn.execute(
            "insert into dynamodb_index_entries (table_number, index_number, key, item_key) values (?1, ?2, "
            "?3, ?4) "
            "on conflict (table_number, index_number, key) do nothing",
            job.table, job.index, store::Blob{*entry.key}, store::Blob{entry.item_key});
    }
    if (!entries.empty()) {
        txn.execute(
            "update dynamodb_index_jobs set cursor = ?3 where table_number = ?1 and index_number = ?2",
            job.table, job.index, store::Blob{entries.back().item_key});
        return;
    }
    index->is_filling = false;
    store_table(txn, table);
    end(txn, job);
}

}  // namespace

void start_filling(store::Txn& txn, const Table& table, const Index& index) {
    start(txn, table, index, "fill");
}

void start_erasing(store::Txn& txn, const Table& table, const Index& index) {
    start(txn, table, index, "erase");
}

bool fill_or_erase_index(store::Txn& txn) {
    Job job;
    {
        auto rows = txn.query(
            "select table_number, index_number, kind, cursor from dynamodb_index_jobs "
            "order by table_number, index_number limit 1");
        if (!rows.next()) return false;
        job = {rows->integer(0), rows->integer(1), std::string(rows->text(2)), std::string(rows->blob(3))};
    }
    if (job.kind == "fill") {
        fill(txn, job);
    } else {
        erase_entries(txn, job);
    }
    return true;
}

std::int64_t count_fillings(store::ReadTxn& txn, std::string_view account) {
    auto rows = txn.query(
        "select count(*) from dynamodb_index_jobs j join dynamodb_tables t on t.number = j.table_number "
        "where j.kind = 'fill' and (?1 = '' or t.account = ?1)",
        account);
    return rows.next() ? rows->integer(0) : 0;
}

}  // namespace fogbank::dynamodb
