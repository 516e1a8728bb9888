// The rows of multipart uploads and their parts.
#pragma once

#include "src/store/blob_store.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct UploadRow {
    std::int64_t id = 0;
    std::string upload;
    std::int64_t bucket = 0;
    std::string key;
    std::int64_t initiated_ms = 0;
    std::string storage_class, content_type, checksum_algorithm, checksum_type;
    std::string headers;    // JSON; empty: none
    std::string initiator;  // the account that began it; empty: the bucket's owner
};

struct PartRow {
    std::int64_t number = 0;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    std::string etag;
    std::string checksum;  // base64; empty: none
    store::BlobId blob;    // empty: inline
    std::string body;      // where inline and asked for
};

void insert_upload(store::Txn& txn, const UploadRow& upload);
std::optional<UploadRow> find_upload(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                     std::string_view upload);
// Throws NoSuchUpload where the id is none of that bucket and key.
UploadRow require_upload(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                         std::string_view upload);

// Parts with numbers above `after`, at most `limit`; bodies too where `bodies`.
enum class PartBodies : std::uint8_t { no, yes };
std::vector<PartRow> list_parts(store::ReadTxn& txn, std::int64_t upload, std::int64_t after,
                                std::int64_t limit, PartBodies bodies);
void put_part(store::Txn& txn, store::BlobStore& blobs, std::int64_t upload, const PartRow& part);
// Drops the upload and its parts, files too.
void erase_upload(store::Txn& txn, store::BlobStore& blobs, std::int64_t upload);
void erase_uploads(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket);

struct UploadQuery {
    std::int64_t bucket = 0;
    std::string prefix, delimiter, key_marker, upload_marker;
    std::int64_t limit = 0;  // uploads and common prefixes together
};
struct UploadPage {
    std::vector<UploadRow> uploads;
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    std::string last_key;     // the last key or common prefix of the page
    std::string last_upload;  // empty where the page ends with a common prefix
};
UploadPage list_uploads(store::ReadTxn& txn, const UploadQuery& query);

}  // namespace fogbank::s3
