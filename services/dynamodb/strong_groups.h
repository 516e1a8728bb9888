// Global tables with MultiRegionConsistency STRONG: three regions, of which one may be a witness, that hold
// the same items at any time. docs: "Multi-Region strong consistency (MRSC)".
#pragma once

#include "services/dynamodb/model/types/update_table_input.h"
#include "services/dynamodb/store/tables.h"

namespace fogbank::dynamodb {

// Takes what ReplicaUpdates make of the table's group: a strong one is made at once, of an empty table, and
// unmade at once. Refuses all between, and sets `is_strong` and `witness`.
void take_consistency(store::ReadTxn& txn, const api::UpdateTableInput& input, Table& table);

[[noreturn]] void refuse_consistency_alone();
// Refuses what such a table does not take: `what`, in words that end before "for global tables ...". Null:
// nothing.
void refuse_strong(const Table& table, const char* what);

}  // namespace fogbank::dynamodb
