// A page of a bucket's versions and delete markers: keys in byte order, the newest of a key first.
#pragma once

#include "services/s3/store/listing.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::s3 {

struct VersionQuery {
    std::int64_t bucket = 0;
    std::string prefix, delimiter;
    std::string from;  // the least key that may come
    // Of the key `from` only what is older than this version may come ("null" too); empty: all of it.
    std::string after_version;
    std::int64_t limit = 0;  // versions, delete markers and common prefixes together
    WithHeaders headers = WithHeaders::no;
};

struct ListedVersion : ListedObject {
    std::string version;  // "null" too
    bool is_latest = false;
    bool delete_marker = false;
};

struct VersionPage {
    std::vector<ListedVersion> versions;
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    std::string last_key;      // the last key or common prefix of the page
    std::string last_version;  // empty where the page ends with a common prefix
};

VersionPage list_versions(store::ReadTxn& txn, const VersionQuery& query);

}  // namespace fogbank::s3
