#include "services/dynamodb/store/backups.h"

namespace fogbank::dynamodb {
namespace {

Backup read_backup(const store::Statement& row) {
    Backup out;
    out.number = row.integer(0);
    out.table.account = row.text(1);
    out.table.region = row.text(2);
    out.table.name = row.text(3);
    out.id = row.text(4);
    out.name = row.text(5);
    out.type = row.text(6);
    out.status = row.text(7);
    out.created_ms = row.integer(8);
    if (!row.is_null(9)) out.expires_ms = row.integer(9);
    out.items = row.integer(10);
    out.bytes = row.integer(11);
    out.table.arn =
        "arn:aws:dynamodb:" + out.table.region + ":" + out.table.account + ":table/" + out.table.name;
    from_json(row.text(12), out.table);
    return out;
}

}  // namespace

void insert_backup(store::Txn& txn, Backup& backup) {
    const std::string definition = to_json(backup.table);
    auto rows = txn.query(
        "insert into dynamodb_backups (account, region, table_name, id, name, type, status, created_ms, "
        "expires_ms, items, bytes, definition) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
        "returning number",
        std::string_view(backup.table.account), std::string_view(backup.table.region),
        std::string_view(backup.table.name), std::string_view(backup.id), std::string_view(backup.name),
        std::string_view(backup.type), std::string_view(backup.status), backup.created_ms, backup.expires_ms,
        backup.items, backup.bytes, std::string_view(definition));
    rows.next();
    backup.number = rows->integer(0);
}

void finish_backup(store::Txn& txn, std::int64_t number) {
    txn.execute("update dynamodb_backups set status = 'AVAILABLE' where number = ?1", number);
}

void erase_backup(store::Txn& txn, const Backup& backup) {
    txn.execute("delete from dynamodb_backups where number = ?1", backup.number);
    txn.execute("delete from dynamodb_copies where target = ?1", backup.place());
    txn.execute("insert into dynamodb_erasures (table_number) values (?1)", backup.place());
    txn.notify(kWorkChannel);
}

std::optional<Backup> find_backup(store::ReadTxn& txn, const BackupKey& key) {
    auto rows = txn.query(
        "select number, account, region, table_name, id, name, type, status, created_ms, expires_ms, items, "
        "bytes, definition from dynamodb_backups where account = ?1 and region = ?2 and table_name = ?3 and "
        "id = ?4",
        key.account, key.region, key.table_name, key.id);
    if (!rows.next()) return std::nullopt;
    return read_backup(*rows);
}

std::vector<Backup> list_backups(store::ReadTxn& txn, const BackupFilter& filter, std::int64_t limit) {
    std::vector<Backup> out;
    for (const auto& row : txn.query(
             "select number, account, region, table_name, id, name, type, status, created_ms, expires_ms, "
             "items, bytes, definition from dynamodb_backups where account = ?1 and region = ?2 "
             "and (?3 = '' or table_name = ?3) and (?4 = '' or type = ?4) and created_ms >= ?5 "
             "and (?6 = 0 or created_ms < ?6) and (created_ms, number) > (?7, ?8) "
             "order by created_ms, number limit ?9",
             std::string_view(filter.account), std::string_view(filter.region),
             std::string_view(filter.table_name), std::string_view(filter.type), filter.from_ms,
             filter.below_ms, filter.after_ms, filter.after_number, limit)) {
        out.push_back(read_backup(row));
    }
    return out;
}

bool erase_expired_backup(store::Txn& txn, std::int64_t now_ms) {
    std::optional<Backup> found;
    {
        auto rows = txn.query(
            "select number, account, region, table_name, id, name, type, status, created_ms, expires_ms, "
            "items, bytes, definition from dynamodb_backups where expires_ms <= ?1 limit 1",
            now_ms);
        if (rows.next()) found = read_backup(*rows);
    }
    if (!found) return false;
    erase_backup(txn, *found);
    return true;
}

}  // namespace fogbank::dynamodb
