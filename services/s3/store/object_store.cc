#include "services/s3/store/object_store.h"

#include "services/s3/errors.h"
#include "services/s3/store/columns.h"
#include "services/s3/store/upload_store.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"
#include "src/base/timestamp.h"

namespace fogbank::s3 {

namespace {

ObjectRow read_object(const store::Statement& row) {
    ObjectRow out;
    out.id = row.integer(0);
    if (!row.is_null(1)) out.version = row.text(1);
    out.delete_marker = row.integer(2) != 0;
    out.size = row.integer(3);
    out.modified_ms = row.integer(4);
    out.etag = row.text(5);
    out.storage_class = row.text(6);
    out.content_type = row.text(7);
    out.checksum.algorithm = row.text(8);
    out.checksum.value = row.text(9);
    out.checksum.type = row.text(10);
    if (!row.is_null(11)) out.headers = row.text(11);
    if (!row.is_null(12)) out.parts = row.text(12);
    if (!row.is_null(13)) out.blob = row.text(13);
    if (!row.is_null(14)) out.body = row.blob(14);
    return out;
}

// The row's id of a version; nothing where there is none.
std::optional<std::int64_t> find_version_row(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                             std::string_view version) {
    const bool null_version = version == kNullVersion;
    {
        auto rows =
            txn.query("select id, version from s3_versions where bucket = ?1 and key = ?2 and is_current = 1",
                      bucket, store::Blob{key});
        if (rows.next() && (null_version ? rows->is_null(1) : rows->text(1) == version)) {
            return rows->integer(0);
        }
    }
    if (null_version) {
        auto rows = txn.query(
            "select id from s3_versions where bucket = ?1 and key = ?2 and version is null and "
            "is_current = 0",
            bucket, store::Blob{key});
        if (rows.next()) return rows->integer(0);
        return std::nullopt;
    }
    const auto ordinal = ordinal_of(version);
    if (!ordinal) return std::nullopt;
    auto rows = txn.query(
        "select id, version from s3_versions where bucket = ?1 and key = ?2 and ordinal = ?3 and "
        "is_current = 0",
        bucket, store::Blob{key}, *ordinal);
    if (rows.next() && rows->text(1) == version) return rows->integer(0);
    return std::nullopt;
}

// The newest of the key's rows that are not current.
std::optional<StandingObject> find_newest_older(store::ReadTxn& txn, std::int64_t bucket,
                                                std::string_view key) {
    auto rows = txn.query(
        "select id, version, ordinal, delete_marker from s3_versions where bucket = ?1 and key = ?2 and "
        "is_current = 0 order by ordinal desc limit 1",
        bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    StandingObject out;
    out.id = rows->integer(0);
    if (!rows->is_null(1)) out.version = rows->text(1);
    out.ordinal = rows->integer(2);
    out.delete_marker = rows->integer(3) != 0;
    return out;
}

std::string shown(const std::string& version) {
    return version.empty() ? std::string(kNullVersion) : version;
}

// aws: a key that a delete marker hides is not found either, but the answer tells.
Error not_found(store::ReadTxn& txn, const Bucket& bucket, std::string_view key) {
    Error error = no_such_key(key);
    if (!bucket.ever_versioned()) return error;
    const auto newest = find_newest_older(txn, bucket.id, key);
    if (!newest) return error;
    return std::move(error)
        .with_header("x-amz-delete-marker", "true")
        .with_header("x-amz-version-id", shown(newest->version));
}

// The row of what the name means; throws where there is none.
std::int64_t require_row(store::ReadTxn& txn, const ObjectName& name, const Bucket& bucket) {
    const auto absent = [&](Error error) { return name.gate.absent(txn, bucket, std::move(error)); };
    if (!name.version) {
        const auto standing = find_standing(txn, bucket.id, name.key);
        if (!standing) throw absent(not_found(txn, bucket, name.key));
        return standing->id;
    }
    const auto id = find_version_row(txn, bucket.id, name.key, *name.version);
    if (id) return *id;
    // aws: without versions there is only "null", so that a missing one is a missing key.
    if (*name.version == kNullVersion && !bucket.ever_versioned()) throw absent(no_such_key(name.key));
    throw absent(no_such_version(name.key, *name.version));
}

// Step by step: for a version, and for whom the bucket does not simply let in.
ObjectRow require_step_by_step(store::ReadTxn& txn, const ObjectName& name, WithBody body) {
    const Bucket bucket = require_bucket(txn, name.bucket, name.expected_owner);
    const std::int64_t id = require_row(txn, name, bucket);
    auto rows = body == WithBody::yes
                    ? txn.query(
                          "select id, version, delete_marker, size, modified_ms, etag, storage_class, "
                          "content_type, checksum_algorithm, checksum, checksum_type, headers, parts, blob, "
                          "body from s3_versions where id = ?1",
                          id)
                    : txn.query(
                          "select id, version, delete_marker, size, modified_ms, etag, storage_class, "
                          "content_type, checksum_algorithm, checksum, checksum_type, headers, parts, blob, "
                          "null from s3_versions where id = ?1",
                          id);
    rows.next();
    ObjectRow row = read_object(*rows);
    if (bucket.ever_versioned()) row.shown_version = shown(row.version);
    if (!name.gate.is_open(bucket.account, bucket.configured)) name.gate.admit(txn, bucket, row);
    return row;
}

void insert_row(store::Txn& txn, std::int64_t bucket, std::string_view key, const ObjectRow& row,
                const std::string& version, std::int64_t ordinal) {
    const std::optional<store::Blob> body =
        row.blob.empty() && !row.delete_marker ? std::optional(store::Blob{row.body}) : std::nullopt;
    txn.execute(
        "insert into s3_versions (bucket, key, version, ordinal, is_current, delete_marker, size, "
        "modified_ms, etag, storage_class, content_type, checksum_algorithm, checksum, checksum_type, "
        "headers, parts, blob, body) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        bucket, store::Blob{key}, present(version), ordinal, row.delete_marker ? 0 : 1,
        row.delete_marker ? 1 : 0, row.size, row.modified_ms, std::string_view(row.etag),
        std::string_view(row.storage_class), std::string_view(row.content_type),
        std::string_view(row.checksum.algorithm), std::string_view(row.checksum.value),
        std::string_view(row.checksum.type), present(row.headers), present(row.parts), present(row.blob),
        body);
}

void replace_row(store::Txn& txn, store::BlobStore& blobs, const ObjectRow& row,
                 const StandingObject& standing) {
    const std::optional<store::Blob> body =
        row.blob.empty() ? std::optional(store::Blob{row.body}) : std::nullopt;
    txn.execute(
        "update s3_versions set size = ?2, modified_ms = ?3, etag = ?4, storage_class = ?5, "
        "content_type = ?6, checksum_algorithm = ?7, checksum = ?8, checksum_type = ?9, headers = ?10, "
        "parts = ?11, blob = ?12, body = ?13 where id = ?1",
        standing.id, row.size, row.modified_ms, std::string_view(row.etag),
        std::string_view(row.storage_class), std::string_view(row.content_type),
        std::string_view(row.checksum.algorithm), std::string_view(row.checksum.value),
        std::string_view(row.checksum.type), present(row.headers), present(row.parts), present(row.blob),
        body);
    if (!standing.blob.empty()) blobs.erase(txn, standing.blob);
}

void erase_row(store::Txn& txn, store::BlobStore& blobs, const StandingObject& standing) {
    txn.execute("delete from s3_versions where id = ?1", standing.id);
    if (!standing.blob.empty()) blobs.erase(txn, standing.blob);
}

// The ordinal that a new version of the key gets. The current object's is the greatest.
std::int64_t next_ordinal(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                          const std::optional<StandingObject>& standing) {
    if (standing) return standing->ordinal + 1;
    const auto newest = find_newest_older(txn, bucket, key);
    return newest ? newest->ordinal + 1 : 1;
}

// Erases the null version, current or not: the next null version takes its place.
void erase_null_version(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket, std::string_view key) {
    if (const auto standing = find_version(txn, bucket, key, kNullVersion)) erase_row(txn, blobs, *standing);
}

void make_older(store::Txn& txn, std::int64_t id) {
    txn.execute("update s3_versions set is_current = 0 where id = ?1", id);
}

std::vector<store::BlobId> blobs_of(store::ReadTxn& txn, std::int64_t bucket) {
    std::vector<store::BlobId> files;
    for (const auto& row :
         txn.query("select blob from s3_versions where bucket = ?1 and is_current = 1 and blob is not null",
                   bucket)) {
        files.emplace_back(row.text(0));
    }
    for (const auto& row :
         txn.query("select blob from s3_versions where bucket = ?1 and is_current = 0 and blob is not null",
                   bucket)) {
        files.emplace_back(row.text(0));
    }
    return files;
}

}  // namespace

ObjectRow require_version(store::ReadTxn& txn, const ObjectName& name, WithBody body) {
    if (name.version) return require_step_by_step(txn, name, body);
    auto rows = body == WithBody::yes
                    ? txn.query(
                          "select o.id, o.version, o.delete_marker, o.size, o.modified_ms, o.etag, "
                          "o.storage_class, o.content_type, o.checksum_algorithm, o.checksum, "
                          "o.checksum_type, o.headers, o.parts, o.blob, o.body, b.account, b.versioning, "
                          "b.configured "
                          "from s3_buckets b left join s3_versions o on o.bucket = b.id and o.key = ?2 and "
                          "o.is_current = 1 where b.name = ?1",
                          name.bucket, store::Blob{name.key})
                    : txn.query(
                          "select o.id, o.version, o.delete_marker, o.size, o.modified_ms, o.etag, "
                          "o.storage_class, o.content_type, o.checksum_algorithm, o.checksum, "
                          "o.checksum_type, o.headers, o.parts, o.blob, null, b.account, b.versioning, "
                          "b.configured "
                          "from s3_buckets b left join s3_versions o on o.bucket = b.id and o.key = ?2 and "
                          "o.is_current = 1 where b.name = ?1",
                          name.bucket, store::Blob{name.key});
    if (!rows.next()) throw no_such_bucket(name.bucket);
    check_expected_owner(name.expected_owner, rows->text(15));
    if (!name.gate.is_open(rows->text(15), rows->integer(17))) {
        return require_step_by_step(txn, name, body);
    }
    if (rows->is_null(0)) throw not_found(txn, require_bucket(txn, name.bucket), name.key);
    ObjectRow row = read_object(*rows);
    if (!rows->text(16).empty()) row.shown_version = shown(row.version);
    return row;
}

ObjectRow require_object(store::ReadTxn& txn, const ObjectName& name, WithBody body,
                         std::string_view method) {
    ObjectRow row = require_version(txn, name, body);
    if (!row.delete_marker) return row;
    // docs: S3 User Guide, "Working with delete markers": a GET of one by its version is 405.
    throw Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
        .with("Method", std::string(method))
        .with("ResourceType", "DeleteMarker")
        .with_header("Allow", "DELETE")
        .with_header("Last-Modified", format_http_date(from_unix_millis(row.modified_ms)))
        .with_header("x-amz-delete-marker", "true")
        .with_header("x-amz-version-id", row.shown_version);
}

std::optional<std::string> hiding_marker(store::ReadTxn& txn, std::string_view bucket, std::string_view key) {
    const auto row = find_bucket(txn, bucket);
    if (!row || !row->ever_versioned() || find_standing(txn, row->id, key)) return std::nullopt;
    const auto newest = find_newest_older(txn, row->id, key);
    if (!newest) return std::nullopt;
    return shown(newest->version);
}

ObjectRow require_copy_source(store::ReadTxn& txn, const CopySource& source,
                              const std::optional<std::string>& expected_owner, const ReadGate& gate) {
    const ObjectName name{source.bucket, source.key, source.version, expected_owner, gate};
    ObjectRow row = require_version(txn, name, WithBody::yes);
    if (!row.delete_marker) return row;
    throw invalid_request(
        "The source of a copy request may not specifically refer to a delete marker by version id.");
}

std::optional<StandingObject> find_standing(store::ReadTxn& txn, std::int64_t bucket, std::string_view key) {
    auto rows = txn.query(
        "select id, version, ordinal, etag, size, modified_ms, blob from s3_versions where bucket = ?1 and "
        "key = ?2 and is_current = 1",
        bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    StandingObject out;
    out.id = rows->integer(0);
    if (!rows->is_null(1)) out.version = rows->text(1);
    out.ordinal = rows->integer(2);
    out.etag = rows->text(3);
    out.size = rows->integer(4);
    out.modified_ms = rows->integer(5);
    if (!rows->is_null(6)) out.blob = rows->text(6);
    return out;
}

std::optional<StandingObject> find_version(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                           std::string_view version) {
    const auto id = find_version_row(txn, bucket, key, version);
    if (!id) return std::nullopt;
    auto rows = txn.query(
        "select version, ordinal, delete_marker, etag, size, modified_ms, blob from s3_versions where "
        "id = ?1",
        *id);
    rows.next();
    StandingObject out;
    out.id = *id;
    if (!rows->is_null(0)) out.version = rows->text(0);
    out.ordinal = rows->integer(1);
    out.delete_marker = rows->integer(2) != 0;
    out.etag = rows->text(3);
    out.size = rows->integer(4);
    out.modified_ms = rows->integer(5);
    if (!rows->is_null(6)) out.blob = rows->text(6);
    return out;
}

ObjectHeaders find_headers(store::ReadTxn& txn, std::int64_t id) {
    auto rows = txn.query("select headers from s3_versions where id = ?1", id);
    if (!rows.next() || rows->is_null(0)) return {};
    return ObjectHeaders::from_json(rows->text(0));
}

void set_headers(store::Txn& txn, std::int64_t id, const ObjectHeaders& headers) {
    const std::string json = headers.empty() ? std::string() : headers.to_json();
    txn.execute("update s3_versions set headers = ?2 where id = ?1", id, present(json));
}

bool still_stands(store::ReadTxn& txn, std::int64_t id, std::string_view blob) {
    auto rows = txn.query("select 1 from s3_versions where id = ?1 and blob = ?2", id, blob);
    return rows.next();
}

std::string put_object_row(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket,
                           std::string_view key, const ObjectRow& row,
                           const std::optional<StandingObject>& standing, std::string_view seed) {
    if (bucket.has_versions()) {
        const std::int64_t ordinal = next_ordinal(txn, bucket.id, key, standing);
        if (standing) make_older(txn, standing->id);
        std::string version = make_version_id(seed, key, ordinal);
        insert_row(txn, bucket.id, key, row, version, ordinal);
        return version;
    }
    if (standing && standing->version.empty()) {
        replace_row(txn, blobs, row, *standing);
        return {};
    }
    if (!bucket.ever_versioned()) {
        insert_row(txn, bucket.id, key, row, {}, 0);
        return {};
    }
    const std::int64_t ordinal = next_ordinal(txn, bucket.id, key, standing);
    if (standing) make_older(txn, standing->id);
    erase_null_version(txn, blobs, bucket.id, key);
    insert_row(txn, bucket.id, key, row, {}, ordinal);
    return {};
}

Removal remove_current(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket, std::string_view key,
                       std::int64_t now_ms, std::string_view seed) {
    Removal out;
    const auto standing = find_standing(txn, bucket.id, key);
    if (!bucket.ever_versioned()) {
        out.changed = standing.has_value();
        if (standing) erase_row(txn, blobs, *standing);
        return out;
    }
    ObjectRow marker;
    marker.delete_marker = true;
    marker.modified_ms = now_ms;
    const std::int64_t ordinal = next_ordinal(txn, bucket.id, key, standing);
    if (standing) make_older(txn, standing->id);
    if (bucket.has_versions()) {
        marker.version = make_version_id(seed, key, ordinal);
    } else {
        erase_null_version(txn, blobs, bucket.id, key);
    }
    insert_row(txn, bucket.id, key, marker, marker.version, ordinal);
    out.changed = out.marker_made = true;
    out.version = shown(marker.version);
    return out;
}

Removal remove_version(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket, std::string_view key,
                       std::string_view version) {
    Removal out;
    out.version = version;
    const auto erased = find_version(txn, bucket.id, key, version);
    if (!erased) return out;
    out.changed = true;
    out.marker_erased = erased->delete_marker;
    erase_row(txn, blobs, *erased);
    if (find_standing(txn, bucket.id, key)) return out;
    const auto newest = find_newest_older(txn, bucket.id, key);
    if (newest && !newest->delete_marker) {
        txn.execute("update s3_versions set is_current = 1 where id = ?1", newest->id);
    }
    return out;
}

void set_storage_class(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view version,
                       std::string_view storage_class) {
    const auto id = find_version_row(txn, bucket, key, version);
    if (id) txn.execute("update s3_versions set storage_class = ?2 where id = ?1", *id, storage_class);
}

void set_version_headers(store::Txn& txn, std::int64_t id, std::string_view headers) {
    txn.execute("update s3_versions set headers = ?2 where id = ?1", id, headers);
}

void erase_contents(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket) {
    for (const store::BlobId& file : blobs_of(txn, bucket)) blobs.erase(txn, file);
    txn.execute("delete from s3_versions where bucket = ?1 and is_current = 1", bucket);
    txn.execute("delete from s3_versions where bucket = ?1 and is_current = 0", bucket);
    erase_uploads(txn, blobs, bucket);
}

}  // namespace fogbank::s3
