// Filling and erasing indexes, in chunks, by the service's background work.
#pragma once

#include "services/dynamodb/table.h"
#include "src/store/database.h"

namespace fogbank::dynamodb {

// Queues the items of `table`, which has the index, for it.
void start_filling(store::Txn& txn, const Table& table, const Index& index);
// Queues the entries of an index that `table` has no longer.
void start_erasing(store::Txn& txn, const Table& table, const Index& index);

// Does a chunk of one job; false where there is none. An index whose last item is done becomes readable.
bool fill_or_erase_index(store::Txn& txn);
// Indexes that are being filled, of one account or of all (empty).
std::int64_t count_fillings(store::ReadTxn& txn, std::string_view account);

}  // namespace fogbank::dynamodb
