// The records of a shard. Positions are 0, 1, 2, ... without gaps, and arrival times never go back.
#pragma once

#include "services/kinesis/store/streams.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::kinesis {

struct NewRecord {
    HashKey hash;
    std::string_view partition_key;
    std::string_view data;
};

// Where a record went.
struct Placement {
    std::int64_t shard = 0;
    SequenceNumber sequence_number;
};

// Appends to the shard that owns record.hash, and now and then drops what is past retention. `trace` is the
// writer's.
Placement insert_record(store::Txn& txn, const Stream& stream, const NewRecord& record, std::int64_t now_ms,
                        std::string_view trace);

struct Record {
    std::int64_t position = 0;
    std::int64_t arrived_ms = 0;
    std::string partition_key;
    std::string data;
    std::string trace;
};

struct Slice {
    std::vector<Record> records;
    std::int64_t bytes = 0;  // of data
};

// Records from `position` on: at most `limit`, and only so many that their data stays within `byte_limit`;
// one where that one alone is larger.
Slice list_records(store::ReadTxn& txn, const Stream& stream, std::int64_t shard, std::int64_t position,
                   std::int64_t limit, std::int64_t byte_limit);

// The position of the first record that arrived at or after `time_ms`; the next free one where there is none.
// Records before it may be missing (trimmed).
std::int64_t find_position(store::ReadTxn& txn, const Stream& stream, const Shard& shard,
                           std::int64_t time_ms);

std::optional<std::int64_t> find_arrival(store::ReadTxn& txn, const Stream& stream, std::int64_t shard,
                                         std::int64_t position);

}  // namespace fogbank::kinesis
