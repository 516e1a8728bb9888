#include "services/dynamodb/service.h"

#include "services/dynamodb/model/batch_execute_statement.h"
#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/create_backup.h"
#include "services/dynamodb/model/create_global_table.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_backup.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/delete_resource_policy.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_backup.h"
#include "services/dynamodb/model/describe_continuous_backups.h"
#include "services/dynamodb/model/describe_contributor_insights.h"
#include "services/dynamodb/model/describe_endpoints.h"
#include "services/dynamodb/model/describe_export.h"
#include "services/dynamodb/model/describe_global_table.h"
#include "services/dynamodb/model/describe_global_table_settings.h"
#include "services/dynamodb/model/describe_import.h"
#include "services/dynamodb/model/describe_kinesis_streaming_destination.h"
#include "services/dynamodb/model/describe_limits.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/describe_table_replica_auto_scaling.h"
#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/disable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/enable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/execute_transaction.h"
#include "services/dynamodb/model/export_table_to_point_in_time.h"
#include "services/dynamodb/model/get_item.h"
#include "services/dynamodb/model/get_resource_policy.h"
#include "services/dynamodb/model/import_table.h"
#include "services/dynamodb/model/list_backups.h"
#include "services/dynamodb/model/list_contributor_insights.h"
#include "services/dynamodb/model/list_exports.h"
#include "services/dynamodb/model/list_global_tables.h"
#include "services/dynamodb/model/list_imports.h"
#include "services/dynamodb/model/list_tables.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/put_resource_policy.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/restore_table_from_backup.h"
#include "services/dynamodb/model/restore_table_to_point_in_time.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/service.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/transact_get_items.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/untag_resource.h"
#include "services/dynamodb/model/update_continuous_backups.h"
#include "services/dynamodb/model/update_contributor_insights.h"
#include "services/dynamodb/model/update_global_table.h"
#include "services/dynamodb/model/update_global_table_settings.h"
#include "services/dynamodb/model/update_item.h"
#include "services/dynamodb/model/update_kinesis_streaming_destination.h"
#include "services/dynamodb/model/update_table.h"
#include "services/dynamodb/model/update_table_replica_auto_scaling.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "services/dynamodb/violations.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "services/dynamodbstreams/model/service.h"

namespace fogbank::dynamodb {

Service::Service(const Parts& parts, const Settings& settings)
    : database_(parts.database),
      clock_(parts.clock),
      entropy_(parts.entropy),
      outbox_(parts.outbox),
      client_(parts.client),
      tables_(database_),
      table_work_(database_, clock_, parts.background),
      expirer_(database_, clock_, outbox_, parts.background, settings.expiry),
      transfers_(database_, clock_, entropy_, parts.client, parts.background),
      replication_(clock_, outbox_),
      simulation_(settings.simulation, clock_),
      expired_route_(expirer_) {}

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    table.on<api::CreateTable>(*this, &Service::create_table);
    table.on<api::DescribeTable>(*this, &Service::describe_table);
    table.on<api::ListTables>(*this, &Service::list_tables);
    table.on<api::DeleteTable>(*this, &Service::delete_table);
    table.on<api::UpdateTable>(*this, &Service::update_table);
    table.on<api::ListTagsOfResource>(*this, &Service::list_tags_of_resource);
    table.on<api::TagResource>(*this, &Service::tag_resource);
    table.on<api::UntagResource>(*this, &Service::untag_resource);
    table.on<api::DescribeLimits>(*this, &Service::describe_limits);
    table.on<api::DescribeEndpoints>(*this, &Service::describe_endpoints);
    table.on<api::UpdateTimeToLive>(*this, &Service::update_time_to_live);
    table.on<api::DescribeTimeToLive>(*this, &Service::describe_time_to_live);
    table.on<api::UpdateContinuousBackups>(*this, &Service::update_continuous_backups);
    table.on<api::DescribeContinuousBackups>(*this, &Service::describe_continuous_backups);
    table.on<api::UpdateContributorInsights>(*this, &Service::update_contributor_insights);
    table.on<api::DescribeContributorInsights>(*this, &Service::describe_contributor_insights);
    table.on<api::ListContributorInsights>(*this, &Service::list_contributor_insights);
    table.on<api::PutResourcePolicy>(*this, &Service::put_resource_policy);
    table.on<api::GetResourcePolicy>(*this, &Service::get_resource_policy);
    table.on<api::DeleteResourcePolicy>(*this, &Service::delete_resource_policy);
    table.on<api::CreateBackup>(*this, &Service::create_backup);
    table.on<api::DescribeBackup>(*this, &Service::describe_backup);
    table.on<api::ListBackups>(*this, &Service::list_backups);
    table.on<api::DeleteBackup>(*this, &Service::delete_backup);
    table.on<api::RestoreTableFromBackup>(*this, &Service::restore_table_from_backup);
    table.on<api::RestoreTableToPointInTime>(*this, &Service::restore_table_to_point_in_time);
    table.on<api::CreateGlobalTable>(*this, &Service::create_global_table);
    table.on<api::ListGlobalTables>(*this, &Service::list_global_tables);
    table.on<api::DescribeGlobalTable>(*this, &Service::describe_global_table);
    table.on<api::UpdateGlobalTable>(*this, &Service::update_global_table);
    table.on<api::DescribeGlobalTableSettings>(*this, &Service::describe_global_table_settings);
    table.on<api::UpdateGlobalTableSettings>(*this, &Service::update_global_table_settings);
    table.on<api::DescribeTableReplicaAutoScaling>(*this, &Service::describe_table_replica_auto_scaling);
    table.on<api::UpdateTableReplicaAutoScaling>(*this, &Service::update_table_replica_auto_scaling);
    table.on<api::ExportTableToPointInTime>(*this, &Service::export_table_to_point_in_time);
    table.on<api::DescribeExport>(*this, &Service::describe_export);
    table.on<api::ListExports>(*this, &Service::list_exports);
    table.on<api::ImportTable>(*this, &Service::import_table);
    table.on<api::DescribeImport>(*this, &Service::describe_import);
    table.on<api::ListImports>(*this, &Service::list_imports);
    table.on<api::EnableKinesisStreamingDestination>(*this, &Service::enable_kinesis_streaming_destination);
    table.on<api::DisableKinesisStreamingDestination>(*this, &Service::disable_kinesis_streaming_destination);
    table.on<api::UpdateKinesisStreamingDestination>(*this, &Service::update_kinesis_streaming_destination);
    table.on<api::DescribeKinesisStreamingDestination>(*this,
                                                       &Service::describe_kinesis_streaming_destination);
    table.on<api::ExecuteStatement>(*this, &Service::execute_statement);
    table.on<api::BatchExecuteStatement>(*this, &Service::batch_execute_statement);
    table.on<api::ExecuteTransaction>(*this, &Service::execute_transaction);
    table.on<api::PutItem>(*this, &Service::put_item);
    table.on<api::GetItem>(*this, &Service::get_item);
    table.on<api::UpdateItem>(*this, &Service::update_item);
    table.on<api::DeleteItem>(*this, &Service::delete_item);
    table.on<api::Query>(*this, &Service::query);
    table.on<api::Scan>(*this, &Service::scan);
    table.on<api::BatchWriteItem>(*this, &Service::batch_write_item);
    table.on<api::BatchGetItem>(*this, &Service::batch_get_item);
    table.on<api::TransactWriteItems>(*this, &Service::transact_write_items);
    table.on<api::TransactGetItems>(*this, &Service::transact_get_items);

    bind_words(table);

    table.serve(streams_api::service());
    table.on<streams_api::ListStreams>(*this, &Service::list_streams);
    table.on<streams_api::DescribeStream>(*this, &Service::describe_stream);
    table.on<streams_api::GetShardIterator>(*this, &Service::get_shard_iterator);
    table.on<streams_api::GetRecords>(*this, &Service::get_records);
}

void Service::start() {
    table_work_.start();
    expirer_.start();
    transfers_.start();
}

Task<void> Service::stop() {
    co_await table_work_.stop();
    co_await expirer_.stop();
    co_await transfers_.stop();
}

void Service::reset(store::Txn& txn, std::string_view account) {
    if (account.empty()) {
        for (const char* sql : {"delete from dynamodb_tables",
                                "delete from dynamodb_counts",
                                "delete from dynamodb_items",
                                "delete from dynamodb_index_entries",
                                "delete from dynamodb_streams",
                                "delete from dynamodb_stream_records",
                                "delete from dynamodb_stream_shards",
                                "delete from dynamodb_erasures",
                                "delete from dynamodb_index_jobs",
                                "delete from dynamodb_tokens",
                                "delete from dynamodb_expiries",
                                "delete from dynamodb_expiry_jobs",
                                "delete from dynamodb_policies",
                                "delete from dynamodb_history",
                                "delete from dynamodb_history_erasures",
                                "delete from dynamodb_backups",
                                "delete from dynamodb_copies",
                                "delete from dynamodb_exports",
                                "delete from dynamodb_export_files",
                                "delete from dynamodb_imports",
                                "delete from dynamodb_stamps"}) {
            txn.execute(sql);
        }
        return;
    }
    txn.execute(
        "insert into dynamodb_erasures (table_number) select number from dynamodb_tables where account = ?1",
        account);
    txn.execute(
        "delete from dynamodb_counts where table_number in "
        "(select number from dynamodb_tables where account = ?1)",
        account);
    txn.execute(
        "delete from dynamodb_copies where source in (select number from dynamodb_tables where account = ?1 "
        "union all select -number from dynamodb_backups where account = ?1)",
        account);
    txn.execute(
        "insert into dynamodb_erasures (table_number) select -number from dynamodb_backups where account = "
        "?1",
        account);
    txn.execute("delete from dynamodb_backups where account = ?1", account);
    txn.execute("delete from dynamodb_tables where account = ?1", account);
    txn.execute("delete from dynamodb_tokens where account = ?1", account);
    txn.execute("delete from dynamodb_exports where account = ?1", account);
    txn.execute("delete from dynamodb_imports where account = ?1", account);
    // Closed at the beginning of time: expired, so the eraser takes them with their records.
    txn.execute(
        "update dynamodb_stream_shards set closed_ms = 0 where stream in "
        "(select number from dynamodb_streams where account = ?1)",
        account);
    txn.execute("update dynamodb_streams set closed_ms = 0 where account = ?1", account);
    txn.notify(kWorkChannel);
}

void Service::after_reset(std::string_view) {
    tables_.clear();
}

TablePtr Service::find_table(const RequestContext& context, const std::string& given,
                             const Permission& permission) {
    return require_table(tables_, context, given, permission);
}

Writer Service::writer(const RequestContext& context) {
    return {context.trace.header(), unix_millis(context.received_at), Writer::Kind::user, &outbox_,
            simulation_.observer()};
}

}  // namespace fogbank::dynamodb
