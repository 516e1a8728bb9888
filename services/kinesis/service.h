// Kinesis Data Streams: shards of ordered records that many readers read at their own pace.
#pragma once

#include "services/kinesis/model/operations.h"
#include "services/kinesis/purge.h"
#include "services/kinesis/target.h"
#include "src/base/clock.h"
#include "src/gateway/managed_service.h"

namespace fogbank::kinesis {

std::span<const store::Migration> migrations();

struct Options {
    std::int64_t shard_limit = 100;            // KINESIS_SHARD_LIMIT, per account and region
    std::int64_t on_demand_stream_limit = 10;  // KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT, likewise
    std::int64_t latency_ms = 0;               // KINESIS_LATENCY: how long CREATING and DELETING last
};

class Service : public gateway::ManagedService {
public:
    Service(store::Database& database, Clock& clock, Executor executor, Options options);

    std::string_view name() const override { return "kinesis"; }
    std::span<const store::Migration> migrations() const override { return kinesis::migrations(); }
    void bind(gateway::OperationTable& table) override;
    void start() override;
    Task<void> stop() override;
    void reset(store::Txn& txn, std::string_view account) override;
    void after_reset(std::string_view) override {}

    // For the daemon: Dispatcher::add_target("kinesis", ...).
    events::Target& target() { return target_; }

private:
    using Context = gateway::RequestContext;

    Task<api::CreateStream::Output> create_stream(const Context& context,
                                                  const api::CreateStream::Input& input);
    Task<api::DeleteStream::Output> delete_stream(const Context& context,
                                                  const api::DeleteStream::Input& input);
    api::DescribeStream::Output describe_stream(const Context& context,
                                                const api::DescribeStream::Input& input);
    api::DescribeStreamSummary::Output describe_stream_summary(
        const Context& context, const api::DescribeStreamSummary::Input& input);
    api::DescribeLimits::Output describe_limits(const Context& context,
                                                const api::DescribeLimits::Input& input);
    Task<api::IncreaseStreamRetentionPeriod::Output> increase_stream_retention_period(
        const Context& context, const api::IncreaseStreamRetentionPeriod::Input& input);
    Task<api::DecreaseStreamRetentionPeriod::Output> decrease_stream_retention_period(
        const Context& context, const api::DecreaseStreamRetentionPeriod::Input& input);
    Task<api::ListStreams::Output> list_streams(const Context& context, const api::ListStreams::Input& input);
    Task<api::ListShards::Output> list_shards(const Context& context, const api::ListShards::Input& input);
    Task<api::PutRecord::Output> put_record(const Context& context, const api::PutRecord::Input& input);
    Task<api::PutRecords::Output> put_records(const Context& context, const api::PutRecords::Input& input);
    api::GetShardIterator::Output get_shard_iterator(const Context& context,
                                                     const api::GetShardIterator::Input& input);
    Task<gateway::Answer<api::GetRecords::Output>> get_records(const Context& context,
                                                               const api::GetRecords::Input& input);
    Task<api::AddTagsToStream::Output> add_tags_to_stream(const Context& context,
                                                          const api::AddTagsToStream::Input& input);
    Task<api::RemoveTagsFromStream::Output> remove_tags_from_stream(
        const Context& context, const api::RemoveTagsFromStream::Input& input);
    api::ListTagsForStream::Output list_tags_for_stream(const Context& context,
                                                        const api::ListTagsForStream::Input& input);

    store::Database& database_;
    Options options_;
    Purge purge_;
    Target target_;
};

}  // namespace fogbank::kinesis
