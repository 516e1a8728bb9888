#include "services/dynamodb/store/imports.h"

#include "services/dynamodb/store/tables.h"

namespace fogbank::dynamodb {
namespace {

// Rows hold the columns in this order.
Import read_import(const store::Statement& row) {
    Import out;
    out.number = row.integer(0);
    out.account = row.text(1);
    out.region = row.text(2);
    out.table_name = row.text(3);
    out.id = row.text(4);
    out.table_number = row.integer(5);
    out.table_id = row.text(6);
    out.request = row.text(7);
    out.token = row.text(8);
    out.digest = row.text(9);
    out.status = row.text(10);
    out.created_ms = row.integer(11);
    if (!row.is_null(12)) out.ended_ms = row.integer(12);
    out.last_key = row.text(13);
    out.done = row.integer(14);
    out.bytes = row.integer(15);
    out.processed = row.integer(16);
    out.imported = row.integer(17);
    out.errors = row.integer(18);
    out.failure = {std::string(row.text(19)), std::string(row.text(20))};
    return out;
}

std::optional<Import> load(store::ReadTxn& txn, std::int64_t number) {
    auto rows = txn.query(
        "select number, account, region, table_name, id, table_number, table_id, request, token, digest, "
        "status, created_ms, ended_ms, last_key, done, bytes, processed, imported, errors, failure_code, "
        "failure_message from dynamodb_imports "
        "where number = ?1",
        number);
    if (!rows.next()) return std::nullopt;
    return read_import(*rows);
}

// Rows hold numbers.
std::optional<Import> first_of(store::ReadTxn& txn, store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return load(txn, rows->integer(0));
}

}  // namespace

void insert_import(store::Txn& txn, Import& made) {
    auto rows = txn.query(
        "insert into dynamodb_imports (account, region, table_name, id, table_number, table_id, request, "
        "token, digest, status, created_ms, last_key, done, bytes, processed, imported, errors, "
        "failure_code, failure_message) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'IN_PROGRESS', ?10, '', "
        "0, 0, 0, 0, 0, '', '') returning number",
        std::string_view(made.account), std::string_view(made.region), std::string_view(made.table_name),
        std::string_view(made.id), made.table_number, std::string_view(made.table_id),
        std::string_view(made.request), std::string_view(made.token), std::string_view(made.digest),
        made.created_ms);
    rows.next();
    made.number = rows->integer(0);
    made.status = "IN_PROGRESS";
    txn.notify(kTransferChannel);
}

std::optional<Import> find_import(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view id) {
    return first_of(txn, txn.query("select number from dynamodb_imports "
                                   "where account = ?1 and region = ?2 and table_name = ?3 and id = ?4",
                                   account, region, table_name, id));
}

std::optional<Import> find_import(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view token, std::int64_t since_ms) {
    return first_of(txn, txn.query("select number from dynamodb_imports "
                                   "where account = ?1 and region = ?2 and token = ?3 and created_ms >= ?4 "
                                   "order by number desc limit 1",
                                   account, region, token, since_ms));
}

std::vector<Import> list_imports(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t since_ms) {
    std::vector<Import> out;
    for (const auto& row :
         txn.query("select number from dynamodb_imports "
                   "where account = ?1 and region = ?2 and (?3 = '' or table_name = ?3) and number > ?4 and "
                   "created_ms >= ?5 order by number limit ?6",
                   account, region, table_name, after, since_ms, limit)) {
        out.push_back(*load(txn, row.integer(0)));
    }
    return out;
}

std::optional<Import> next_import(store::ReadTxn& txn) {
    return first_of(
        txn, txn.query(
                 "select number from dynamodb_imports where status = 'IN_PROGRESS' order by number limit 1"));
}

std::int64_t count_imports(store::ReadTxn& txn, std::string_view account) {
    auto rows = txn.query(
        "select count(*) from dynamodb_imports where status = 'IN_PROGRESS' and (?1 = '' or account = ?1)",
        account);
    return rows.next() ? rows->integer(0) : 0;
}

void move_import(store::Txn& txn, const Import& job) {
    txn.execute(
        "update dynamodb_imports set last_key = ?2, done = ?3, bytes = ?4, processed = ?5, imported = ?6, "
        "errors = ?7 where number = ?1",
        job.number, std::string_view(job.last_key), job.done, job.bytes, job.processed, job.imported,
        job.errors);
}

void end_import(store::Txn& txn, const Import& job, const Failure& failure, std::int64_t now_ms) {
    txn.execute(
        "update dynamodb_imports set status = ?2, ended_ms = ?3, failure_code = ?4, failure_message = ?5 "
        "where number = ?1",
        job.number, std::string_view(failure.code.empty() ? "COMPLETED" : "FAILED"), now_ms,
        std::string_view(failure.code), std::string_view(failure.message));
    if (const TablePtr found = load_table(txn, job.table_number)) {
        Table table = *found;
        table.restoring.reset();
        if (failure.code.empty()) {
            store_table(txn, table);
        } else {
            erase_table(txn, table);
        }
    }
    txn.notify("idle");
}

}  // namespace fogbank::dynamodb
