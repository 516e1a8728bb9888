#include "services/s3/store/object_store.h"

#include "services/s3/errors.h"
#include "services/s3/store/upload_store.h"

namespace fogbank::s3 {

namespace {

ObjectRow read_object(const store::Statement& row, WithBody body) {
    ObjectRow out;
    out.size = row.integer(0);
    out.modified_ms = row.integer(1);
    out.etag = row.text(2);
    out.storage_class = row.text(3);
    out.content_type = row.text(4);
    out.checksum.algorithm = row.text(5);
    out.checksum.value = row.text(6);
    out.checksum.type = row.text(7);
    if (!row.is_null(8)) out.headers = row.text(8);
    if (!row.is_null(9)) out.parts = row.text(9);
    if (!row.is_null(10)) out.blob = row.text(10);
    if (body == WithBody::yes && !row.is_null(11)) out.body = row.blob(11);
    return out;
}

// Null where empty: an absent value, not an empty one.
std::optional<std::string_view> present(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return std::string_view(text);
}

}  // namespace

std::optional<ObjectRow> find_object(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                     WithBody body) {
    auto rows =
        body == WithBody::yes
            ? txn.query(
                  "select size, modified_ms, etag, storage_class, content_type, checksum_algorithm, "
                  "checksum, "
                  "checksum_type, headers, parts, blob, body from s3_objects where bucket = ?1 and key = ?2",
                  bucket, store::Blob{key})
            : txn.query(
                  "select size, modified_ms, etag, storage_class, content_type, checksum_algorithm, "
                  "checksum, "
                  "checksum_type, headers, parts, blob from s3_objects where bucket = ?1 and key = ?2",
                  bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    return read_object(*rows, body);
}

ObjectRow require_object(store::ReadTxn& txn, std::string_view bucket, std::string_view key,
                         const std::optional<std::string>& expected_owner, WithBody body) {
    auto rows = body == WithBody::yes
                    ? txn.query(
                          "select o.size, o.modified_ms, o.etag, o.storage_class, o.content_type, "
                          "o.checksum_algorithm, "
                          "o.checksum, o.checksum_type, o.headers, o.parts, o.blob, o.body, b.account "
                          "from s3_buckets b left join s3_objects o on o.bucket = b.id and o.key = ?2 where "
                          "b.name = ?1",
                          bucket, store::Blob{key})
                    : txn.query(
                          "select o.size, o.modified_ms, o.etag, o.storage_class, o.content_type, "
                          "o.checksum_algorithm, "
                          "o.checksum, o.checksum_type, o.headers, o.parts, o.blob, null, b.account "
                          "from s3_buckets b left join s3_objects o on o.bucket = b.id and o.key = ?2 where "
                          "b.name = ?1",
                          bucket, store::Blob{key});
    if (!rows.next()) throw no_such_bucket(bucket);
    if (expected_owner && *expected_owner != rows->text(12)) throw access_denied();
    if (rows->is_null(0)) throw no_such_key(key);
    return read_object(*rows, body);
}

std::optional<StandingObject> find_standing(store::ReadTxn& txn, std::int64_t bucket, std::string_view key) {
    auto rows =
        txn.query("select id, etag, size, modified_ms, blob from s3_objects where bucket = ?1 and key = ?2",
                  bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    StandingObject out;
    out.id = rows->integer(0);
    out.etag = rows->text(1);
    out.size = rows->integer(2);
    out.modified_ms = rows->integer(3);
    if (!rows->is_null(4)) out.blob = rows->text(4);
    return out;
}

void put_object_row(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket, std::string_view key,
                    const ObjectRow& row, const std::optional<StandingObject>& standing) {
    const std::optional<store::Blob> body =
        row.blob.empty() ? std::optional(store::Blob{row.body}) : std::nullopt;
    if (!standing) {
        txn.execute(
            "insert into s3_objects (bucket, key, size, modified_ms, etag, storage_class, content_type, "
            "checksum_algorithm, checksum, checksum_type, headers, parts, blob, body) "
            "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            bucket, store::Blob{key}, row.size, row.modified_ms, std::string_view(row.etag),
            std::string_view(row.storage_class), std::string_view(row.content_type),
            std::string_view(row.checksum.algorithm), std::string_view(row.checksum.value),
            std::string_view(row.checksum.type), present(row.headers), present(row.parts), present(row.blob),
            body);
        return;
    }
    txn.execute(
        "update s3_objects set size = ?2, modified_ms = ?3, etag = ?4, storage_class = ?5, content_type = "
        "?6, "
        "checksum_algorithm = ?7, checksum = ?8, checksum_type = ?9, headers = ?10, parts = ?11, blob = ?12, "
        "body = ?13 where id = ?1",
        standing->id, row.size, row.modified_ms, std::string_view(row.etag),
        std::string_view(row.storage_class), std::string_view(row.content_type),
        std::string_view(row.checksum.algorithm), std::string_view(row.checksum.value),
        std::string_view(row.checksum.type), present(row.headers), present(row.parts), present(row.blob),
        body);
    if (!standing->blob.empty()) blobs.erase(txn, standing->blob);
}

void erase_object(store::Txn& txn, store::BlobStore& blobs, const StandingObject& standing) {
    txn.execute("delete from s3_objects where id = ?1", standing.id);
    if (!standing.blob.empty()) blobs.erase(txn, standing.blob);
}

void erase_contents(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket) {
    std::vector<store::BlobId> files;
    for (const auto& row :
         txn.query("select blob from s3_objects where bucket = ?1 and blob is not null", bucket)) {
        files.emplace_back(row.text(0));
    }
    for (const store::BlobId& file : files) blobs.erase(txn, file);
    txn.execute("delete from s3_objects where bucket = ?1", bucket);
    erase_uploads(txn, blobs, bucket);
}

}  // namespace fogbank::s3
