#include "services/s3/store/upload_store.h"

#include "services/s3/errors.h"
#include "services/s3/store/columns.h"
#include "services/s3/store/completed_store.h"
#include "services/s3/store/listing.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

UploadRow read_upload(const store::Statement& row) {
    UploadRow out;
    out.id = row.integer(0);
    out.upload = row.text(1);
    out.bucket = row.integer(2);
    out.key = row.blob(3);
    out.initiated_ms = row.integer(4);
    out.storage_class = row.text(5);
    out.content_type = row.text(6);
    out.checksum_algorithm = row.text(7);
    out.checksum_type = row.text(8);
    if (!row.is_null(9)) out.headers = row.text(9);
    if (!row.is_null(10)) out.initiator = row.text(10);
    return out;
}

}  // namespace

void insert_upload(store::Txn& txn, const UploadRow& upload) {
    txn.execute(
        "insert into s3_uploads (upload, bucket, key, initiated_ms, storage_class, content_type, "
        "checksum_algorithm, "
        "checksum_type, headers, initiator) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        std::string_view(upload.upload), upload.bucket, store::Blob{upload.key}, upload.initiated_ms,
        std::string_view(upload.storage_class), std::string_view(upload.content_type),
        std::string_view(upload.checksum_algorithm), std::string_view(upload.checksum_type),
        present(upload.headers), present(upload.initiator));
}

std::optional<UploadRow> find_upload(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                     std::string_view upload) {
    auto rows = txn.query(
        "select id, upload, bucket, key, initiated_ms, storage_class, content_type, checksum_algorithm, "
        "checksum_type, "
        "headers, initiator from s3_uploads where upload = ?1 and bucket = ?2 and key = ?3",
        upload, bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    return read_upload(*rows);
}

UploadRow require_upload(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                         std::string_view upload) {
    auto found = find_upload(txn, bucket, key, upload);
    if (!found) throw no_such_upload(upload);
    return std::move(*found);
}

std::vector<PartRow> list_parts(store::ReadTxn& txn, std::int64_t upload, std::int64_t after,
                                std::int64_t limit, PartBodies bodies) {
    std::vector<PartRow> out;
    auto rows = bodies == PartBodies::yes
                    ? txn.query(
                          "select number, size, modified_ms, etag, checksum, blob, body from s3_parts "
                          "where upload = ?1 and number > ?2 order by number limit ?3",
                          upload, after, limit)
                    : txn.query(
                          "select number, size, modified_ms, etag, checksum, blob from s3_parts "
                          "where upload = ?1 and number > ?2 order by number limit ?3",
                          upload, after, limit);
    while (rows.next()) {
        PartRow& part = out.emplace_back();
        part.number = rows->integer(0);
        part.size = rows->integer(1);
        part.modified_ms = rows->integer(2);
        part.etag = rows->text(3);
        part.checksum = rows->text(4);
        if (!rows->is_null(5)) part.blob = rows->text(5);
        if (bodies == PartBodies::yes && !rows->is_null(6)) part.body = rows->blob(6);
    }
    return out;
}

void put_part(store::Txn& txn, store::BlobStore& blobs, std::int64_t upload, const PartRow& part) {
    store::BlobId replaced;
    if (auto rows =
            txn.query("select blob from s3_parts where upload = ?1 and number = ?2", upload, part.number);
        rows.next() && !rows->is_null(0)) {
        replaced = rows->text(0);
    }
    const std::optional<store::Blob> body =
        part.blob.empty() ? std::optional(store::Blob{part.body}) : std::nullopt;
    txn.execute(
        "insert into s3_parts (upload, number, size, modified_ms, etag, checksum, blob, body) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
        "on conflict (upload, number) do update set size = excluded.size, modified_ms = "
        "excluded.modified_ms, "
        "etag = excluded.etag, checksum = excluded.checksum, blob = excluded.blob, body = excluded.body",
        upload, part.number, part.size, part.modified_ms, std::string_view(part.etag),
        std::string_view(part.checksum), present(part.blob), body);
    if (!replaced.empty()) blobs.erase(txn, replaced);
}

void erase_upload(store::Txn& txn, store::BlobStore& blobs, std::int64_t upload) {
    std::vector<store::BlobId> files;
    for (const auto& row :
         txn.query("select blob from s3_parts where upload = ?1 and blob is not null", upload)) {
        files.emplace_back(row.text(0));
    }
    for (const store::BlobId& file : files) blobs.erase(txn, file);
    txn.execute("delete from s3_parts where upload = ?1", upload);
    txn.execute("delete from s3_uploads where id = ?1", upload);
}

void erase_uploads(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket) {
    std::vector<std::int64_t> uploads;
    for (const auto& row : txn.query("select id from s3_uploads where bucket = ?1", bucket)) {
        uploads.push_back(row.integer(0));
    }
    for (const std::int64_t upload : uploads) erase_upload(txn, blobs, upload);
    erase_completed(txn, bucket);
}

UploadPage list_uploads(store::ReadTxn& txn, const UploadQuery& query) {
    UploadPage page;
    if (query.limit <= 0) return page;
    // aws: without an upload id marker the marker's own key is left out.
    const std::string from = std::max(query.key_marker, query.prefix);
    const bool after_key = !query.key_marker.empty() && query.upload_marker.empty();
    std::int64_t left = query.limit;
    std::string group_before = query.key_marker;  // a marker that is a common prefix stands for all under it
    for (const auto& row : txn.query(
             "select id, upload, bucket, key, initiated_ms, storage_class, content_type, checksum_algorithm, "
             "checksum_type, headers, initiator from s3_uploads where bucket = ?1 and key >= ?2 order by "
             "key, upload",
             query.bucket, store::Blob{from})) {
        const std::string_view key = row.blob(3);
        if (!key.starts_with(query.prefix)) break;
        if (key == query.key_marker && (after_key || row.text(1) <= query.upload_marker)) continue;
        const std::string_view group = common_prefix_of(key, query.prefix, query.delimiter);
        if (!group.empty() && group == group_before) continue;
        if (left-- == 0) {
            page.truncated = true;
            break;
        }
        page.last_upload.clear();
        if (!group.empty()) {
            page.last_key = group_before = group;
            page.common_prefixes.emplace_back(group);
            continue;
        }
        page.last_key = key;
        page.last_upload = row.text(1);
        page.uploads.push_back(read_upload(row));
    }
    return page;
}

}  // namespace fogbank::s3
