#include "services/s3/store/lifecycle_store.h"

namespace fogbank::s3 {

void plan_lifecycle(store::Txn& txn, std::int64_t bucket) {
    txn.execute(
        "insert into s3_lifecycle (bucket, next_ms) values (?1, 0) on conflict (bucket) do update set "
        "next_ms = 0",
        bucket);
    txn.notify(kLifecycleChannel);
}

void forget_lifecycle(store::Txn& txn, std::int64_t bucket) {
    if (txn.execute("delete from s3_lifecycle where bucket = ?1", bucket) > 0) txn.notify(kLifecycleChannel);
}

std::vector<std::string> list_lifecycle_buckets(store::ReadTxn& txn) {
    std::vector<std::string> out;
    for (const auto& row :
         txn.query("select b.name from s3_lifecycle l join s3_buckets b on b.id = l.bucket")) {
        out.emplace_back(row.text(0));
    }
    return out;
}

std::optional<DueBucket> find_due_bucket(store::ReadTxn& txn, std::int64_t now_ms) {
    auto rows = txn.query(
        "select bucket, next_ms from s3_lifecycle where next_ms <= ?1 order by next_ms limit 1", now_ms);
    if (!rows.next()) return std::nullopt;
    return DueBucket{rows->integer(0), rows->integer(1)};
}

void set_next_lifecycle(store::Txn& txn, std::int64_t bucket, std::int64_t next_ms) {
    txn.execute("update s3_lifecycle set next_ms = ?2 where bucket = ?1", bucket, next_ms);
}

std::string bucket_name(store::ReadTxn& txn, std::int64_t bucket) {
    auto rows = txn.query("select name from s3_buckets where id = ?1", bucket);
    return rows.next() ? std::string(rows->text(0)) : std::string();
}

std::optional<std::int64_t> next_lifecycle_ms(store::ReadTxn& txn) {
    auto rows = txn.query("select next_ms from s3_lifecycle order by next_ms limit 1");
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

std::int64_t count_due_buckets(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms) {
    auto rows = txn.query(
        "select count(*) from s3_lifecycle l join s3_buckets b on b.id = l.bucket where l.next_ms <= ?2 and "
        "(?1 = '' or b.account = ?1)",
        account, now_ms);
    rows.next();
    return rows->integer(0);
}

}  // namespace fogbank::s3
