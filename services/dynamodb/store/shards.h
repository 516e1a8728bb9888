// Shards of streams: one after the other, ended by the clock, and the records that they hold for 24 hours.
#pragma once

#include "services/dynamodb/store/streams.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

struct Shard {
    std::int64_t number = 0;
    std::int64_t stream = 0;  // Stream::number
    std::string parent;       // its id; empty where none
    std::int64_t opened_ms = 0;
    std::optional<std::int64_t> closed_ms;
    std::int64_t first_sequence = 0;
    std::optional<std::int64_t> last_sequence;  // of a closed one: above its records
};

std::string shard_id(const Shard& shard);

// A new stream's first shard, whose records begin with `first_sequence`.
void open_first_shard(store::Txn& txn, std::int64_t stream, std::int64_t first_sequence, std::int64_t now_ms);
// Ends the open shard of a stream that is closed with it.
void close_last_shard(store::Txn& txn, std::int64_t stream, std::int64_t table_number, std::int64_t now_ms);

// A closed shard is gone when its last record has expired.
std::optional<Shard> find_shard(store::ReadTxn& txn, std::int64_t number, std::int64_t now_ms);
// In their order, after number `after`.
std::vector<Shard> list_shards(store::ReadTxn& txn, const Stream& stream, std::int64_t after,
                               std::int64_t limit, std::int64_t now_ms);

struct StreamRow {
    std::int64_t sequence = 0;
    std::int64_t written_ms = 0;
    std::string event;  // INSERT, MODIFY, REMOVE
    std::int64_t size = 0;
    std::string keys;  // JSON, like the images
    std::string new_image;
    std::string old_image;
    std::string trace;
    bool by_service = false;  // time to live deleted the item
};

// Records from `sequence` on, at most `limit` and about `byte_limit` bytes; expired ones are skipped.
std::vector<StreamRow> read_records(store::ReadTxn& txn, const Shard& shard, std::int64_t sequence,
                                    std::int64_t limit, std::int64_t byte_limit, std::int64_t now_ms);
// The first sequence number that was written at or after `since_ms`; latest() where none is.
std::int64_t first_since(store::ReadTxn& txn, const Shard& shard, std::int64_t since_ms);
// The first one that is still readable.
std::int64_t trim_horizon(store::ReadTxn& txn, const Shard& shard, std::int64_t now_ms);
// One past the last record.
std::int64_t latest(store::ReadTxn& txn, const Shard& shard);

// Ends shards that have been open for four hours, and opens their children; false where none is due.
bool roll_shards(store::Txn& txn, std::int64_t now_ms);
// When the next shard is due.
std::optional<std::int64_t> next_roll_ms(store::ReadTxn& txn);
// Shards that are due. An empty account means all of them.
std::int64_t count_due_shards(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms);

// Erases a chunk of a closed shard whose records have expired; false where there is none.
bool erase_expired_shard(store::Txn& txn, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
