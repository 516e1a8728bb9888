#include "services/dynamodb/store/exports.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/store/export_pages.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/store/tables.h"

namespace fogbank::dynamodb {
namespace {

// Rows hold the columns in this order.
Export read_export(const store::Statement& row) {
    Export out;
    out.number = row.integer(0);
    out.table.account = row.text(1);
    out.table.region = row.text(2);
    out.table.name = row.text(3);
    out.id = row.text(4);
    out.table.number = row.integer(5);
    out.table.arn =
        "arn:aws:dynamodb:" + out.table.region + ":" + out.table.account + ":table/" + out.table.name;
    from_json(row.text(6), out.table);
    out.request = row.text(7);
    out.token = row.text(8);
    out.digest = row.text(9);
    out.status = row.text(10);
    out.created_ms = row.integer(11);
    if (!row.is_null(12)) out.ended_ms = row.integer(12);
    out.export_ms = row.integer(13);
    out.from_ms = row.integer(14);
    out.from_position = row.integer(15);
    out.to_position = row.integer(16);
    out.phase = row.integer(17);
    out.cursor = row.blob(18);
    out.files = row.integer(19);
    out.items = row.integer(20);
    out.bytes = row.integer(21);
    out.failure = {std::string(row.text(22)), std::string(row.text(23))};
    return out;
}

std::optional<Export> load(store::ReadTxn& txn, std::int64_t number) {
    auto rows = txn.query(
        "select number, account, region, table_name, id, table_number, definition, request, token, digest, "
        "status, created_ms, ended_ms, export_ms, from_ms, from_position, to_position, phase, cursor, files, "
        "items, bytes, failure_code, failure_message from dynamodb_exports "
        "where number = ?1",
        number);
    if (!rows.next()) return std::nullopt;
    return read_export(*rows);
}

// Rows hold numbers.
std::optional<Export> first_of(store::ReadTxn& txn, store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return load(txn, rows->integer(0));
}

}  // namespace

void insert_export(store::Txn& txn, Export& made) {
    const std::string definition = to_json(made.table);
    auto rows = txn.query(
        "insert into dynamodb_exports (account, region, table_name, id, table_number, definition, request, "
        "token, digest, status, created_ms, export_ms, from_ms, from_position, to_position, phase, cursor, "
        "files, items, bytes, failure_code, failure_message) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "'IN_PROGRESS', ?10, ?11, ?12, ?13, ?14, 0, ?15, 0, 0, 0, '', '') returning number",
        std::string_view(made.table.account), std::string_view(made.table.region),
        std::string_view(made.table.name), std::string_view(made.id), made.table.number,
        std::string_view(definition), std::string_view(made.request), std::string_view(made.token),
        std::string_view(made.digest), made.created_ms, made.export_ms, made.from_ms, made.from_position,
        made.to_position, store::Blob{});
    rows.next();
    made.number = rows->integer(0);
    made.status = "IN_PROGRESS";
    txn.notify(kTransferChannel);
}

std::optional<Export> find_export(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view id) {
    return first_of(txn, txn.query("select number from dynamodb_exports "
                                   "where account = ?1 and region = ?2 and table_name = ?3 and id = ?4",
                                   account, region, table_name, id));
}

std::optional<Export> find_export(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view token, std::int64_t since_ms) {
    return first_of(txn, txn.query("select number from dynamodb_exports "
                                   "where account = ?1 and region = ?2 and token = ?3 and created_ms >= ?4 "
                                   "order by number desc limit 1",
                                   account, region, token, since_ms));
}

std::vector<Export> list_exports(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t since_ms) {
    std::vector<Export> out;
    for (const auto& row :
         txn.query("select number from dynamodb_exports "
                   "where account = ?1 and region = ?2 and (?3 = '' or table_name = ?3) and number > ?4 and "
                   "created_ms >= ?5 order by number limit ?6",
                   account, region, table_name, after, since_ms, limit)) {
        out.push_back(*load(txn, row.integer(0)));
    }
    return out;
}

std::optional<Export> next_export(store::ReadTxn& txn) {
    return first_of(txn, txn.query("select number from dynamodb_exports "
                                   "where status = 'IN_PROGRESS' order by number limit 1"));
}

std::int64_t count_exports(store::ReadTxn& txn, std::string_view account) {
    auto rows = txn.query(
        "select count(*) from dynamodb_exports where status = 'IN_PROGRESS' and (?1 = '' or account = ?1)",
        account);
    return rows.next() ? rows->integer(0) : 0;
}

void add_export_file(store::Txn& txn, const Export& job, const ExportPage& page, std::string_view line) {
    txn.execute(
        "insert into dynamodb_export_files (export, position, line) values (?1, ?2, ?3) "
        "on conflict (export, position) do update set line = excluded.line",
        job.number, job.files, line);
    txn.execute(
        "update dynamodb_exports set cursor = ?2, files = files + 1, items = items + ?3, bytes = bytes + ?4, "
        "phase = ?5 where number = ?1",
        job.number, store::Blob{page.last_key}, page.items, page.bytes, page.is_last ? 1 : 0);
}

std::vector<std::string> list_export_files(store::ReadTxn& txn, const Export& job) {
    std::vector<std::string> out;
    for (const auto& row : txn.query(
             "select line from dynamodb_export_files where export = ?1 order by position", job.number)) {
        out.emplace_back(row.text(0));
    }
    return out;
}

void end_export(store::Txn& txn, const Export& job, const Failure& failure, std::int64_t now_ms) {
    txn.execute(
        "update dynamodb_exports set status = ?2, ended_ms = ?3, failure_code = ?4, failure_message = ?5 "
        "where number = ?1",
        job.number, std::string_view(failure.code.empty() ? "COMPLETED" : "FAILED"), now_ms,
        std::string_view(failure.code), std::string_view(failure.message));
    txn.execute("delete from dynamodb_export_files where export = ?1", job.number);
    // The table's history was kept for this; a deleted table's rows can be erased now.
    if (const TablePtr found = load_table(txn, job.table.number)) {
        Table table = *found;
        --table.copies;
        store_table(txn, table);
        if (!table.keeps_history()) start_erasing_history(txn, table.number);
    }
    txn.notify(kWorkChannel);
    txn.notify("idle");
}

ExportPage read_export_page(store::ReadTxn& txn, const Export& job) {
    return job.is_incremental() ? read_changes(txn, job) : read_items(txn, job);
}

}  // namespace fogbank::dynamodb
