// The rows of access logs on their way.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace fogbank::s3 {

inline constexpr std::string_view kLoggingChannel = "s3.logging";     // which buckets log has changed
inline constexpr std::string_view kLogLinesChannel = "s3.log-lines";  // there is a new line

std::set<std::string, std::less<>> list_logging_buckets(store::ReadTxn& txn);
void insert_log_line(store::Txn& txn, std::int64_t bucket, std::int64_t due_ms, std::string_view line);

// The bucket whose lines are due, and its lines as far as they fit into `limit` bytes (at least one).
struct DueLines {
    std::string bucket;
    std::string text;
    std::int64_t last_id = 0;
    std::int64_t bucket_id = 0;
};
std::optional<DueLines> take_due_lines(store::ReadTxn& txn, std::int64_t now_ms, std::size_t limit);
void erase_log_lines(store::Txn& txn, std::int64_t bucket, std::int64_t last_id);
std::optional<std::int64_t> next_log_due_ms(store::ReadTxn& txn);
std::int64_t count_due_lines(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms);

}  // namespace fogbank::s3
