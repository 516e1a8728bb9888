#include "services/dynamodb/store/expiries.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/value/codec.h"
#include "services/dynamodb/value/number.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kFillChunk = 200;  // items a transaction
constexpr std::int64_t kExpireChunk = 100;

// docs: "Using time to live (TTL) in DynamoDB", "a Unix epoch timestamp ... more than five years in the past"
// is not deleted.
constexpr std::int64_t kMaxAgeSeconds = 5LL * 365 * 24 * 60 * 60;

// docs: an item is expired when the current time is greater than the time in the attribute.
std::int64_t expired_below(std::int64_t now_ms) {
    return (now_ms + 999) / 1000;
}

std::int64_t too_old_below(std::int64_t now_ms) {
    return now_ms / 1000 - kMaxAgeSeconds;
}

// The whole seconds in the attribute; nothing where it is no number, or none that a clock reaches.
std::optional<std::int64_t> due_of(const Table& table, const AttributeMap& item) {
    const AttributeValue* value = item.find(table.ttl_attribute);
    if (value == nullptr || value->type() != AttributeValue::Type::N) return std::nullopt;
    const std::string& text = value->text();
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || seconds <= 0) return std::nullopt;
    if (end != text.data() + text.size() && *end != '.') return std::nullopt;
    constexpr std::int64_t kLast = 253'402'300'799;  // 9999-12-31T23:59:59Z
    if (seconds > kLast) return std::nullopt;
    return seconds;
}

void start(store::Txn& txn, const Table& table, std::string_view kind) {
    txn.execute(
        "insert into dynamodb_expiry_jobs (table_number, kind, cursor) values (?1, ?2, ?3) "
        "on conflict (table_number) do update set kind = excluded.kind, cursor = excluded.cursor",
        table.number, kind, store::Blob{});
    txn.notify(kExpiryChannel);
}

void end_job(store::Txn& txn, std::int64_t table) {
    txn.execute("delete from dynamodb_expiry_jobs where table_number = ?1", table);
}

void erase_row(store::Txn& txn, std::int64_t table, const std::string& key) {
    txn.execute("delete from dynamodb_expiries where table_number = ?1 and key = ?2", table,
                store::Blob{key});
}

void store_row(store::Txn& txn, std::int64_t table, const std::string& key, std::int64_t due_s) {
    txn.execute(
        "insert into dynamodb_expiries (table_number, key, due_s) values (?1, ?2, ?3) "
        "on conflict (table_number, key) do update set due_s = excluded.due_s",
        table, store::Blob{key}, due_s);
}

struct Row {
    std::int64_t table = 0;
    std::string key;
    std::int64_t due_s = 0;
};

void fill(store::Txn& txn, std::int64_t number, const std::string& cursor) {
    const TablePtr table = load_table(txn, number);
    if (table == nullptr || table->ttl_attribute.empty()) return end_job(txn, number);
    std::vector<std::pair<std::string, std::optional<std::int64_t>>> found;
    for (const auto& row : txn.query("select key, item from dynamodb_items where table_number = ?1 and key > "
                                     "?2 order by key limit ?3",
                                     number, store::Blob{cursor}, kFillChunk)) {
        found.emplace_back(row.blob(0), due_of(*table, decode_stored(row.text(1))));
    }
    if (found.empty()) return end_job(txn, number);
    for (const auto& [key, due] : found) {
        if (due) {
            store_row(txn, number, key, *due);
        } else {
            erase_row(txn, number, key);
        }
    }
    txn.execute("update dynamodb_expiry_jobs set cursor = ?2 where table_number = ?1", number,
                store::Blob{found.back().first});
}

void erase(store::Txn& txn, std::int64_t number) {
    const std::int64_t erased = txn.execute(
        "delete from dynamodb_expiries where table_number = ?1 and key in "
        "(select key from dynamodb_expiries where table_number = ?1 limit ?2)",
        number, kFillChunk);
    if (erased == 0) end_job(txn, number);
}

// Deletes the item as AWS's own service does, where it still stands and its time has come.
void expire(store::Txn& txn, const TablePtr& table, const Row& row, const Writer& by) {
    // A disabled table's rows go with its job.
    if (table == nullptr || table->ttl_attribute.empty()) return erase_row(txn, row.table, row.key);
    const FoundItem found = read_item(txn, *table, row.key);
    const AttributeMap item = found.exists ? decode_stored(found.json) : AttributeMap{};
    const auto due = due_of(*table, item);
    if (!due) return erase_row(txn, row.table, row.key);
    if (*due != row.due_s) return store_row(txn, row.table, row.key, *due);
    const AttributeMap key = key_of(table->keys, item);
    ItemWrite write;
    write.kind = ItemWrite::Kind::erase;
    write.table = table;
    write.key = row.key;
    write.attributes = &key;
    run(txn, write, by);
}

}  // namespace

void store_expiry(store::Txn& txn, const Table& table, const std::string& key, const AttributeMap* item,
                  std::int64_t now_ms) {
    const auto due = item != nullptr ? due_of(table, *item) : std::nullopt;
    if (!due) return erase_row(txn, table.number, key);
    // The worker sleeps until the first is due: only one before all others need wake it.
    const bool is_first =
        !txn.query("select 1 from dynamodb_expiries where due_s >= ?1 and due_s <= ?2 limit 1",
                   too_old_below(now_ms), *due)
             .next();
    store_row(txn, table.number, key, *due);
    if (is_first) txn.notify(kExpiryChannel);
}

void start_filling_expiries(store::Txn& txn, const Table& table) {
    start(txn, table, "fill");
}

void start_erasing_expiries(store::Txn& txn, const Table& table) {
    start(txn, table, "erase");
}

bool fill_or_erase_expiries(store::Txn& txn) {
    std::int64_t table = 0;
    bool is_fill = false;
    std::string cursor;
    {
        auto rows = txn.query(
            "select table_number, kind, cursor from dynamodb_expiry_jobs order by table_number limit 1");
        if (!rows.next()) return false;
        table = rows->integer(0);
        is_fill = rows->text(1) == "fill";
        cursor = rows->blob(2);
    }
    if (is_fill) {
        fill(txn, table, cursor);
    } else {
        erase(txn, table);
    }
    return true;
}

std::int64_t erase_expired_items(store::Txn& txn, events::Outbox& outbox, std::int64_t now_ms) {
    const Writer by{"", now_ms, Writer::Kind::time_to_live, &outbox, nullptr};
    std::vector<Row> due;
    for (const auto& row :
         txn.query("select table_number, key, due_s from dynamodb_expiries "
                   "where due_s >= ?1 and due_s < ?2 order by due_s, table_number, key limit ?3",
                   too_old_below(now_ms), expired_below(now_ms), kExpireChunk)) {
        due.push_back({row.integer(0), std::string(row.blob(1)), row.integer(2)});
    }
    TablePtr table;
    std::int64_t number = 0;  // of `table`; tables begin with 1
    for (const Row& row : due) {
        if (row.table != number) table = load_table(txn, row.table);
        number = row.table;
        expire(txn, table, row, by);
    }
    if (!due.empty()) txn.notify("idle");
    return static_cast<std::int64_t>(due.size());
}

std::optional<std::int64_t> next_expiry_ms(store::ReadTxn& txn, std::int64_t now_ms) {
    auto rows = txn.query("select due_s from dynamodb_expiries where due_s >= ?1 order by due_s limit 1",
                          expired_below(now_ms));
    if (!rows.next()) return std::nullopt;
    return rows->integer(0) * 1000 + 1;
}

std::int64_t count_expired(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms) {
    std::int64_t count = 0;
    {
        auto rows = txn.query(
            "select count(*) from (select 1 from dynamodb_expiries e join dynamodb_tables t "
            "on t.number = e.table_number where e.due_s >= ?1 and e.due_s < ?2 and (?3 = '' or t.account = "
            "?3) "
            "limit 1000)",
            too_old_below(now_ms), expired_below(now_ms), account);
        if (rows.next()) count = rows->integer(0);
    }
    auto jobs = txn.query(
        "select count(*) from dynamodb_expiry_jobs j join dynamodb_tables t on t.number = j.table_number "
        "where ?1 = '' or t.account = ?1",
        account);
    return jobs.next() ? count + jobs->integer(0) : count;
}

}  // namespace fogbank::dynamodb
