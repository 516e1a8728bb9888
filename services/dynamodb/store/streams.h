// Streams of tables: one shard each, records numbered in the order of commits, kept for 24 hours.
#pragma once

#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

// Opens a stream on `table`, which has its number, and sets table.stream.
void open_stream(store::Txn& txn, Table& table, std::string_view view, std::int64_t now_ms);
// Closes the table's stream where it is open; its records stay readable until they expire.
void close_stream(store::Txn& txn, Table& table, std::int64_t now_ms);

// In the transaction of the write. Wakes who waits on Database::channel("stream:" + ARN).
void append_record(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                   std::int64_t sequence, const Writer& writer);

struct Stream {
    std::int64_t number = 0;
    std::string table_name;
    std::string label;
    std::string view;
    std::string keys;  // KeySchema as JSON: [{"AttributeName":..., "KeyType":...}]
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> closed_ms;
    std::int64_t first_sequence = 0;
    std::optional<std::int64_t> last_sequence;  // of a closed one
};

// A closed stream is gone when its last record may have expired.
std::optional<Stream> find_stream(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view label, std::int64_t now_ms);
// Streams with a number above `after`, of one table or of all (empty name).
std::vector<Stream> list_streams(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t now_ms);

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
std::vector<StreamRow> read_records(store::ReadTxn& txn, const Stream& stream, std::int64_t sequence,
                                    std::int64_t limit, std::int64_t byte_limit, std::int64_t now_ms);
// The first sequence number that is still readable; one past the last where none is.
std::int64_t trim_horizon(store::ReadTxn& txn, const Stream& stream, std::int64_t now_ms);
// One past the last record.
std::int64_t latest(store::ReadTxn& txn, const Stream& stream);

// Erases a chunk of a closed stream whose records have expired; false where there is none.
bool erase_expired_stream(store::Txn& txn, std::int64_t now_ms);

std::string sequence_number(std::int64_t sequence);
std::optional<std::int64_t> parse_sequence_number(std::string_view text);
std::string shard_id(const Stream& stream);

}  // namespace fogbank::dynamodb
