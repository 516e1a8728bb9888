// Streams, their shards and tags as rows.
#pragma once

#include "services/kinesis/hash_key.h"
#include "services/kinesis/sequence_number.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::kinesis {

struct Stream {
    std::string account;
    std::string region;
    std::string name;
    std::int64_t id = 0;  // never used again within account and region, unlike the name
    std::string mode;     // PROVISIONED, ON_DEMAND
    std::int64_t shard_count = 0;
    std::int64_t retention_hours = 24;
    std::int64_t max_record_bytes = 1 << 20;
    std::int64_t created_ms = 0;
    std::int64_t active_ms = 0;  // CREATING before it
    std::int64_t delete_ms = 0;  // DELETING before it, gone from it on; 0: not deleted

    std::string_view status(std::int64_t now_ms) const;
    std::int64_t oldest_kept_ms(std::int64_t now_ms) const { return now_ms - retention_hours * 3'600'000; }
};

struct Shard {
    std::int64_t number = 0;
    HashRange hashes{HashKey(0), HashKey(0)};
    std::int64_t created_s = 0;
    std::int64_t next_position = 0;

    SequenceNumber first_sequence_number() const { return {created_s, 0, created_s, number, 2}; }
};

// Nothing where it does not exist or its deletion is complete at `now_ms`.
std::optional<Stream> find_stream(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view name, std::int64_t now_ms);
// By name, after `after`, at most `limit`.
std::vector<Stream> list_streams(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view after, std::int64_t limit, std::int64_t now_ms);
struct Usage {
    std::int64_t open_shards = 0;  // of provisioned streams
    std::int64_t on_demand_streams = 0;
};
Usage find_usage(store::ReadTxn& txn, std::string_view account, std::string_view region, std::int64_t now_ms);

// Gives it its id, and shards of equal ranges. The name must be free at stream.created_ms.
void insert_stream(store::Txn& txn, Stream& stream);
void set_retention(store::Txn& txn, const Stream& stream, std::int64_t hours);
void mark_deleted(store::Txn& txn, const Stream& stream, std::int64_t delete_ms);

// By number, after `after`, at most `limit`.
std::vector<Shard> list_shards(store::ReadTxn& txn, const Stream& stream, std::int64_t after,
                               std::int64_t limit);
std::optional<Shard> find_shard(store::ReadTxn& txn, const Stream& stream, std::int64_t number);

using Tags = std::vector<std::pair<std::string, std::string>>;  // by name
Tags list_tags(store::ReadTxn& txn, const Stream& stream);
void put_tag(store::Txn& txn, const Stream& stream, std::string_view name, std::string_view value);
void erase_tag(store::Txn& txn, const Stream& stream, std::string_view name);

// The deleted stream that is or becomes due first.
std::optional<Stream> find_next_deleted(store::ReadTxn& txn);
// Erases some records of a deleted stream, or, where none are left, the stream.
bool erase_chunk(store::Txn& txn, const Stream& stream);
// All of an account, or everything where it is empty.
void erase_account(store::Txn& txn, std::string_view account);

}  // namespace fogbank::kinesis
