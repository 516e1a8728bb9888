#include "services/kinesis/model/put_records.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/put_rules.h"
#include "services/kinesis/service.h"
#include "services/kinesis/store/records.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

std::string where(std::size_t index, std::string_view member) {
    return "records." + std::to_string(index + 1) + ".member." + std::string(member);
}

// Keys present and the whole within the limit: what needs no stream.
void check_request(const std::vector<api::PutRecordsRequestEntry>& entries) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].PartitionKey) throw_missing(where(i, "partitionKey"));
        bytes += entries[i].PartitionKey->size() + entries[i].Data->data.size();
    }
    if (bytes > kRequestBytes) {
        throw errors::InvalidArgumentException("Records size exceeds " + std::to_string(kRequestBytes >> 20) +
                                               " MB limit");
    }
}

std::vector<NewRecord> prepare(const std::vector<api::PutRecordsRequestEntry>& entries,
                               const Stream& stream) {
    std::vector<NewRecord> records;
    records.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const api::PutRecordsRequestEntry& entry = entries[i];
        check_size(stream, where(i, "data"), *entry.PartitionKey, entry.Data->data);
        records.push_back({choose_hash_key(entry.ExplicitHashKey, *entry.PartitionKey), *entry.PartitionKey,
                           entry.Data->data});
    }
    return records;
}

}  // namespace

Task<api::PutRecords::Output> Service::put_records(const Context& context,
                                                   const api::PutRecords::Input& input) {
    const std::string name = required_stream_name(context, input);
    check_request(*input.Records);
    const std::string channel = "stream:" + stream_arn(context, name);
    const std::string trace = context.trace.header();
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto put = [&](store::Txn& txn) {
        const Stream stream = require_active_stream(txn, context, name);
        const std::vector<NewRecord> records = prepare(*input.Records, stream);
        if (input.DryRun.value_or(false)) throw_dry_run();
        std::vector<Placement> placements;
        placements.reserve(records.size());
        for (const NewRecord& record : records) {
            placements.push_back(insert_record(txn, stream, record, now_ms, trace));
        }
        txn.notify(channel);
        return placements;
    };
    const std::vector<Placement> placements = co_await database_.write(put);
    api::PutRecords::Output output;
    // No throughput limit is imposed, and a record that AWS refuses fails the whole call there too.
    output.FailedRecordCount = 0;
    auto& results = output.Records.emplace();
    results.reserve(placements.size());
    for (const Placement& placement : placements) {
        api::PutRecordsResultEntry& result = results.emplace_back();
        result.ShardId = shard_id(placement.shard);
        result.SequenceNumber = format_sequence_number(placement.sequence_number);
    }
    co_return output;
}

}  // namespace fogbank::kinesis
