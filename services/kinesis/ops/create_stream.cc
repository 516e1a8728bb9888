#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"
#include "services/kinesis/tags.h"

namespace fogbank::kinesis {

namespace {

// aws: "A newly created stream in on-demand mode has 4 shards" (docs: "On-demand mode").
constexpr std::int64_t kOnDemandShards = 4;
// aws: kinesalite's suite; the model has no maximum.
constexpr std::int32_t kMaxShardCount = 100'000;

[[noreturn]] void throw_constraint(std::string_view value, std::string_view constraint) {
    throw errors::ValidationException(
        "1 validation error detected: Value " + std::string(value) +
        " at 'shardCount' failed to satisfy constraint: " + std::string(constraint));
}

void refuse_unserved(const api::CreateStream::Input& input) {
    if (input.WarmThroughputMiBps) {
        // aws: warm throughput takes MinimumThroughputBillingCommitment, which no account has here.
        throw errors::ValidationException(
            "WarmThroughputMiBps can only be set in accounts with MinimumThroughputBillingCommitment "
            "enabled.");
    }
    if (input.RecordDistributionStrategy == "AUTO") {
        throw errors::ValidationException("RecordDistributionStrategy AUTO is not served by Fogbank.");
    }
}

Stream requested_stream(const gateway::RequestContext& context, const api::CreateStream::Input& input,
                        std::int64_t latency_ms) {
    Stream stream;
    stream.account = context.account;
    stream.region = context.region;
    stream.name = *input.StreamName;
    stream.mode = "PROVISIONED";
    if (input.StreamModeDetails && input.StreamModeDetails->StreamMode)
        stream.mode = *input.StreamModeDetails->StreamMode;
    if (stream.mode == "ON_DEMAND") {
        stream.shard_count = kOnDemandShards;
    } else {
        if (!input.ShardCount) throw_constraint("null", "Member must not be null");
        if (*input.ShardCount > kMaxShardCount) {
            throw_constraint(
                "'" + std::to_string(*input.ShardCount) + "'",
                "Member must have value less than or equal to " + std::to_string(kMaxShardCount));
        }
        stream.shard_count = *input.ShardCount;
    }
    if (input.MaxRecordSizeInKiB) stream.max_record_bytes = std::int64_t{*input.MaxRecordSizeInKiB} * 1024;
    stream.created_ms = unix_millis(context.received_at);
    stream.active_ms = stream.created_ms + latency_ms;
    return stream;
}

void check_limits(const gateway::RequestContext& context, const Stream& stream, const Usage& usage,
                  const Options& options) {
    if (stream.mode == "ON_DEMAND") {
        if (usage.on_demand_streams < options.on_demand_stream_limit) return;
        throw errors::LimitExceededException(
            "This request would exceed the on-demand stream limit for the account " + context.account +
            " in " + context.region +
            ". Current on-demand stream count for the account: " + std::to_string(usage.on_demand_streams) +
            ". Limit: " + std::to_string(options.on_demand_stream_limit) + ".");
    }
    if (usage.open_shards + stream.shard_count <= options.shard_limit) return;
    throw errors::LimitExceededException(
        "This request would exceed the shard limit for the account " + context.account + " in " +
        context.region + ". Current shard count for the account: " + std::to_string(usage.open_shards) +
        ". Limit: " + std::to_string(options.shard_limit) +
        ". Number of additional shards that would have resulted from this request: " +
        std::to_string(stream.shard_count) +
        ". Refer to the AWS Service Limits page "
        "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) "
        "for current limits and how to request higher limits.");
}

}  // namespace

Task<api::CreateStream::Output> Service::create_stream(const Context& context,
                                                       const api::CreateStream::Input& input) {
    refuse_unserved(input);
    const Stream wanted = requested_stream(context, input, options_.latency_ms);
    if (input.Tags) check_tags(context, wanted.name, *input.Tags);
    auto create = [&](store::Txn& txn) {
        Stream stream = wanted;
        if (find_stream(txn, stream.account, stream.region, stream.name, stream.created_ms)) {
            throw errors::ResourceInUseException("Stream " + stream.name + " under account " +
                                                 stream.account + " already exists.");
        }
        check_limits(context, stream, find_usage(txn, stream.account, stream.region, stream.created_ms),
                     options_);
        insert_stream(txn, stream);
        if (!input.Tags) return;
        for (const auto& [name, value] : *input.Tags) put_tag(txn, stream, name, value);
    };
    co_await database_.write(create);
    co_return api::CreateStream::Output{};
}

}  // namespace fogbank::kinesis
