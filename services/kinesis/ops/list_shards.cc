#include "services/kinesis/model/list_shards.h"
#include "services/kinesis/descriptions.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"
#include "src/base/bytes.h"

#include <charconv>

namespace fogbank::kinesis {

namespace {

// aws: "The default value is 1000. If you specify a value greater than 1000, at most 1000 results are
// returned."
constexpr std::int64_t kPage = 1000;
// aws: "Tokens expire after 300 seconds" (docs: ListShards).
constexpr std::int64_t kTokenLifetimeMs = 300'000;

// What a NextToken holds: "<made at, ms>/<last shard listed>/<stream>".
struct Token {
    std::int64_t made_ms = 0;
    std::int64_t after = 0;
    std::string stream;
};

std::string encode(const Token& token) {
    return base64_encode(std::to_string(token.made_ms) + "/" + std::to_string(token.after) + "/" +
                         token.stream);
}

Token decode(const std::string& text) {
    const std::optional<std::string> decoded = base64_decode(text);
    Token token;
    if (decoded) {
        const char* const end = decoded->data() + decoded->size();
        auto made = std::from_chars(decoded->data(), end, token.made_ms);
        if (made.ec == std::errc() && made.ptr != end && *made.ptr == '/') {
            auto after = std::from_chars(made.ptr + 1, end, token.after);
            if (after.ec == std::errc() && after.ptr != end && *after.ptr == '/') {
                token.stream = std::string(after.ptr + 1, end);
            }
        }
    }
    if (token.stream.empty()) throw errors::InvalidArgumentException("Invalid NextToken.");
    return token;
}

std::int64_t required_shard(const std::string& id) {
    const std::optional<std::int64_t> shard = parse_shard_id(id);
    if (!shard) throw errors::InvalidArgumentException("Invalid ShardId " + id + ".");
    return *shard;
}

// All shards of a stream are open and as old as the stream, so that only AFTER_SHARD_ID leaves any out.
std::int64_t filtered_start(const api::ShardFilter& filter) {
    const std::string& type = *filter.Type;
    if (type == "AFTER_SHARD_ID") {
        if (!filter.ShardId) {
            throw errors::InvalidArgumentException(
                "ShardId must be provided with ShardFilter type AFTER_SHARD_ID.");
        }
        return required_shard(*filter.ShardId);
    }
    if ((type == "AT_TIMESTAMP" || type == "FROM_TIMESTAMP") && !filter.Timestamp) {
        throw errors::InvalidArgumentException("Timestamp must be provided with ShardFilter type " + type +
                                               ".");
    }
    return -1;
}

Token requested_start(const gateway::RequestContext& context, const api::ListShards::Input& input) {
    const std::string name = stream_name(context, input.StreamName, input.StreamARN);
    if (!input.NextToken) {
        if (name.empty()) {
            throw errors::InvalidArgumentException("Either NextToken or StreamName should be provided.");
        }
        std::int64_t after = input.ExclusiveStartShardId ? required_shard(*input.ExclusiveStartShardId) : -1;
        if (input.ShardFilter) after = std::max(after, filtered_start(*input.ShardFilter));
        return {0, after, name};
    }
    if (input.StreamName) {
        throw errors::InvalidArgumentException("NextToken and StreamName cannot be provided together.");
    }
    if (input.StreamCreationTimestamp) {
        throw errors::InvalidArgumentException(
            "NextToken and StreamCreationTimestamp cannot be provided together.");
    }
    if (input.ExclusiveStartShardId) {
        throw errors::InvalidArgumentException(
            "NextToken and ExclusiveStartShardId cannot be provided together.");
    }
    Token token = decode(*input.NextToken);
    if (unix_millis(context.received_at) - token.made_ms > kTokenLifetimeMs) {
        throw errors::ExpiredNextTokenException("NextToken has expired.");
    }
    return token;
}

}  // namespace

Task<api::ListShards::Output> Service::list_shards(const Context& context,
                                                   const api::ListShards::Input& input) {
    const Token start = requested_start(context, input);
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::int64_t page = std::min<std::int64_t>(input.MaxResults.value_or(kPage), kPage);
    auto list = [&](store::ReadTxn& txn) -> std::vector<Shard> {
        const Stream stream = require_stream(txn, context, start.stream);
        if (input.StreamCreationTimestamp &&
            unix_seconds(*input.StreamCreationTimestamp) != stream.created_ms / 1000) {
            throw_stream_not_found(context, start.stream);
        }
        if (stream.status(now_ms) == "CREATING") {
            throw errors::ResourceInUseException("Stream " + stream.name + " under account " +
                                                 stream.account + " not ACTIVE, instead in state CREATING");
        }
        return kinesis::list_shards(txn, stream, start.after, page + 1);
    };
    std::vector<Shard> shards = co_await database_.read_in_pool(list);

    api::ListShards::Output output;
    if (static_cast<std::int64_t>(shards.size()) > page) {
        shards.pop_back();
        output.NextToken = encode({now_ms, shards.back().number, start.stream});
    }
    auto& result = output.Shards.emplace();
    result.reserve(shards.size());
    for (const Shard& shard : shards) result.push_back(describe(shard));
    co_return output;
}

}  // namespace fogbank::kinesis
