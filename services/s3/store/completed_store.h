// The rows of uploads that are complete.
#pragma once

#include "services/s3/checksum.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct CompletedUpload {
    std::string etag;     // without quotes
    std::string version;  // empty: the null version
    Checksum checksum;
    std::string headers;  // JSON, see object_headers.h; empty: none
};

std::optional<CompletedUpload> find_completed(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                              std::string_view upload);
// Forgets what is older than a day on the way.
void insert_completed(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view upload,
                      const CompletedUpload& completed, std::int64_t now_ms);
void erase_completed(store::Txn& txn, std::int64_t bucket);

}  // namespace fogbank::s3
