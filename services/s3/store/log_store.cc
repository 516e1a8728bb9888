#include "services/s3/store/log_store.h"

namespace fogbank::s3 {

std::set<std::string, std::less<>> list_logging_buckets(store::ReadTxn& txn) {
    constexpr std::int64_t kLogging = 7;  // Configuration::logging
    std::set<std::string, std::less<>> out;
    for (const auto& row : txn.query(
             "select b.name from s3_configurations c join s3_buckets b on b.id = c.bucket where c.kind = ?1",
             kLogging)) {
        out.emplace(row.text(0));
    }
    return out;
}

void insert_log_line(store::Txn& txn, std::int64_t bucket, std::int64_t due_ms, std::string_view line) {
    txn.execute("insert into s3_log_lines (bucket, due_ms, line) values (?1, ?2, ?3)", bucket, due_ms, line);
    txn.notify(kLogLinesChannel);
}

std::optional<DueLines> take_due_lines(store::ReadTxn& txn, std::int64_t now_ms, std::size_t limit) {
    DueLines out;
    {
        auto rows =
            txn.query("select bucket from s3_log_lines where due_ms <= ?1 order by due_ms limit 1", now_ms);
        if (!rows.next()) return std::nullopt;
        out.bucket_id = rows->integer(0);
    }
    {
        auto rows = txn.query("select name from s3_buckets where id = ?1", out.bucket_id);
        if (rows.next()) out.bucket = rows->text(0);
    }
    for (const auto& row : txn.query(
             "select id, line from s3_log_lines where bucket = ?1 order by id limit 1000", out.bucket_id)) {
        if (!out.text.empty() && out.text.size() + row.text(1).size() > limit) break;
        out.last_id = row.integer(0);
        out.text.append(row.text(1));
    }
    return out;
}

void erase_log_lines(store::Txn& txn, std::int64_t bucket, std::int64_t last_id) {
    txn.execute("delete from s3_log_lines where bucket = ?1 and id <= ?2", bucket, last_id);
}

std::optional<std::int64_t> next_log_due_ms(store::ReadTxn& txn) {
    auto rows = txn.query("select due_ms from s3_log_lines order by due_ms limit 1");
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

std::int64_t count_due_lines(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms) {
    auto rows = txn.query(
        "select count(*) from s3_log_lines l join s3_buckets b on b.id = l.bucket where l.due_ms <= ?2 and "
        "(?1 = '' or b.account = ?1)",
        account, now_ms);
    rows.next();
    return rows->integer(0);
}

}  // namespace fogbank::s3
