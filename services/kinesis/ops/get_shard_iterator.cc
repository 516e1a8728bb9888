#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/put_rules.h"
#include "services/kinesis/service.h"
#include "services/kinesis/shard_iterator.h"
#include "services/kinesis/store/records.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

[[noreturn]] void throw_wrong_combination(const std::string& type, std::string_view what) {
    throw errors::InvalidArgumentException(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
        "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified " +
        type + " and " + std::string(what));
}

[[noreturn]] void throw_bad_number(const gateway::RequestContext& context, const Stream& stream,
                                   const Shard& shard, const std::string& number, std::string_view ending) {
    throw errors::InvalidArgumentException("StartingSequenceNumber " + number +
                                           " used in GetShardIterator on shard " + shard_id(shard.number) +
                                           " in stream " + stream.name + " under account " + context.account +
                                           " is invalid" + std::string(ending));
}

SequenceNumber starting_number(const gateway::RequestContext& context, const Stream& stream,
                               const Shard& shard, const std::string& text) {
    const std::optional<SequenceNumber> number = parse_sequence_number(text);
    if (!number) throw_bad_number(context, stream, shard, text, ".");
    if (number->shard != shard.number) {
        throw errors::InvalidArgumentException(
            "Invalid StartingSequenceNumber. It encodes " + shard_id(number->shard) +
            ", while it was used in a call to a shard with " + shard_id(shard.number));
    }
    if (number->version != 2 || number->shard_created_s != shard.created_s) {
        // aws: numbers of the oldest form make it fail (kinesalite's suite, "small (old?) sequence number").
        if (number->version == 0) throw Error("InternalFailure", 500, "");
        throw_bad_number(context, stream, shard, text, " because it did not come from this stream.");
    }
    return *number;
}

// The position of the first record whose number is at least `number`, or greater than it.
std::int64_t position_of(store::ReadTxn& txn, const Stream& stream, const Shard& shard,
                         const SequenceNumber& number, std::string_view type) {
    const std::optional<std::int64_t> arrived = find_arrival(txn, stream, shard.number, number.position);
    if (!arrived) return number.position;
    const std::int64_t arrived_s = *arrived / 1000;
    const bool precedes =
        arrived_s < number.arrived_s || (arrived_s == number.arrived_s && type == "AFTER_SEQUENCE_NUMBER");
    return precedes ? number.position + 1 : number.position;
}

std::int64_t position_at_time(store::ReadTxn& txn, const Stream& stream, const Shard& shard,
                              const std::optional<Timestamp>& time, std::int64_t now_ms) {
    if (!time) {
        throw errors::InvalidArgumentException(
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "
            "Current request has no timestamp parameter.");
    }
    const std::int64_t time_ms = unix_millis(*time);
    if (time_ms > now_ms) {
        throw errors::InvalidArgumentException(
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            "timestampInMillis: " +
            std::to_string(time_ms) + ", currentTimestampInMillis: " + std::to_string(now_ms));
    }
    return find_position(txn, stream, shard, std::max(time_ms, stream.oldest_kept_ms(now_ms)));
}

std::int64_t starting_position(store::ReadTxn& txn, const gateway::RequestContext& context,
                               const Stream& stream, const Shard& shard,
                               const api::GetShardIterator::Input& input) {
    const std::string& type = *input.ShardIteratorType;
    const std::int64_t now_ms = unix_millis(context.received_at);
    if (input.StartingSequenceNumber) {
        if (type == "TRIM_HORIZON" || type == "LATEST")
            throw_wrong_combination(type, "also a StartingSequenceNumber.");
        if (type == "AT_TIMESTAMP") return position_at_time(txn, stream, shard, input.Timestamp, now_ms);
        const SequenceNumber number = starting_number(context, stream, shard, *input.StartingSequenceNumber);
        return position_of(txn, stream, shard, number, type);
    }
    if (type == "TRIM_HORIZON") return find_position(txn, stream, shard, stream.oldest_kept_ms(now_ms));
    if (type == "LATEST") return shard.next_position;
    if (type == "AT_TIMESTAMP") return position_at_time(txn, stream, shard, input.Timestamp, now_ms);
    throw_wrong_combination(type, "no StartingSequenceNumber.");
}

}  // namespace

api::GetShardIterator::Output Service::get_shard_iterator(const Context& context,
                                                          const api::GetShardIterator::Input& input) {
    const std::string name = required_stream_name(context, input);
    const std::optional<std::int64_t> number = parse_shard_id(*input.ShardId);
    if (!number) {
        throw errors::ResourceNotFoundException("Could not find shard " + *input.ShardId + " in stream " +
                                                name + " under account " + context.account + ".");
    }
    const std::int64_t now_ms = unix_millis(context.received_at);
    const ShardIterator iterator = database_.read([&](store::ReadTxn& txn) -> ShardIterator {
        const std::optional<Stream> stream = find_stream(txn, context.account, context.region, name, now_ms);
        if (!stream || stream->status(now_ms) == "CREATING") throw_shard_not_found(context, name, *number);
        const std::optional<Shard> shard = find_shard(txn, *stream, *number);
        if (!shard) throw_shard_not_found(context, name, *number);
        return {now_ms, stream->id, shard->number, starting_position(txn, context, *stream, *shard, input),
                name};
    });
    if (input.DryRun.value_or(false)) throw_dry_run();
    api::GetShardIterator::Output output;
    output.ShardIterator = encode_iterator(iterator, context.account + "/" + context.region);
    return output;
}

}  // namespace fogbank::kinesis
