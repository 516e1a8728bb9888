#include "services/dynamodb/store/tables.h"

#include "services/dynamodb/store/policies.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kEraseChunk = 500;  // rows a transaction
constexpr std::size_t kMaxCachedTables = 10'000;

}  // namespace

TablePtr load_table(store::ReadTxn& txn, std::string_view account, std::string_view region,
                    std::string_view name) {
    auto rows = txn.query(
        "select number, version, definition from dynamodb_tables where account = ?1 and region = ?2 and name "
        "= ?3",
        account, region, name);
    if (!rows.next()) return nullptr;
    auto table = std::make_shared<Table>();
    table->number = rows->integer(0);
    table->version = rows->integer(1);
    table->account = account;
    table->region = region;
    table->name = name;
    table->arn = "arn:aws:dynamodb:" + table->region + ":" + table->account + ":table/" + table->name;
    from_json(rows->text(2), *table);
    return table;
}

TablePtr load_table(store::ReadTxn& txn, std::int64_t number) {
    std::string account, region, name;
    {
        auto rows = txn.query("select account, region, name from dynamodb_tables where number = ?1", number);
        if (!rows.next()) return nullptr;
        account = rows->text(0);
        region = rows->text(1);
        name = rows->text(2);
    }
    return load_table(txn, account, region, name);
}

bool is_current(store::ReadTxn& txn, const Table& table) {
    auto rows = txn.query("select version from dynamodb_tables where number = ?1", table.number);
    return rows.next() && rows->integer(0) == table.version;
}

void insert_table(store::Txn& txn, Table& table) {
    table.version = 1;
    const std::string definition = to_json(table);
    {
        auto rows = txn.query(
            "insert into dynamodb_tables (account, region, name, version, definition) "
            "values (?1, ?2, ?3, 1, ?4) returning number",
            std::string_view(table.account), std::string_view(table.region), std::string_view(table.name),
            std::string_view(definition));
        rows.next();
        table.number = rows->integer(0);
    }
    txn.execute("insert into dynamodb_counts (table_number, items, bytes, sequence) values (?1, 0, 0, 0)",
                table.number);
}

void store_table(store::Txn& txn, Table& table) {
    ++table.version;
    const std::string definition = to_json(table);
    txn.execute("update dynamodb_tables set version = ?2, definition = ?3 where number = ?1", table.number,
                table.version, std::string_view(definition));
}

void erase_table(store::Txn& txn, const Table& table) {
    txn.execute("delete from dynamodb_tables where number = ?1", table.number);
    txn.execute("delete from dynamodb_counts where table_number = ?1", table.number);
    txn.execute("insert into dynamodb_erasures (table_number) values (?1)", table.number);
    txn.notify(kWorkChannel);
}

TableCounts count_table(store::ReadTxn& txn, const Table& table) {
    auto rows = txn.query("select items, bytes from dynamodb_counts where table_number = ?1", table.number);
    if (!rows.next()) return {};
    return {rows->integer(0), rows->integer(1)};
}

std::vector<std::string> list_tables(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                     std::string_view after, std::int64_t limit) {
    std::vector<std::string> names;
    for (const auto& row : txn.query("select name from dynamodb_tables where account = ?1 and region = ?2 "
                                     "and name > ?3 order by name limit ?4",
                                     account, region, after, limit)) {
        names.emplace_back(row.text(0));
    }
    return names;
}

std::map<std::int64_t, std::int64_t> count_entries(store::ReadTxn& txn, const Table& table) {
    std::map<std::int64_t, std::int64_t> out;
    for (const Index& index : table.indexes) {
        auto rows = txn.query(
            "select count(*) from dynamodb_index_entries where table_number = ?1 and index_number = ?2",
            table.number, index.number);
        out[index.number] = rows.next() ? rows->integer(0) : 0;
    }
    return out;
}

std::int64_t count_tables(store::ReadTxn& txn, std::string_view account, std::string_view region) {
    auto rows =
        txn.query("select count(*) from dynamodb_tables where account = ?1 and region = ?2", account, region);
    return rows.next() ? rows->integer(0) : 0;
}

bool erase_chunk(store::Txn& txn) {
    std::int64_t number = 0;
    {
        auto rows = txn.query(
            "select table_number from dynamodb_erasures where table_number not in "
            "(select source from dynamodb_copies) and table_number not in "
            "(select table_number from dynamodb_exports where status = 'IN_PROGRESS') "
            "order by table_number limit 1");
        if (!rows.next()) return false;
        number = rows->integer(0);
    }
    if (txn.execute("delete from dynamodb_items where table_number = ?1 and key in "
                    "(select key from dynamodb_items where table_number = ?1 order by key limit ?2)",
                    number, kEraseChunk) > 0) {
        return true;
    }
    if (txn.execute("delete from dynamodb_index_entries where table_number = ?1 and (index_number, key) in "
                    "(select index_number, key from dynamodb_index_entries where table_number = ?1 "
                    "order by index_number, key limit ?2)",
                    number, kEraseChunk) > 0) {
        return true;
    }
    if (txn.execute("delete from dynamodb_expiries where table_number = ?1 and key in "
                    "(select key from dynamodb_expiries where table_number = ?1 limit ?2)",
                    number, kEraseChunk) > 0) {
        return true;
    }
    if (txn.execute("delete from dynamodb_history where id in "
                    "(select id from dynamodb_history where table_number = ?1 limit ?2)",
                    number, kEraseChunk) > 0) {
        return true;
    }
    if (txn.execute("delete from dynamodb_stamps where table_number = ?1 and key in "
                    "(select key from dynamodb_stamps where table_number = ?1 limit ?2)",
                    number, kEraseChunk) > 0) {
        return true;
    }
    txn.execute("delete from dynamodb_policies where table_number = ?1", number);
    txn.execute("delete from dynamodb_erasures where table_number = ?1", number);
    return true;
}

namespace {

// Being restored, or with an index that is being filled: the background changes it, and until then it
// refuses, which nobody asks storage about.
bool changes_soon(const Table& table) {
    return table.restoring || std::any_of(table.indexes.begin(), table.indexes.end(),
                                          [](const Index& index) { return index.is_filling; });
}

TablePtr load_guarded(store::ReadTxn& txn, std::string_view account, std::string_view region,
                      std::string_view name) {
    TablePtr table = load_table(txn, account, region, name);
    if (table == nullptr) return table;
    const std::vector<StoredPolicy> found = list_policies(txn, table->number);
    if (found.empty()) return table;
    auto guarded = std::make_shared<Table>(*table);
    for (const StoredPolicy& each : found) {
        auto parsed = auth::parse_policy(each.text);
        // One that is no policy was stored before they were checked: it allows nothing, as none does.
        if (!std::holds_alternative<auth::Policy>(parsed)) continue;
        auto policy = std::make_shared<const auth::Policy>(std::get<auth::Policy>(std::move(parsed)));
        if (each.stream.empty()) {
            guarded->policy = std::move(policy);
        } else {
            guarded->stream_policies.emplace_back(each.stream, std::move(policy));
        }
    }
    return guarded;
}

}  // namespace

TablePtr TableCache::find(std::string_view account, std::string_view region, std::string_view name) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = tables_.find(KeyView(account, region, name));
        if (found != tables_.end()) return found->second;
    }
    TablePtr table =
        database_.read([&](store::ReadTxn& txn) { return load_guarded(txn, account, region, name); });
    if (table != nullptr && !changes_soon(*table)) {
        const std::lock_guard lock(mutex_);
        if (tables_.size() >= kMaxCachedTables) tables_.clear();
        tables_.insert_or_assign(Key(account, region, name), table);
    }
    return table;
}

void TableCache::forget(const std::string& account, const std::string& region, const std::string& name) {
    const std::lock_guard lock(mutex_);
    tables_.erase(Key(account, region, name));
}

void TableCache::clear() {
    const std::lock_guard lock(mutex_);
    tables_.clear();
}

}  // namespace fogbank::dynamodb
