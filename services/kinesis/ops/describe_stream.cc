#include "services/kinesis/model/describe_stream.h"
#include "services/kinesis/descriptions.h"
#include "services/kinesis/model/describe_limits.h"
#include "services/kinesis/model/describe_stream_summary.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

// aws: "The default value is 100. If you specify a value greater than 100, at most 100 results are returned."
constexpr std::int64_t kPage = 100;

// aws: a stream that is still CREATING shows no shards (kinesalite's suite).
std::vector<Shard> visible_shards(store::ReadTxn& txn, const Stream& stream, std::int64_t now_ms,
                                  std::int64_t after, std::int64_t limit) {
    if (stream.status(now_ms) == "CREATING") return {};
    return list_shards(txn, stream, after, limit);
}

}  // namespace

api::DescribeStream::Output Service::describe_stream(const Context& context,
                                                     const api::DescribeStream::Input& input) {
    const std::string name = required_stream_name(context, input);
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::int64_t page = std::min<std::int64_t>(input.Limit.value_or(kPage), kPage);
    std::int64_t after = -1;
    if (input.ExclusiveStartShardId) {
        const std::optional<std::int64_t> shard = parse_shard_id(*input.ExclusiveStartShardId);
        if (!shard) {
            throw errors::InvalidArgumentException("Invalid ShardId " + *input.ExclusiveStartShardId + ".");
        }
        after = *shard;
    }
    std::vector<Shard> shards;
    const Stream stream = database_.read([&](store::ReadTxn& txn) {
        Stream found = require_stream(txn, context, name);
        shards = visible_shards(txn, found, now_ms, after, page + 1);
        return found;
    });

    api::DescribeStream::Output output;
    api::StreamDescription& description = output.StreamDescription.emplace();
    description.StreamName = name;
    description.StreamARN = stream_arn(context, name);
    description.StreamStatus = std::string(stream.status(now_ms));
    description.StreamModeDetails = describe_mode(stream);
    description.HasMoreShards = static_cast<std::int64_t>(shards.size()) > page;
    if (*description.HasMoreShards) shards.pop_back();
    auto& list = description.Shards.emplace();
    for (const Shard& shard : shards) list.push_back(describe(shard));
    description.RetentionPeriodHours = static_cast<std::int32_t>(stream.retention_hours);
    description.StreamCreationTimestamp = from_unix_seconds(stream.created_ms / 1000);
    description.EnhancedMonitoring = describe_monitoring();
    description.EncryptionType = "NONE";
    return output;
}

api::DescribeStreamSummary::Output Service::describe_stream_summary(
    const Context& context, const api::DescribeStreamSummary::Input& input) {
    const std::string name = required_stream_name(context, input);
    const std::int64_t now_ms = unix_millis(context.received_at);
    const Stream stream =
        database_.read([&](store::ReadTxn& txn) { return require_stream(txn, context, name); });

    api::DescribeStreamSummary::Output output;
    api::StreamDescriptionSummary& summary = output.StreamDescriptionSummary.emplace();
    summary.StreamName = name;
    summary.StreamARN = stream_arn(context, name);
    summary.StreamStatus = std::string(stream.status(now_ms));
    summary.StreamModeDetails = describe_mode(stream);
    summary.RetentionPeriodHours = static_cast<std::int32_t>(stream.retention_hours);
    summary.StreamCreationTimestamp = from_unix_seconds(stream.created_ms / 1000);
    summary.EnhancedMonitoring = describe_monitoring();
    summary.EncryptionType = "NONE";
    const bool creating = stream.status(now_ms) == "CREATING";
    summary.OpenShardCount = creating ? 0 : static_cast<std::int32_t>(stream.shard_count);
    summary.ConsumerCount = 0;
    summary.MaxRecordSizeInKiB = static_cast<std::int32_t>(stream.max_record_bytes / 1024);
    return output;
}

api::DescribeLimits::Output Service::describe_limits(const Context& context,
                                                     const api::DescribeLimits::Input&) {
    const Usage usage = database_.read([&](store::ReadTxn& txn) {
        return find_usage(txn, context.account, context.region, unix_millis(context.received_at));
    });
    api::DescribeLimits::Output output;
    output.ShardLimit = static_cast<std::int32_t>(options_.shard_limit);
    output.OpenShardCount = static_cast<std::int32_t>(usage.open_shards);
    output.OnDemandStreamCount = static_cast<std::int32_t>(usage.on_demand_streams);
    output.OnDemandStreamCountLimit = static_cast<std::int32_t>(options_.on_demand_stream_limit);
    return output;
}

}  // namespace fogbank::kinesis
