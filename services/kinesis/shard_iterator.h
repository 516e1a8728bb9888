// Shard iterators: opaque to callers, and worth nothing once changed, or to another account.
#pragma once

#include "src/base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::kinesis {

// aws: "A shard iterator expires 5 minutes after it is returned" (docs: GetShardIterator).
inline constexpr std::int64_t kIteratorLifetimeMs = 300'000;

struct ShardIterator {
    std::int64_t made_ms = 0;
    std::int64_t stream_id = 0;
    std::int64_t shard = 0;
    std::int64_t position = 0;  // of the next record to read
    std::string stream_name;
};

// `scope` is who may use it: account and region.
std::string encode_iterator(const ShardIterator& iterator, std::string_view scope);
// Nothing where `token` was not made by encode_iterator with the same scope.
std::optional<ShardIterator> decode_iterator(std::string_view token, std::string_view scope);

// "Thu Jan 22 01:22:02 UTC 2015", the form in which AWS's messages name a time.
std::string format_message_time(std::int64_t ms);

}  // namespace fogbank::kinesis
