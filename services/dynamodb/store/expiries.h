// When items are due to be deleted by time to live, and deleting them in chunks.
#pragma once

#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table.h"
#include "services/dynamodb/value/attribute_value.h"
#include "src/events/event.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>

namespace fogbank::dynamodb {

// Notified where an item became due before all others, or where there is a job to do.
inline constexpr std::string_view kExpiryChannel = "dynamodb:expiry";

// In the transaction of a write to a table with time to live. `item` is null where it is gone.
void store_expiry(store::Txn& txn, const Table& table, const std::string& key, const AttributeMap* item,
                  std::int64_t now_ms);

// After time to live was enabled on or disabled for `table`: in the background, the times of its items are
// found, or forgotten.
void start_filling_expiries(store::Txn& txn, const Table& table);
void start_erasing_expiries(store::Txn& txn, const Table& table);

// Does a chunk of one job; false where there is none.
bool fill_or_erase_expiries(store::Txn& txn);
// Deletes a chunk of the items that are expired; how many rows were done with.
std::int64_t erase_expired_items(store::Txn& txn, events::Outbox& outbox, std::int64_t now_ms);

// The time at which the next item, not expired yet, will be.
std::optional<std::int64_t> next_expiry_ms(store::ReadTxn& txn, std::int64_t now_ms);
// Items that are expired, and jobs: what is left to do. An empty account means all of them.
std::int64_t count_expired(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
