// Amazon DynamoDB and DynamoDB Streams.
#pragma once

#include "services/dynamodb/expired_route.h"
#include "services/dynamodb/expirer.h"
#include "services/dynamodb/model/operations.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/replication.h"
#include "services/dynamodb/simulation.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table_work.h"
#include "services/dynamodb/transfers/transfers.h"
#include "services/dynamodbstreams/model/operations.h"
#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/base/completion.h"
#include "src/base/entropy.h"
#include "src/events/event.h"
#include "src/gateway/managed_service.h"

#include <memory>

namespace fogbank::dynamodb {

namespace streams_api = dynamodbstreams::api;
using gateway::RequestContext;

std::span<const store::Migration> migrations();

class Service : public gateway::ManagedService {
public:
    // `background` runs what no request waits for.
    struct Parts {
        store::Database& database;
        Clock& clock;
        Entropy& entropy;
        events::Outbox& outbox;
        const gateway::LocalClient& client;
        Executor background;
    };
    struct Settings {
        SimulationOptions simulation = {};
        Expirer::Mode expiry = Expirer::Mode::by_clock;
    };
    explicit Service(const Parts& parts) : Service(parts, Settings()) {}
    Service(const Parts& parts, const Settings& settings);

    std::string_view name() const override { return "dynamodb"; }
    std::span<const store::Migration> migrations() const override { return dynamodb::migrations(); }
    void bind(gateway::OperationTable& table) override;
    void start() override;
    Task<void> stop() override;
    void reset(store::Txn& txn, std::string_view account) override;
    void after_reset(std::string_view account) override;

    // For the daemon: Dispatcher::add_pending_source. What the clock has made due and is still to be done.
    events::PendingSource& table_work() { return table_work_; }  // indexes, backups, restores
    events::PendingSource& expirations() { return expirer_; }
    events::PendingSource& transfers() { return transfers_; }  // exports and imports
    // For the daemon: Dispatcher::add_target("dynamodb", ...). Writes on their way to replicas.
    events::Target& replication() { return replication_; }
    gateway::EdgeRoute& expired_route() { return expired_route_; }

private:
    Task<api::CreateTable::Output> create_table(const RequestContext&, const api::CreateTable::Input&);
    Task<api::DescribeTable::Output> describe_table(const RequestContext&, const api::DescribeTable::Input&);
    api::ListTables::Output list_tables(const RequestContext&, const api::ListTables::Input&);
    Task<api::DeleteTable::Output> delete_table(const RequestContext&, const api::DeleteTable::Input&);
    Task<api::UpdateTable::Output> update_table(const RequestContext&, const api::UpdateTable::Input&);
    api::ListTagsOfResource::Output list_tags_of_resource(const RequestContext&,
                                                          const api::ListTagsOfResource::Input&);
    Task<api::TagResource::Output> tag_resource(const RequestContext&, const api::TagResource::Input&);
    Task<api::UntagResource::Output> untag_resource(const RequestContext&, const api::UntagResource::Input&);
    Task<api::UpdateTimeToLive::Output> update_time_to_live(const RequestContext&,
                                                            const api::UpdateTimeToLive::Input&);
    api::DescribeTimeToLive::Output describe_time_to_live(const RequestContext&,
                                                          const api::DescribeTimeToLive::Input&);
    api::DescribeLimits::Output describe_limits(const RequestContext&, const api::DescribeLimits::Input&);
    api::DescribeEndpoints::Output describe_endpoints(const RequestContext&,
                                                      const api::DescribeEndpoints::Input&);

    Task<api::PutItem::Output> put_item(const RequestContext&, const api::PutItem::Input&);
    api::GetItem::Output get_item(const RequestContext&, const api::GetItem::Input&);
    Task<api::UpdateItem::Output> update_item(const RequestContext&, const api::UpdateItem::Input&);
    Task<api::DeleteItem::Output> delete_item(const RequestContext&, const api::DeleteItem::Input&);
    Task<api::Query::Output> query(const RequestContext&, const api::Query::Input&);
    Task<api::Scan::Output> scan(const RequestContext&, const api::Scan::Input&);
    Task<api::BatchWriteItem::Output> batch_write_item(const RequestContext&,
                                                       const api::BatchWriteItem::Input&);
    api::BatchGetItem::Output batch_get_item(const RequestContext&, const api::BatchGetItem::Input&);

    Task<api::TransactWriteItems::Output> transact_write_items(const RequestContext&,
                                                               const api::TransactWriteItems::Input&);
    api::TransactGetItems::Output transact_get_items(const RequestContext&,
                                                     const api::TransactGetItems::Input&);

    Task<api::UpdateContinuousBackups::Output> update_continuous_backups(
        const RequestContext&, const api::UpdateContinuousBackups::Input&);
    api::DescribeContinuousBackups::Output describe_continuous_backups(
        const RequestContext&, const api::DescribeContinuousBackups::Input&);
    Task<api::UpdateContributorInsights::Output> update_contributor_insights(
        const RequestContext&, const api::UpdateContributorInsights::Input&);
    api::DescribeContributorInsights::Output describe_contributor_insights(
        const RequestContext&, const api::DescribeContributorInsights::Input&);
    Task<api::ListContributorInsights::Output> list_contributor_insights(
        const RequestContext&, const api::ListContributorInsights::Input&);
    Task<api::PutResourcePolicy::Output> put_resource_policy(const RequestContext&,
                                                             const api::PutResourcePolicy::Input&);
    api::GetResourcePolicy::Output get_resource_policy(const RequestContext&,
                                                       const api::GetResourcePolicy::Input&);
    Task<api::DeleteResourcePolicy::Output> delete_resource_policy(const RequestContext&,
                                                                   const api::DeleteResourcePolicy::Input&);
    Task<api::CreateBackup::Output> create_backup(const RequestContext&, const api::CreateBackup::Input&);
    api::DescribeBackup::Output describe_backup(const RequestContext&, const api::DescribeBackup::Input&);
    Task<api::ListBackups::Output> list_backups(const RequestContext&, const api::ListBackups::Input&);
    Task<api::DeleteBackup::Output> delete_backup(const RequestContext&, const api::DeleteBackup::Input&);
    Task<api::RestoreTableFromBackup::Output> restore_table_from_backup(
        const RequestContext&, const api::RestoreTableFromBackup::Input&);
    Task<api::RestoreTableToPointInTime::Output> restore_table_to_point_in_time(
        const RequestContext&, const api::RestoreTableToPointInTime::Input&);

    Task<api::CreateGlobalTable::Output> create_global_table(const RequestContext&,
                                                             const api::CreateGlobalTable::Input&);
    Task<api::ListGlobalTables::Output> list_global_tables(const RequestContext&,
                                                           const api::ListGlobalTables::Input&);
    api::DescribeGlobalTable::Output describe_global_table(const RequestContext&,
                                                           const api::DescribeGlobalTable::Input&);
    Task<api::UpdateGlobalTable::Output> update_global_table(const RequestContext&,
                                                             const api::UpdateGlobalTable::Input&);
    api::DescribeGlobalTableSettings::Output describe_global_table_settings(
        const RequestContext&, const api::DescribeGlobalTableSettings::Input&);
    Task<api::UpdateGlobalTableSettings::Output> update_global_table_settings(
        const RequestContext&, const api::UpdateGlobalTableSettings::Input&);
    api::DescribeTableReplicaAutoScaling::Output describe_table_replica_auto_scaling(
        const RequestContext&, const api::DescribeTableReplicaAutoScaling::Input&);
    Task<api::UpdateTableReplicaAutoScaling::Output> update_table_replica_auto_scaling(
        const RequestContext&, const api::UpdateTableReplicaAutoScaling::Input&);

    Task<api::ExportTableToPointInTime::Output> export_table_to_point_in_time(
        const RequestContext&, const api::ExportTableToPointInTime::Input&);
    api::DescribeExport::Output describe_export(const RequestContext&, const api::DescribeExport::Input&);
    api::ListExports::Output list_exports(const RequestContext&, const api::ListExports::Input&);
    Task<api::ImportTable::Output> import_table(const RequestContext&, const api::ImportTable::Input&);
    api::DescribeImport::Output describe_import(const RequestContext&, const api::DescribeImport::Input&);
    api::ListImports::Output list_imports(const RequestContext&, const api::ListImports::Input&);

    Task<api::EnableKinesisStreamingDestination::Output> enable_kinesis_streaming_destination(
        const RequestContext&, const api::EnableKinesisStreamingDestination::Input&);
    Task<api::DisableKinesisStreamingDestination::Output> disable_kinesis_streaming_destination(
        const RequestContext&, const api::DisableKinesisStreamingDestination::Input&);
    Task<api::UpdateKinesisStreamingDestination::Output> update_kinesis_streaming_destination(
        const RequestContext&, const api::UpdateKinesisStreamingDestination::Input&);
    api::DescribeKinesisStreamingDestination::Output describe_kinesis_streaming_destination(
        const RequestContext&, const api::DescribeKinesisStreamingDestination::Input&);

    Task<api::ExecuteStatement::Output> execute_statement(const RequestContext&,
                                                          const api::ExecuteStatement::Input&);
    Task<api::BatchExecuteStatement::Output> batch_execute_statement(
        const RequestContext&, const api::BatchExecuteStatement::Input&);
    Task<api::ExecuteTransaction::Output> execute_transaction(const RequestContext&,
                                                              const api::ExecuteTransaction::Input&);

    streams_api::ListStreams::Output list_streams(const RequestContext&,
                                                  const streams_api::ListStreams::Input&);
    streams_api::DescribeStream::Output describe_stream(const RequestContext&,
                                                        const streams_api::DescribeStream::Input&);
    streams_api::GetShardIterator::Output get_shard_iterator(const RequestContext&,
                                                             const streams_api::GetShardIterator::Input&);
    gateway::Answer<streams_api::GetRecords::Output> get_records(const RequestContext&,
                                                                 const streams_api::GetRecords::Input&);

    // The table a request names (by name or ARN), where the caller may use it; throws
    // ResourceNotFoundException and AccessDeniedException. It may be stale: see TableCache.
    TablePtr find_table(const RequestContext& context, const std::string& given,
                        const Permission& permission);
    TablePtr find_table(const RequestContext& context, const std::string& given) {
        return find_table(context, given, {context.operation->name});
    }
    Writer writer(const RequestContext& context);

    store::Database& database_;
    Clock& clock_;
    Entropy& entropy_;
    events::Outbox& outbox_;
    const gateway::LocalClient& client_;
    TableCache tables_;
    TableWork table_work_;
    Expirer expirer_;
    Transfers transfers_;
    ReplicationTarget replication_;
    Simulation simulation_;
    ExpiredRoute expired_route_;
};

}  // namespace fogbank::dynamodb
