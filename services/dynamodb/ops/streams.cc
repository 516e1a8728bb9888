#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/shard_iterator.h"
#include "services/dynamodb/store/shards.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/errors.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/dynamodbstreams/model/list_streams.h"
#include "src/base/digest.h"
#include "src/base/json.h"

#include <algorithm>
#include <limits>

namespace fogbank::dynamodb {
namespace {

namespace streams_errors = dynamodbstreams::errors;

// docs: Limit of ListStreams, DescribeStream and GetRecords, "The upper limit is ...".
constexpr std::int64_t kMaxStreams = 100;
constexpr std::int64_t kMaxShards = 100;
constexpr std::int64_t kMaxRecords = 1000;
constexpr std::int64_t kMaxBytes = 1024 * 1024;

[[noreturn]] void refuse_stream(const std::string& arn) {
    throw streams_errors::ResourceNotFoundException("Requested resource not found: Stream: " + arn +
                                                    " not found");
}

// Whose stream it is, where the caller may do that with it.
std::string owner_of(TableCache& tables, const RequestContext& context, const std::string& arn) {
    if (!parse_stream_arn(arn)) refuse("Invalid StreamArn");
    return permitted_stream_owner(tables, context, arn);
}

Stream require_stream(store::ReadTxn& txn, const RequestContext& context, const std::string& owner,
                      const std::string& arn) {
    const auto name = parse_stream_arn(arn);
    if (!name) refuse("Invalid StreamArn");
    auto stream =
        find_stream(txn, owner, context.region, name->table, name->label, unix_millis(context.received_at));
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

// aws: a limit above the documented one is refused (scylladb/scylladb pull request 23547, checked on AWS).
std::int64_t limit_of(const std::optional<std::int32_t>& given, std::int64_t most) {
    if (!given) return most;
    if (*given > most) {
        refuse("1 validation error detected: Value '" + std::to_string(*given) +
               "' at 'limit' failed to satisfy constraint: Member must have value less than or equal to " +
               std::to_string(most));
    }
    return *given;
}

Shard require_shard(store::ReadTxn& txn, const Stream& stream, const std::string& id, std::int64_t now_ms) {
    const auto number = parse_shard_id(id);
    const auto shard = number ? find_shard(txn, *number, now_ms) : std::nullopt;
    if (!shard || shard->stream != stream.number || shard_id(*shard) != id) {
        throw streams_errors::ResourceNotFoundException(
            "Requested resource not found: Shard does not exist in the stream");
    }
    return *shard;
}

streams_api::Shard description_of(const Shard& shard) {
    streams_api::Shard out;
    out.ShardId = shard_id(shard);
    if (!shard.parent.empty()) out.ParentShardId = shard.parent;
    out.SequenceNumberRange.emplace();
    out.SequenceNumberRange->StartingSequenceNumber = sequence_number(shard.first_sequence);
    if (shard.last_sequence) {
        out.SequenceNumberRange->EndingSequenceNumber = sequence_number(*shard.last_sequence);
    }
    return out;
}

[[noreturn]] void throw_trimmed() {
    throw streams_errors::TrimmedDataAccessException(
        "The operation attempted to read past the oldest stream record in a shard.");
}

// aws: the first record whose ApproximateCreationDateTime, in whole seconds, is not before the time.
std::int64_t first_at(store::ReadTxn& txn, const streams_api::GetShardIterator::Input& input,
                      const Shard& shard, std::int64_t now_ms) {
    if (!input.Timestamp) refuse("Timestamp must be specified for AT_TIMESTAMP");
    const std::int64_t since_ms = unix_millis(*input.Timestamp);
    if (since_ms > now_ms) refuse("Timestamp must not be in the future");
    const std::int64_t since_second_ms = (since_ms + 999) / 1000 * 1000;
    return first_since(txn, shard, std::max(since_second_ms, now_ms - kStreamRetentionMs));
}

// The sequence number that an iterator of the wanted type starts at.
std::int64_t start_of(store::ReadTxn& txn, const streams_api::GetShardIterator::Input& input,
                      const Shard& shard, std::int64_t now_ms) {
    const std::string& type = *input.ShardIteratorType;
    if (type == "LATEST") return latest(txn, shard);
    if (type == "AT_TIMESTAMP") return first_at(txn, input, shard, now_ms);
    const std::int64_t horizon = trim_horizon(txn, shard, now_ms);
    if (type == "TRIM_HORIZON") return horizon;
    if (!input.SequenceNumber) refuse("SequenceNumber must be specified for " + type);
    const auto given = parse_sequence_number(*input.SequenceNumber);
    const std::int64_t end = shard.last_sequence.value_or(std::numeric_limits<std::int64_t>::max());
    if (!given || *given < shard.first_sequence || *given > end) {
        refuse("Invalid SequenceNumber: " + *input.SequenceNumber);
    }
    const std::int64_t start = type == "AT_SEQUENCE_NUMBER" ? *given : *given + 1;
    if (start < horizon) throw_trimmed();
    return std::min(start, end);
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
    const std::int64_t limit = limit_of(input.Limit, kMaxStreams);
    const std::string table = input.TableName ? *input.TableName : "";
    const std::int64_t now_ms = unix_millis(context.received_at);
    std::vector<Stream> found = database_.read([&](store::ReadTxn& txn) {
        std::int64_t after = 0;
        if (input.ExclusiveStartStreamArn) {
            after = require_stream(txn, context, context.account, *input.ExclusiveStartStreamArn).number;
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
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::int64_t limit = limit_of(input.Limit, kMaxShards);
    std::string parent;
    if (input.ShardFilter) {
        if (!input.ShardFilter->Type || !input.ShardFilter->ShardId) {
            refuse("ShardFilter must have a Type and a ShardId");
        }
        parent = *input.ShardFilter->ShardId;
    }
    const std::string owner = owner_of(tables_, context, *input.StreamArn);
    std::vector<Shard> shards;
    const Stream stream = database_.read([&](store::ReadTxn& txn) {
        const Stream found = require_stream(txn, context, owner, *input.StreamArn);
        std::int64_t after = 0;
        if (input.ExclusiveStartShardId) after = parse_shard_id(*input.ExclusiveStartShardId).value_or(0);
        // A stream keeps a day of shards: few enough to read them all.
        shards = list_shards(txn, found, after, std::numeric_limits<std::int64_t>::max(), now_ms);
        return found;
    });
    if (!parent.empty()) std::erase_if(shards, [&](const Shard& shard) { return shard.parent != parent; });
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
    if (static_cast<std::int64_t>(shards.size()) > limit) {
        shards.resize(static_cast<std::size_t>(limit));
        description.LastEvaluatedShardId = shard_id(shards.back());
    }
    for (const Shard& shard : shards) description.Shards->push_back(description_of(shard));
    return output;
}

streams_api::GetShardIterator::Output Service::get_shard_iterator(
    const RequestContext& context, const streams_api::GetShardIterator::Input& input) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::string owner = owner_of(tables_, context, *input.StreamArn);
    ShardIterator iterator{*input.StreamArn, 0, 0, now_ms};
    database_.read([&](store::ReadTxn& txn) {
        const Stream stream = require_stream(txn, context, owner, *input.StreamArn);
        const Shard shard = require_shard(txn, stream, *input.ShardId, now_ms);
        iterator.shard = shard.number;
        iterator.sequence = start_of(txn, input, shard, now_ms);
    });
    streams_api::GetShardIterator::Output output;
    output.ShardIterator = iterator.text();
    return output;
}

namespace {

struct Page {
    Stream stream;
    Shard shard;
    std::vector<StreamRow> rows;
    std::int64_t next = 0;  // the sequence number to go on with
};

Page read_page(store::ReadTxn& txn, const RequestContext& context, const std::string& owner,
               const ShardIterator& iterator, std::int64_t limit) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    Page page;
    page.stream = require_stream(txn, context, owner, iterator.stream_arn);
    const auto shard = find_shard(txn, iterator.shard, now_ms);
    if (!shard || shard->stream != page.stream.number) throw_trimmed();
    page.shard = *shard;
    page.rows = read_records(txn, *shard, iterator.sequence, limit, kMaxBytes, now_ms);
    // Sequence numbers have no gaps: what stands behind one has expired.
    const std::int64_t begin = page.rows.empty() ? latest(txn, *shard) : page.rows.front().sequence;
    if (iterator.sequence < begin) throw_trimmed();
    page.next = page.rows.empty() ? iterator.sequence : page.rows.back().sequence + 1;
    return page;
}

}  // namespace

gateway::Answer<streams_api::GetRecords::Output> Service::get_records(
    const RequestContext& context, const streams_api::GetRecords::Input& input) {
    const std::int64_t now_ms = unix_millis(context.received_at);
    const std::int64_t limit = limit_of(input.Limit, kMaxRecords);
    const auto iterator = ShardIterator::parse(*input.ShardIterator);
    if (!iterator) refuse("Invalid ShardIterator");
    if (iterator->issued_ms + kIteratorLifeMs < now_ms) {
        throw streams_errors::ExpiredIteratorException("Iterator expired. The iterator was created at time " +
                                                       format_iso8601(from_unix_millis(iterator->issued_ms)) +
                                                       " while right now it is " +
                                                       format_iso8601(context.received_at));
    }
    const std::string owner = owner_of(tables_, context, iterator->stream_arn);
    Page page =
        database_.read([&](store::ReadTxn& txn) { return read_page(txn, context, owner, *iterator, limit); });
    gateway::Answer<streams_api::GetRecords::Output> answer;
    std::vector<streams_api::Record>& records = answer.output.Records.emplace();
    records.reserve(page.rows.size());
    const bool is_service = context.principal.kind == auth::PrincipalKind::service;
    std::string traces;
    for (StreamRow& row : page.rows) {
        if (is_service) {
            traces += (traces.empty() ? "" : ",") + sequence_number(row.sequence) + "=" + row.trace;
        }
        records.push_back(record_of(context, iterator->stream_arn, page.stream, row));
    }
    if (is_service) answer.headers.emplace_back("x-fogbank-trace", std::move(traces));
    // A closed shard ends with its last record.
    if (!page.shard.last_sequence || page.next < *page.shard.last_sequence) {
        answer.output.NextShardIterator =
            ShardIterator{iterator->stream_arn, iterator->shard, page.next, now_ms}.text();
    }
    return answer;
}

}  // namespace fogbank::dynamodb
