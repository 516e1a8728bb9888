// When the restored copies of archived versions go.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

inline constexpr std::string_view kRestoredChannel = "s3.restored";

struct RestoredCopy {
    std::int64_t id = 0;  // of the version's row
    std::int64_t bucket = 0;
    std::string key, version;
    std::int64_t until_ms = 0;
};

// Once a version: a longer restoration takes the place of a shorter one. Wakes the runner.
void put_restored_copy(store::Txn& txn, const RestoredCopy& copy);
void erase_restored_copy(store::Txn& txn, std::int64_t id);
std::optional<RestoredCopy> find_due_copy(store::ReadTxn& txn, std::int64_t now_ms);
std::optional<std::int64_t> next_copy_due_ms(store::ReadTxn& txn);
// Of the account or all.
std::int64_t count_due_copies(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms);

}  // namespace fogbank::s3
