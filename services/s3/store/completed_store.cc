#include "services/s3/store/completed_store.h"

#include "services/s3/store/columns.h"

namespace fogbank::s3 {

namespace {
constexpr std::int64_t kKeptMillis = 86'400'000;
}

std::optional<CompletedUpload> find_completed(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                              std::string_view upload) {
    auto rows = txn.query(
        "select etag, version, checksum_algorithm, checksum, checksum_type, headers from "
        "s3_completed_uploads where upload = ?1 and bucket = ?2 and key = ?3",
        upload, bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    CompletedUpload out;
    out.etag = rows->text(0);
    if (!rows->is_null(1)) out.version = rows->text(1);
    out.checksum = {std::string(rows->text(2)), std::string(rows->text(3)), std::string(rows->text(4))};
    if (!rows->is_null(5)) out.headers = rows->text(5);
    return out;
}

void insert_completed(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view upload,
                      const CompletedUpload& completed, std::int64_t now_ms) {
    txn.execute("delete from s3_completed_uploads where completed_ms < ?1", now_ms - kKeptMillis);
    txn.execute(
        "insert into s3_completed_uploads (upload, bucket, key, completed_ms, etag, version, "
        "checksum_algorithm, checksum, checksum_type, headers) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        upload, bucket, store::Blob{key}, now_ms, std::string_view(completed.etag),
        present(completed.version), std::string_view(completed.checksum.algorithm),
        std::string_view(completed.checksum.value), std::string_view(completed.checksum.type),
        present(completed.headers));
}

void erase_completed(store::Txn& txn, std::int64_t bucket) {
    txn.execute("delete from s3_completed_uploads where bucket = ?1", bucket);
}

}  // namespace fogbank::s3
