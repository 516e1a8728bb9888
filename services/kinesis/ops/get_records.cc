#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/put_rules.h"
#include "services/kinesis/service.h"
#include "services/kinesis/shard_iterator.h"
#include "services/kinesis/store/records.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

// aws: "GetRecords can return up to 10 MB of data from a single shard, and up to 10,000 records per call".
constexpr std::int64_t kRecordLimit = 10'000;
constexpr std::int64_t kByteLimit = 10 << 20;
// What one read takes on the calling thread; the rest goes to the pool, so that large reads stop nobody.
constexpr std::int64_t kSliceRecords = 256;
constexpr std::int64_t kSliceBytes = 1 << 20;

constexpr std::string_view kTraceHeader = "x-fogbank-trace";

ShardIterator requested_iterator(const gateway::RequestContext& context,
                                 const api::GetRecords::Input& input) {
    const std::optional<ShardIterator> iterator =
        decode_iterator(*input.ShardIterator, context.account + "/" + context.region);
    const std::int64_t now_ms = unix_millis(context.received_at);
    if (!iterator || iterator->made_ms > now_ms)
        throw errors::InvalidArgumentException("Invalid ShardIterator.");
    if (now_ms - iterator->made_ms > kIteratorLifetimeMs) {
        throw errors::ExpiredIteratorException(
            "Iterator expired. The iterator was created at time " + format_message_time(iterator->made_ms) +
            " while right now it is " + format_message_time(now_ms) +
            " which is further in the future than the tolerated delay of " +
            std::to_string(kIteratorLifetimeMs) + " milliseconds.");
    }
    if (input.StreamARN && stream_name(context, std::nullopt, input.StreamARN) != iterator->stream_name) {
        throw errors::InvalidArgumentException("StreamARN " + *input.StreamARN +
                                               " is not the stream of the ShardIterator.");
    }
    return *iterator;
}

// One call's progress through a shard.
struct Reading {
    Stream stream;
    Shard shard;
    std::int64_t position = 0;
    std::int64_t records_left = 0;
    std::int64_t bytes_left = kByteLimit;
    bool done = false;
    std::vector<Record> records;
};

void read_slice(store::ReadTxn& txn, Reading& reading) {
    const std::int64_t limit = std::min(kSliceRecords, reading.records_left);
    const std::int64_t bytes = std::min(kSliceBytes, reading.bytes_left);
    Slice slice = list_records(txn, reading.stream, reading.shard.number, reading.position, limit, bytes);
    // A first record larger than what is left of the limit waits for the next call.
    if (slice.records.empty() || (slice.bytes > reading.bytes_left && !reading.records.empty())) {
        reading.done = true;
        return;
    }
    const auto count = static_cast<std::int64_t>(slice.records.size());
    reading.position = slice.records.back().position + 1;
    reading.records_left -= count;
    reading.bytes_left -= slice.bytes;
    reading.done = reading.records_left <= 0 || reading.bytes_left <= 0 ||
                   reading.position >= reading.shard.next_position;
    std::move(slice.records.begin(), slice.records.end(), std::back_inserter(reading.records));
}

Reading start_reading(store::ReadTxn& txn, const gateway::RequestContext& context,
                      const ShardIterator& iterator, std::int64_t limit) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::optional<Stream> stream =
        find_stream(txn, context.account, context.region, iterator.stream_name, now_ms);
    // An iterator of a deleted stream does not become one of its namesake.
    if (!stream || stream->id != iterator.stream_id) {
        throw_shard_not_found(context, iterator.stream_name, iterator.shard);
    }
    const std::optional<Shard> shard = find_shard(txn, *stream, iterator.shard);
    if (!shard) throw_shard_not_found(context, iterator.stream_name, iterator.shard);
    Reading reading;
    reading.stream = *stream;
    reading.shard = *shard;
    reading.position = iterator.position;
    reading.records_left = limit;
    const std::optional<std::int64_t> arrived = find_arrival(txn, *stream, shard->number, iterator.position);
    const std::int64_t oldest_kept_ms = stream->oldest_kept_ms(now_ms);
    if (arrived.value_or(0) < oldest_kept_ms && iterator.position < shard->next_position) {
        reading.position = std::max(iterator.position, find_position(txn, *stream, *shard, oldest_kept_ms));
    }
    read_slice(txn, reading);
    return reading;
}

// aws: "The number of milliseconds the GetRecords response is from the tip of the stream"; 0 means that
// nothing is left to read now, so a reader in the millisecond of the last write still sees 1.
std::int64_t millis_behind(const Reading& reading, std::int64_t now_ms) {
    if (reading.position >= reading.shard.next_position || reading.records.empty()) return 0;
    return std::max<std::int64_t>(1, now_ms - reading.records.back().arrived_ms);
}

gateway::Answer<api::GetRecords::Output> answer(Reading& reading, const gateway::RequestContext& context) {
    gateway::Answer<api::GetRecords::Output> result;
    const bool with_traces = context.principal.kind == auth::PrincipalKind::service;
    std::string traces;
    auto& records = result.output.Records.emplace();
    records.reserve(reading.records.size());
    for (Record& record : reading.records) {
        api::Record& out = records.emplace_back();
        out.SequenceNumber = format_sequence_number(
            {reading.shard.created_s, record.position, record.arrived_ms / 1000, reading.shard.number, 2});
        out.ApproximateArrivalTimestamp = from_unix_millis(record.arrived_ms);
        out.Data.emplace().data = std::move(record.data);
        out.PartitionKey = std::move(record.partition_key);
        if (with_traces && !record.trace.empty()) traces += *out.SequenceNumber + "=" + record.trace + "\n";
    }
    // For a service only, past any codec: an HTTP header could not hold the line feeds.
    if (with_traces) result.headers.emplace_back(kTraceHeader, std::move(traces));
    return result;
}

}  // namespace

Task<gateway::Answer<api::GetRecords::Output>> Service::get_records(const Context& context,
                                                                    const api::GetRecords::Input& input) {
    const ShardIterator iterator = requested_iterator(context, input);
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::int64_t limit = input.Limit.value_or(kRecordLimit);
    Reading reading =
        database_.read([&](store::ReadTxn& txn) { return start_reading(txn, context, iterator, limit); });
    if (input.DryRun.value_or(false)) throw_dry_run();
    auto read_on = [&](store::ReadTxn& txn) { read_slice(txn, reading); };
    while (!reading.done) co_await database_.read_in_pool(read_on);

    gateway::Answer<api::GetRecords::Output> result = answer(reading, context);
    const ShardIterator next{now_ms, reading.stream.id, reading.shard.number, reading.position,
                             reading.stream.name};
    result.output.NextShardIterator = encode_iterator(next, context.account + "/" + context.region);
    result.output.MillisBehindLatest = millis_behind(reading, now_ms);
    co_return result;
}

}  // namespace fogbank::kinesis
