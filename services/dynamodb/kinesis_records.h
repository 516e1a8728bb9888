// A table's changes as records of Kinesis streams.
#pragma once

#include "services/dynamodb/store/item_writes.h"

#include <cstdint>

namespace fogbank::dynamodb {

// Queues a record for each active destination of the table, in the transaction of the write. `sequence` tells
// the table's changes apart.
void send_to_kinesis(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                     std::int64_t sequence, const Writer& writer);

}  // namespace fogbank::dynamodb
