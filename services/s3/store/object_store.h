// The rows of objects.
#pragma once

#include "services/s3/checksum.h"
#include "src/store/blob_store.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct ObjectRow {
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    std::string etag;  // without quotes
    std::string storage_class;
    std::string content_type;
    Checksum checksum;
    std::string headers;  // JSON; empty: none
    std::string parts;    // JSON; empty: not from a multipart upload
    store::BlobId blob;   // empty: inline
    std::string body;     // where inline and asked for

    bool is_multipart() const { return !parts.empty(); }
};

enum class WithBody : std::uint8_t { no, yes };

std::optional<ObjectRow> find_object(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                     WithBody body);

// The same by the bucket's name, in one statement: the reading of every GET. Throws NoSuchBucket, NoSuchKey,
// and AccessDenied where the caller expects another owner.
ObjectRow require_object(store::ReadTxn& txn, std::string_view bucket, std::string_view key,
                         const std::optional<std::string>& expected_owner, WithBody body);

// What a write has to know of the object it replaces.
struct StandingObject {
    std::int64_t id = 0;
    std::string etag;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    store::BlobId blob;
};
std::optional<StandingObject> find_standing(store::ReadTxn& txn, std::int64_t bucket, std::string_view key);

// Inserts the object, or replaces `standing` (the row of that very key) and gives its blob back.
void put_object_row(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket, std::string_view key,
                    const ObjectRow& row, const std::optional<StandingObject>& standing);

void erase_object(store::Txn& txn, store::BlobStore& blobs, const StandingObject& standing);

// Drops every object and upload of the bucket.
void erase_contents(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket);

}  // namespace fogbank::s3
