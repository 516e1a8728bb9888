#include "services/kinesis/service.h"

#include "services/kinesis/model/add_tags_to_stream.h"
#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/decrease_stream_retention_period.h"
#include "services/kinesis/model/delete_stream.h"
#include "services/kinesis/model/describe_limits.h"
#include "services/kinesis/model/describe_stream.h"
#include "services/kinesis/model/describe_stream_summary.h"
#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/increase_stream_retention_period.h"
#include "services/kinesis/model/list_shards.h"
#include "services/kinesis/model/list_streams.h"
#include "services/kinesis/model/list_tags_for_stream.h"
#include "services/kinesis/model/put_record.h"
#include "services/kinesis/model/put_records.h"
#include "services/kinesis/model/remove_tags_from_stream.h"
#include "services/kinesis/model/service.h"
#include "services/kinesis/store/streams.h"

namespace fogbank::kinesis {

Service::Service(store::Database& database, Clock& clock, Executor executor, Options options)
    : database_(database), options_(options), purge_(database, clock, std::move(executor)), target_(clock) {}

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    table.on<api::CreateStream>(*this, &Service::create_stream);
    table.on<api::DeleteStream>(*this, &Service::delete_stream);
    table.on<api::DescribeStream>(*this, &Service::describe_stream);
    table.on<api::DescribeStreamSummary>(*this, &Service::describe_stream_summary);
    table.on<api::DescribeLimits>(*this, &Service::describe_limits);
    table.on<api::IncreaseStreamRetentionPeriod>(*this, &Service::increase_stream_retention_period);
    table.on<api::DecreaseStreamRetentionPeriod>(*this, &Service::decrease_stream_retention_period);
    table.on<api::ListStreams>(*this, &Service::list_streams);
    table.on<api::ListShards>(*this, &Service::list_shards);
    table.on<api::PutRecord>(*this, &Service::put_record);
    table.on<api::PutRecords>(*this, &Service::put_records);
    table.on<api::GetShardIterator>(*this, &Service::get_shard_iterator);
    table.on<api::GetRecords>(*this, &Service::get_records);
    table.on<api::AddTagsToStream>(*this, &Service::add_tags_to_stream);
    table.on<api::RemoveTagsFromStream>(*this, &Service::remove_tags_from_stream);
    table.on<api::ListTagsForStream>(*this, &Service::list_tags_for_stream);
}

void Service::start() {
    purge_.start();
}

Task<void> Service::stop() {
    return purge_.stop();
}

void Service::reset(store::Txn& txn, std::string_view account) {
    erase_account(txn, account);
}

}  // namespace fogbank::kinesis
