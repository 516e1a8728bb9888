#include "services/dynamodb/store/copies.h"

#include "services/dynamodb/store/backups.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/store/stamps.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kChunk = 200;  // items a transaction

struct Job {
    std::int64_t id = 0;
    Copy copy;
    std::int64_t phase = 0;
    std::string cursor;
};

struct CopiedItem {
    std::string key;
    std::string json;
    std::int64_t size = 0;
};

std::optional<Job> next_job(store::ReadTxn& txn) {
    auto rows = txn.query(
        "select id, source, target, position, phase, cursor from dynamodb_copies order by id limit 1");
    if (!rows.next()) return std::nullopt;
    Job job;
    job.id = rows->integer(0);
    job.copy = {rows->integer(1), rows->integer(2), rows->integer(3)};
    job.phase = rows->integer(4);
    job.cursor = rows->blob(5);
    return job;
}

std::vector<CopiedItem> next_items(store::ReadTxn& txn, const Job& job) {
    std::vector<CopiedItem> out;
    for (const auto& row : txn.query("select key, item, size from dynamodb_items where table_number = ?1 and "
                                     "key > ?2 order by key limit ?3",
                                     job.copy.source, store::Blob{job.cursor}, kChunk)) {
        out.push_back({std::string(row.blob(0)), std::string(row.text(1)), row.integer(2)});
    }
    return out;
}

// Puts the item into the target, with its entries of indexes where that is a table. The same item may come
// twice: from the source's items, and from its history.
void put(store::Txn& txn, const TablePtr& target, std::int64_t place, const CopiedItem& item) {
    if (target == nullptr) {
        txn.execute(
            "insert into dynamodb_items (table_number, key, size, item) values (?1, ?2, ?3, ?4) "
            "on conflict (table_number, key) do nothing",
            place, store::Blob{item.key}, item.size, std::string_view(item.json));
        return;
    }
    const AttributeMap attributes = decode_stored(item.json);
    ItemWrite write;
    write.kind = ItemWrite::Kind::put;
    write.table = target;
    write.key = item.key;
    write.attributes = &attributes;
    write.json = item.json;
    write.size = static_cast<std::size_t>(item.size);
    // A replica may have got a later write already.
    if (!target->replicas.empty() && find_stamp(txn, target->number, write.key)) return;
    Writer by;
    by.kind = Writer::Kind::copy;
    run(txn, write, by);
}

// Of phase 1.
std::int64_t last_entry(const Job& job) {
    return job.cursor.empty() ? job.copy.position : std::stoll(job.cursor);
}

void move_cursor(store::Txn& txn, const Job& job, std::int64_t phase, std::string_view cursor) {
    txn.execute("update dynamodb_copies set phase = ?2, cursor = ?3 where id = ?1", job.id, phase,
                store::Blob{cursor});
}

void finish(store::Txn& txn, const Job& job) {
    txn.execute("delete from dynamodb_copies where id = ?1", job.id);
    if (job.copy.target < 0) {
        finish_backup(txn, -job.copy.target);
    } else if (const TablePtr found = load_table(txn, job.copy.target)) {
        Table table = *found;
        if (table.restoring && table.restoring->is_restore()) table.restored = table.restoring;
        table.restoring.reset();
        store_table(txn, table);
    }
    if (job.copy.position != kUnchanging) {
        if (const TablePtr found = load_table(txn, job.copy.source)) {
            Table table = *found;
            --table.copies;
            store_table(txn, table);
            if (!table.keeps_history()) start_erasing_history(txn, table.number);
        }
    }
    txn.notify("idle");
}

}  // namespace

void start_copy(store::Txn& txn, const Copy& copy) {
    txn.execute(
        "insert into dynamodb_copies (source, target, position, phase, cursor) values (?1, ?2, ?3, 0, ?4)",
        copy.source, copy.target, copy.position, store::Blob{});
    txn.notify(kWorkChannel);
}

bool is_being_copied(store::ReadTxn& txn, std::int64_t source) {
    return txn.query("select 1 from dynamodb_copies where source = ?1 limit 1", source).next();
}

bool copy_chunk(store::Txn& txn) {
    const std::optional<Job> job = next_job(txn);
    if (!job) return false;
    const bool keeps_history = job->copy.position != kUnchanging;
    const TablePtr target = job->copy.target > 0 ? load_table(txn, job->copy.target) : nullptr;
    if (job->copy.target > 0 && target == nullptr) {
        finish(txn, *job);
        return true;
    }
    if (job->phase == 0) {
        const std::vector<CopiedItem> items = next_items(txn, *job);
        for (const CopiedItem& item : items) {
            CopiedItem copied = item;
            if (keeps_history) {
                PastItem past = item_at(txn, job->copy.source, item.key, job->copy.position);
                if (past.is_known && !past.json) continue;
                if (past.is_known) copied = {item.key, std::move(*past.json), past.size};
            }
            put(txn, target, job->copy.target, copied);
        }
        if (!items.empty()) {
            move_cursor(txn, *job, 0, items.back().key);
        } else if (keeps_history) {
            move_cursor(txn, *job, 1, {});
        } else {
            finish(txn, *job);
        }
        return true;
    }
    const auto entries = entries_after(txn, job->copy.source, last_entry(*job), kChunk);
    for (const HistoryEntry& entry : entries) {
        PastItem past = item_at(txn, job->copy.source, entry.key, job->copy.position);
        if (past.json) put(txn, target, job->copy.target, {entry.key, std::move(*past.json), past.size});
    }
    if (entries.empty()) {
        finish(txn, *job);
    } else {
        move_cursor(txn, *job, 1, std::to_string(entries.back().id));
    }
    return true;
}

std::int64_t count_copies(store::ReadTxn& txn, std::string_view account) {
    auto rows = txn.query(
        "select count(*) from dynamodb_copies c where ?1 = '' or exists (select 1 from dynamodb_tables t "
        "where t.number in (c.source, c.target) and t.account = ?1)",
        account);
    return rows.next() ? rows->integer(0) : 0;
}

}  // namespace fogbank::dynamodb
