// Which write an item of a global table shows: the last one wins, in every region the same one.
#pragma once

#include "src/store/database.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

// In the order in which writes win.
struct Stamp {
    std::int64_t at_ms = 0;
    std::string region;  // whose write it was
    std::int64_t sequence = 0;
    auto operator<=>(const Stamp&) const = default;
};

std::optional<Stamp> find_stamp(store::ReadTxn& txn, std::int64_t table_number, std::string_view key);
void store_stamp(store::Txn& txn, std::int64_t table_number, std::string_view key, const Stamp& stamp);

// Erases a chunk of those that no write on its way can be older than; false where there is none.
bool erase_old_stamps(store::Txn& txn, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
