// A page of a bucket's keys in byte order. Its cost depends on the page, never on the bucket.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

enum class WithHeaders : std::uint8_t { no, yes };

struct ListQuery {
    std::int64_t bucket = 0;
    std::string prefix, delimiter;
    std::string from;        // the least key that may come
    std::int64_t limit = 0;  // keys and common prefixes together
    WithHeaders headers = WithHeaders::no;
};

struct ListedObject {
    std::string key;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    std::string etag, storage_class, checksum_algorithm, checksum_type;
    std::string headers;  // JSON, where asked for
};

struct ListPage {
    std::vector<ListedObject> objects;
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    std::string last;  // the greatest key or common prefix of the page
    std::string next;  // ListQuery::from of the next page
};

ListPage list_objects(store::ReadTxn& txn, const ListQuery& query);

// The common prefix that `key`, which starts with `prefix`, falls under; empty where it stands for itself.
std::string_view common_prefix_of(std::string_view key, std::string_view prefix, std::string_view delimiter);

// Where a listing after `marker` begins. A marker that is a common prefix stands for all keys under it.
std::string from_marker(std::string_view marker, std::string_view prefix, std::string_view delimiter);

}  // namespace fogbank::s3
