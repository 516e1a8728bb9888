// When buckets' lifecycle rules are due.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

inline constexpr std::string_view kLifecycleChannel = "s3.lifecycle";

// The bucket's rules have changed: its time is found anew. Wakes the runner.
void plan_lifecycle(store::Txn& txn, std::int64_t bucket);
// Names of the buckets that have rules.
std::vector<std::string> list_lifecycle_buckets(store::ReadTxn& txn);
void forget_lifecycle(store::Txn& txn, std::int64_t bucket);

struct DueBucket {
    std::int64_t bucket = 0;
    std::int64_t next_ms = 0;  // 0: not planned yet
};
std::optional<DueBucket> find_due_bucket(store::ReadTxn& txn, std::int64_t now_ms);
void set_next_lifecycle(store::Txn& txn, std::int64_t bucket, std::int64_t next_ms);
// Empty where there is no such bucket.
std::string bucket_name(store::ReadTxn& txn, std::int64_t bucket);
std::optional<std::int64_t> next_lifecycle_ms(store::ReadTxn& txn);
// Buckets that are due, of the account or all.
std::int64_t count_due_buckets(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms);

}  // namespace fogbank::s3
