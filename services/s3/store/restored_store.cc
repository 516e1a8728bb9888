#include "services/s3/store/restored_store.h"

namespace fogbank::s3 {

void put_restored_copy(store::Txn& txn, const RestoredCopy& copy) {
    txn.execute(
        "insert into s3_restored_copies (id, bucket, key, version, until_ms) values (?1, ?2, ?3, ?4, ?5) "
        "on conflict (id) do update set bucket = ?2, key = ?3, version = ?4, until_ms = ?5",
        copy.id, copy.bucket, store::Blob{copy.key}, std::string_view(copy.version), copy.until_ms);
    txn.notify(kRestoredChannel);
}

void erase_restored_copy(store::Txn& txn, std::int64_t id) {
    txn.execute("delete from s3_restored_copies where id = ?1", id);
}

std::optional<RestoredCopy> find_due_copy(store::ReadTxn& txn, std::int64_t now_ms) {
    auto rows = txn.query(
        "select id, bucket, key, version, until_ms from s3_restored_copies where until_ms <= ?1 "
        "order by until_ms limit 1",
        now_ms);
    if (!rows.next()) return std::nullopt;
    RestoredCopy out;
    out.id = rows->integer(0);
    out.bucket = rows->integer(1);
    out.key = rows->blob(2);
    out.version = rows->text(3);
    out.until_ms = rows->integer(4);
    return out;
}

std::optional<std::int64_t> next_copy_due_ms(store::ReadTxn& txn) {
    auto rows = txn.query("select until_ms from s3_restored_copies order by until_ms limit 1");
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

std::int64_t count_due_copies(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms) {
    auto rows = txn.query(
        "select count(*) from s3_restored_copies c join s3_buckets b on b.id = c.bucket "
        "where c.until_ms <= ?2 and (?1 = '' or b.account = ?1)",
        account, now_ms);
    rows.next();
    return rows->integer(0);
}

}  // namespace fogbank::s3
