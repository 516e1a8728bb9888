// Streams of tables: records numbered in the order of commits, kept for 24 hours. Their shards:
// store/shards.h.
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

inline constexpr std::int64_t kStreamRetentionMs = 24LL * 60 * 60 * 1000;  // docs: "retained for 24 hours"

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
};

// A closed stream is gone when its last record may have expired.
std::optional<Stream> find_stream(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view label, std::int64_t now_ms);
// Streams with a number above `after`, of one table or of all (empty name).
std::vector<Stream> list_streams(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t now_ms);

// The number of the table's last change.
std::int64_t current_sequence(store::ReadTxn& txn, std::int64_t table_number);
std::string sequence_number(std::int64_t sequence);
std::optional<std::int64_t> parse_sequence_number(std::string_view text);
// A record's place: its stream's number above its sequence.
std::int64_t place_of(std::int64_t stream, std::int64_t sequence);
std::int64_t sequence_of(std::int64_t place);
// `value` in decimal, with leading zeros.
std::string zero_padded(std::int64_t value, std::size_t width);

}  // namespace fogbank::dynamodb
