// Shard iterators: opaque to clients, self-contained, good for 15 minutes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

inline constexpr std::int64_t kIteratorLifeMs = 15 * 60 * 1000;  // docs: GetShardIterator

struct ShardIterator {
    std::string stream_arn;
    std::int64_t shard = 0;     // Shard::number
    std::int64_t sequence = 0;  // the next record to read
    std::int64_t issued_ms = 0;

    std::string text() const;
    static std::optional<ShardIterator> parse(std::string_view text);
};

struct StreamName {
    std::string table;
    std::string label;
};
// The number in a shard's id; nothing where the text is no such id.
std::optional<std::int64_t> parse_shard_id(std::string_view text);
// arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL
std::optional<StreamName> parse_stream_arn(std::string_view text);

}  // namespace fogbank::dynamodb
