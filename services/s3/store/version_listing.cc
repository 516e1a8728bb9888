#include "services/s3/store/version_listing.h"

#include "services/s3/names.h"
#include "services/s3/store/object_store.h"
#include "services/s3/versions.h"

#include <algorithm>
#include <limits>

namespace fogbank::s3 {

namespace {

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

// Where a page goes on: at this key, below this ordinal.
struct Position {
    std::string key;
    std::int64_t below = kNewest;
};

// Rows from `from` on, below the key `to` where that is not empty. Both halves come in order out of their
// indexes, and SQLite merges them.
store::Rows rows_between(store::ReadTxn& txn, const VersionQuery& query, const Position& from,
                         std::string_view to, std::int64_t limit) {
    const std::int64_t headers = query.headers == WithHeaders::yes ? 1 : 0;
    if (to.empty()) {
        return txn.query(
            "select key, ordinal, size, modified_ms, etag, storage_class, checksum_algorithm, "
            "checksum_type, version, delete_marker, case when ?5 = 1 then headers end from s3_versions "
            "where bucket = ?1 and key >= ?2 and (key > ?2 or ordinal < ?3) and is_current = 1 "
            "union all "
            "select key, ordinal, size, modified_ms, etag, storage_class, checksum_algorithm, "
            "checksum_type, version, delete_marker, case when ?5 = 1 then headers end from s3_versions "
            "where bucket = ?1 and key >= ?2 and (key > ?2 or ordinal < ?3) and is_current = 0 "
            "order by 1, 2 desc limit ?4",
            query.bucket, store::Blob{from.key}, from.below, limit, headers);
    }
    return txn.query(
        "select key, ordinal, size, modified_ms, etag, storage_class, checksum_algorithm, checksum_type, "
        "version, delete_marker, case when ?5 = 1 then headers end from s3_versions "
        "where bucket = ?1 and key >= ?2 and (key > ?2 or ordinal < ?3) and key < ?6 and is_current = 1 "
        "union all "
        "select key, ordinal, size, modified_ms, etag, storage_class, checksum_algorithm, checksum_type, "
        "version, delete_marker, case when ?5 = 1 then headers end from s3_versions "
        "where bucket = ?1 and key >= ?2 and (key > ?2 or ordinal < ?3) and key < ?6 and is_current = 0 "
        "order by 1, 2 desc limit ?4",
        query.bucket, store::Blob{from.key}, from.below, limit, headers, store::Blob{to});
}

ListedVersion read_version(const store::Statement& row) {
    ListedVersion out;
    out.key = row.blob(0);
    out.size = row.integer(2);
    out.modified_ms = row.integer(3);
    out.etag = row.text(4);
    out.storage_class = row.text(5);
    out.checksum_algorithm = row.text(6);
    out.checksum_type = row.text(7);
    out.version = row.is_null(8) ? std::string(kNullVersion) : std::string(row.text(8));
    out.delete_marker = row.integer(9) != 0;
    if (!row.is_null(10)) out.headers = row.text(10);
    return out;
}

// True where the key has a version of that ordinal or a newer one, so that older ones are not the latest.
bool has_newer(store::ReadTxn& txn, std::int64_t bucket, const Position& position) {
    if (const auto standing = find_standing(txn, bucket, position.key)) {
        return standing->ordinal >= position.below;
    }
    auto rows = txn.query(
        "select 1 from s3_versions where bucket = ?1 and key = ?2 and ordinal >= ?3 and is_current = 0 limit "
        "1",
        bucket, store::Blob{position.key}, position.below);
    return rows.next();
}

Position start_of(store::ReadTxn& txn, const VersionQuery& query) {
    if (query.from < query.prefix) return {query.prefix, kNewest};
    Position start{query.from, kNewest};
    if (query.after_version.empty()) return start;
    if (const auto ordinal = ordinal_of(query.after_version)) {
        start.below = *ordinal;
        return start;
    }
    const auto null_version = find_version(txn, query.bucket, query.from, kNullVersion);
    start.below = null_version ? null_version->ordinal : 0;
    return start;
}

}  // namespace

VersionPage list_versions(store::ReadTxn& txn, const VersionQuery& query) {
    VersionPage page;
    if (query.limit <= 0) return page;
    const std::string to = after_prefix(query.prefix);
    Position next = start_of(txn, query);
    // The key of the row before, so that the first row of a key is known as its latest.
    std::optional<std::string> key_before;
    if (next.below != kNewest && has_newer(txn, query.bucket, next)) key_before = next.key;
    std::int64_t left = query.limit;
    bool more = true;
    while (more) {
        more = false;
        const Position from = next;
        auto rows = rows_between(txn, query, from, to, left + 1);
        while (rows.next()) {
            if (left == 0) {
                page.truncated = true;
                return page;
            }
            --left;
            const std::string_view group = common_prefix_of(rows->blob(0), query.prefix, query.delimiter);
            if (group.empty()) {
                ListedVersion& version = page.versions.emplace_back(read_version(*rows));
                version.is_latest = key_before != version.key;
                key_before = version.key;
                page.last_key = version.key;
                page.last_version = version.version;
                continue;
            }
            // Seeks past the whole group instead of reading it.
            page.last_key = group;
            page.last_version.clear();
            next = {after_prefix(group), kNewest};
            page.common_prefixes.emplace_back(group);
            more = !next.key.empty();
            break;
        }
    }
    return page;
}

}  // namespace fogbank::s3
