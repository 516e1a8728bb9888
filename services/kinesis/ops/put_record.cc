#include "services/kinesis/model/put_record.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/put_rules.h"
#include "services/kinesis/service.h"
#include "services/kinesis/store/records.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

// aws: a number for ordering must be one that a put gave out (kinesalite's suite).
void check_ordering(const gateway::RequestContext& context, const api::PutRecord::Input& input,
                    const std::string& stream) {
    if (!input.SequenceNumberForOrdering) return;
    const std::optional<SequenceNumber> number = parse_sequence_number(*input.SequenceNumberForOrdering);
    if (number && number->arrived_s * 1000 <= unix_millis(context.received_at)) return;
    throw errors::InvalidArgumentException(
        "ExclusiveMinimumSequenceNumber " + *input.SequenceNumberForOrdering +
        " used in PutRecord on stream " + stream + " under account " + context.account + " is invalid.");
}

}  // namespace

Task<api::PutRecord::Output> Service::put_record(const Context& context, const api::PutRecord::Input& input) {
    const std::string name = required_stream_name(context, input);
    if (!input.PartitionKey) throw_missing("partitionKey");
    const std::string& key = *input.PartitionKey;
    const std::string channel = "stream:" + stream_arn(context, name);
    const std::string trace = context.trace.header();
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto put = [&](store::Txn& txn) {
        const Stream stream = require_active_stream(txn, context, name);
        const HashKey hash = choose_hash_key(input.ExplicitHashKey, key);
        check_ordering(context, input, name);
        check_size(stream, "data", key, input.Data->data);
        if (input.DryRun.value_or(false)) throw_dry_run();
        const Placement placement = insert_record(txn, stream, {hash, key, input.Data->data}, now_ms, trace);
        txn.notify(channel);
        return placement;
    };
    const Placement placement = co_await database_.write(put);
    api::PutRecord::Output output;
    output.ShardId = shard_id(placement.shard);
    output.SequenceNumber = format_sequence_number(placement.sequence_number);
    co_return output;
}

}  // namespace fogbank::kinesis
