// What one data file of an export holds.
#pragma once

#include "services/dynamodb/store/exports.h"

namespace fogbank::dynamodb {

// A full export: items as they were, each once, in the order of their keys.
ExportPage read_items(store::ReadTxn& txn, const Export& job);
// An incremental one: for each item that was written, what it was before and after.
ExportPage read_changes(store::ReadTxn& txn, const Export& job);

}  // namespace fogbank::dynamodb
