#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/shard_iterator.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/errors.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "src/base/digest.h"
#include "src/base/json.h"

namespace fogbank::dynamodb {
namespace {

namespace streams_errors = dynamodbstreams::errors;

constexpr std::int64_t kDefaultStreams = 100;  // docs: ListStreams, Limit
constexpr std::int64_t kMaxRecords = 1000;     // docs: GetRecords
constexpr std::int64_t kMaxBytes = 1024 * 1024;

[[noreturn]] void refuse_stream(const std::string& arn) {
    throw streams_errors::ResourceNotFoundException("Requested resource not found: Stream: " + arn +
                                                    " not found");
}

Stream require_stream(store::ReadTxn& txn, const RequestContext& context, const std::string& arn) {
    const auto name = parse_stream_arn(arn);
    if (!name) refuse("Invalid StreamArn");
    auto stream = find_stream(txn, context.account, context.region, name->table, name->label,
                              unix_millis(context.received_at));
    if (!stream) refuse_stream(arn);
    return *stream;
}

std::string arn_of(const RequestContext& context, const Stream& stream) {
    return context.arn("dynamodb", "table/" + stream.table_name + "/stream/" + stream.label);
}

std::vector<streams_api::KeySchemaElement> key_schema(const Stream& stream) {
    std::vector<streams_api::KeySchemaElement> out;
    const auto document = json::parse(stream.keys);
    if (!document) return out;
    for (const json::Value element : document->root().elements()) {
        streams_api::KeySchemaElement& made = out.emplace_back();
        made.AttributeName = std::string(element.find("AttributeName").string());
        made.KeyType = std::string(element.find("KeyType").string());
    }
    return out;
}

streams_api::Shard shard_of(const Stream& stream) {
    streams_api::Shard shard;
    shard.ShardId = shard_id(stream);
    shard.SequenceNumberRange.emplace();
    shard.SequenceNumberRange->StartingSequenceNumber = sequence_number(stream.first_sequence);
    if (stream.last_sequence) {
        shard.SequenceNumberRange->EndingSequenceNumber = sequence_number(*stream.last_sequence);
    }
    return shard;
}

// The sequence number that an iterator of the wanted type starts at.
std::int64_t start_of(store::ReadTxn& txn, const streams_api::GetShardIterator::Input& input,
                      const Stream& stream, std::int64_t now_ms) {
    const std::string& type = *input.ShardIteratorType;
    if (type == "LATEST") return latest(txn, stream);
    const std::int64_t horizon = trim_horizon(txn, stream, now_ms);
    if (type == "TRIM_HORIZON") return horizon;
    if (!input.SequenceNumber) refuse("SequenceNumber must be specified for " + type);
    const auto given = parse_sequence_number(*input.SequenceNumber);
    if (!given) refuse("Invalid SequenceNumber: " + *input.SequenceNumber);
    const std::int64_t start = type == "AT_SEQUENCE_NUMBER" ? *given : *given + 1;
    if (start < horizon && *given < horizon) {
        throw streams_errors::TrimmedDataAccessException(
            "The operation attempted to read past the oldest stream record in a shard. SequenceNumber: " +
            *input.SequenceNumber);
    }
    return start;
}

streams_api::Record record_of(const RequestContext& context, const std::string& arn, const Stream& stream,
                              StreamRow& row) {
    streams_api::Record record;
    const std::string sequence = sequence_number(row.sequence);
    record.eventID = md5_hex(arn + "/" + sequence);
    record.eventName = row.event;
    record.eventVersion = "1.1";
    record.eventSource = "aws:dynamodb";
    record.awsRegion = context.region;
    if (row.by_service) {
        // docs: "Time to live (TTL) and DynamoDB Streams".
        streams_api::Identity& identity = record.userIdentity.emplace();
        identity.PrincipalId = "dynamodb.amazonaws.com";
        identity.Type = "Service";
    }
    streams_api::StreamRecord& change = record.dynamodb.emplace();
    // aws: whole seconds
    change.ApproximateCreationDateTime = from_unix_seconds(row.written_ms / 1000);
    change.Keys = Item::of_json(std::move(row.keys));
    if (!row.new_image.empty()) change.NewImage = Item::of_json(std::move(row.new_image));
    if (!row.old_image.empty()) change.OldImage = Item::of_json(std::move(row.old_image));
    change.SequenceNumber = sequence;
    change.SizeBytes = row.size;
    change.StreamViewType = stream.view;
    return record;
}

}  // namespace

streams_api::ListStreams::Output Service::list_streams(const RequestContext& context,
                                                       const streams_api::ListStreams::Input& input) {
    const std::int64_t limit = input.Limit ? *input.Limit : kDefaultStreams;
    const std::string table = input.TableName ? *input.TableName : "";
    const std::int64_t now_ms = unix_millis(context.received_at);
    std::vector<Stream> found = database_.read([&](store::ReadTxn& txn) {
        std::int64_t after = 0;
        if (input.ExclusiveStartStreamArn) {
            after = require_stream(txn, context, *input.ExclusiveStartStreamArn).number;
        }
        return dynamodb::list_streams(txn, context.account, context.region, table, after, limit + 1, now_ms);
    });
    streams_api::ListStreams::Output output;
    output.Streams.emplace();
    const bool has_more = static_cast<std::int64_t>(found.size()) > limit;
    if (has_more) found.pop_back();
    for (const Stream& stream : found) {
        streams_api::Stream& made = output.Streams->emplace_back();
        made.StreamArn = arn_of(context, stream);
        made.TableName = stream.table_name;
        made.StreamLabel = stream.label;
    }
    if (has_more) output.LastEvaluatedStreamArn = output.Streams->back().StreamArn;
    return output;
}

streams_api::DescribeStream::Output Service::describe_stream(
    const RequestContext& context, const streams_api::DescribeStream::Input& input) {
    const Stream stream =
        database_.read([&](store::ReadTxn& txn) { return require_stream(txn, context, *input.StreamArn); });
    streams_api::DescribeStream::Output output;
    streams_api::StreamDescription& description = output.StreamDescription.emplace();
    description.StreamArn = *input.StreamArn;
    description.StreamLabel = stream.label;
    description.StreamStatus = stream.closed_ms ? "DISABLED" : "ENABLED";
    description.StreamViewType = stream.view;
    description.CreationRequestDateTime = from_unix_millis(stream.created_ms);
    description.TableName = stream.table_name;
    description.KeySchema = key_schema(stream);
    description.Shards.emplace();
    // The only shard has no children, and none comes after it.
    if (!input.ShardFilter && input.ExclusiveStartShardId != shard_id(stream)) {
        description.Shards->push_back(shard_of(stream));
    }
    return output;
}

streams_api::GetShardIterator::Output Service::get_shard_iterator(
    const RequestContext& context, const streams_api::GetShardIterator::Input& input) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    ShardIterator iterator{*input.StreamArn, 0, now_ms};
    database_.read([&](store::ReadTxn& txn) {
        const Stream stream = require_stream(txn, context, *input.StreamArn);
        if (*input.ShardId != shard_id(stream)) {
            throw streams_errors::ResourceNotFoundException(
                "Requested resource not found: Shard does not exist in the stream");
        }
        iterator.sequence = start_of(txn, input, stream, now_ms);
    });
    streams_api::GetShardIterator::Output output;
    output.ShardIterator = iterator.text();
    return output;
}

gateway::Answer<streams_api::GetRecords::Output> Service::get_records(
    const RequestContext& context, const streams_api::GetRecords::Input& input) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    const auto iterator = ShardIterator::parse(*input.ShardIterator);
    if (!iterator) refuse("Invalid ShardIterator");
    if (iterator->issued_ms + kIteratorLifeMs < now_ms) {
        throw streams_errors::ExpiredIteratorException("Iterator expired. The iterator was created at time " +
                                                       format_iso8601(from_unix_millis(iterator->issued_ms)) +
                                                       " while right now it is " +
                                                       format_iso8601(context.received_at));
    }
    std::int64_t limit = kMaxRecords;
    if (input.Limit) limit = std::min<std::int64_t>(limit, *input.Limit);

    std::vector<StreamRow> rows;
    const Stream stream = database_.read([&](store::ReadTxn& txn) {
        const Stream found = require_stream(txn, context, iterator->stream_arn);
        rows = read_records(txn, found, iterator->sequence, limit, kMaxBytes, now_ms);
        return found;
    });
    gateway::Answer<streams_api::GetRecords::Output> answer;
    std::vector<streams_api::Record>& records = answer.output.Records.emplace();
    records.reserve(rows.size());
    const bool is_service = context.principal.kind == auth::PrincipalKind::service;
    std::string traces;
    for (StreamRow& row : rows) {
        if (is_service) {
            traces += (traces.empty() ? "" : ",") + sequence_number(row.sequence) + "=" + row.trace;
        }
        records.push_back(record_of(context, iterator->stream_arn, stream, row));
    }
    if (is_service) answer.headers.emplace_back("x-fogbank-trace", std::move(traces));
    ShardIterator next{iterator->stream_arn, rows.empty() ? iterator->sequence : rows.back().sequence + 1,
                       now_ms};
    // A closed shard ends with its last record.
    if (!stream.last_sequence || next.sequence <= *stream.last_sequence) {
        answer.output.NextShardIterator = next.text();
    }
    return answer;
}

}  // namespace fogbank::dynamodb
