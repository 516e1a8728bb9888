#include "services/s3/store/listing.h"

#include "services/s3/names.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

// Keys of the query's bucket from `from`, below `to` where that is not empty.
store::Rows keys_between(store::ReadTxn& txn, const ListQuery& query, std::string_view from,
                         std::string_view to, std::int64_t limit) {
    const std::int64_t headers = query.headers == WithHeaders::yes ? 1 : 0;
    if (to.empty()) {
        return txn.query(
            "select key, size, modified_ms, etag, storage_class, checksum_algorithm, checksum_type, case "
            "when ?4 = 1 then headers end from s3_versions where bucket = ?1 and key >= ?2 and is_current = "
            "1 order by key limit ?3",
            query.bucket, store::Blob{from}, limit, headers);
    }
    return txn.query(
        "select key, size, modified_ms, etag, storage_class, checksum_algorithm, checksum_type, case when "
        "?4 = 1 then headers end from s3_versions where bucket = ?1 and key >= ?2 and key < ?5 and "
        "is_current = 1 order by key limit ?3",
        query.bucket, store::Blob{from}, limit, headers, store::Blob{to});
}

ListedObject read_listed(const store::Statement& row) {
    ListedObject out;
    out.key = row.blob(0);
    out.size = row.integer(1);
    out.modified_ms = row.integer(2);
    out.etag = row.text(3);
    out.storage_class = row.text(4);
    out.checksum_algorithm = row.text(5);
    out.checksum_type = row.text(6);
    if (!row.is_null(7)) out.headers = row.text(7);
    return out;
}

}  // namespace

ListPage list_objects(store::ReadTxn& txn, const ListQuery& query) {
    ListPage page;
    if (query.limit <= 0) return page;
    const std::string to = after_prefix(query.prefix);
    page.objects.reserve(static_cast<std::size_t>(query.limit));
    page.next = std::max(query.from, query.prefix);
    std::int64_t left = query.limit;
    bool more = true;
    while (more) {
        more = false;
        const std::string from = page.next;
        auto rows = keys_between(txn, query, from, to, left + 1);
        while (rows.next()) {
            const std::string_view key = rows->blob(0);
            if (left == 0) {
                page.truncated = true;
                return page;
            }
            --left;
            const std::string_view group = common_prefix_of(key, query.prefix, query.delimiter);
            if (group.empty()) {
                page.objects.push_back(read_listed(*rows));
                page.last = page.objects.back().key;
                page.next = page.last + '\0';
                continue;
            }
            // Seeks past the whole group instead of reading it.
            page.last = group;
            page.next = after_prefix(group);
            page.common_prefixes.emplace_back(group);
            more = !page.next.empty();
            break;
        }
    }
    return page;
}

std::string_view common_prefix_of(std::string_view key, std::string_view prefix, std::string_view delimiter) {
    if (delimiter.empty()) return {};
    const std::size_t at = key.find(delimiter, prefix.size());
    if (at == std::string_view::npos) return {};
    return key.substr(0, at + delimiter.size());
}

std::string from_marker(std::string_view marker, std::string_view prefix, std::string_view delimiter) {
    const bool group = !delimiter.empty() && marker.starts_with(prefix) &&
                       marker.find(delimiter, prefix.size()) == marker.size() - delimiter.size();
    if (group && marker.size() >= prefix.size() + delimiter.size()) return after_prefix(marker);
    return std::string(marker) + '\0';
}

}  // namespace fogbank::s3
