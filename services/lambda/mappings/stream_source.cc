#include "services/lambda/mappings/stream_source.h"

#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/list_shards.h"
#include "services/lambda/mappings/event_format.h"
#include "src/base/arn.h"

#include <algorithm>
#include <map>

namespace fogbank::lambda {

namespace {

constexpr std::string_view kTraceHeader = "x-fogbank-trace";
constexpr std::int32_t kDynamodbPage = 1000;  // aws: GetRecords of a DynamoDB stream, "up to 1000 records"
constexpr std::int32_t kKinesisPage = 10'000;

// For services a GetRecords answer carries each record's trace: <sequence number>=<trace header>, set apart
// by line feeds or commas.
std::map<std::string, events::Trace, std::less<>> traces_of(const gateway::AnyOutput& output) {
    std::map<std::string, events::Trace, std::less<>> result;
    for (const auto& [name, value] : output.headers) {
        if (name != kTraceHeader) continue;
        std::string_view left = value;
        while (!left.empty()) {
            const std::size_t end = left.find_first_of("\n,");
            const std::string_view line = left.substr(0, end);
            left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
            const std::size_t equals = line.find('=');
            if (equals == std::string_view::npos) continue;
            result.emplace(line.substr(0, equals), events::Trace::parse(line.substr(equals + 1)));
        }
    }
    return result;
}

template <class Records, class Format>
StreamPage make_page(const gateway::AnyOutput& answer, const Records& records,
                     const std::optional<std::string>& next, Format format) {
    const auto traces = traces_of(answer);
    StreamPage page;
    page.next_iterator = next.value_or("");
    page.records.reserve(records.size());
    for (const auto& record : records) {
        StreamRecord out = format(record);
        if (const auto found = traces.find(out.sequence); found != traces.end()) out.trace = found->second;
        page.records.push_back(std::move(out));
    }
    return page;
}

class DynamodbStream final : public StreamSource {
public:
    DynamodbStream(const gateway::LocalClient& client, ServiceContext context, std::string arn)
        : client_(client), context_(std::move(context)), arn_(std::move(arn)) {}

    Task<std::vector<StreamShard>> shards() override {
        std::vector<StreamShard> result;
        dynamodbstreams::api::DescribeStream::Input input;
        input.StreamArn = arn_;
        do {
            const gateway::RequestContext context = context_();
            auto output = co_await client_.call<dynamodbstreams::api::DescribeStream>(context, input);
            auto& description = output.StreamDescription.value();
            if (description.Shards) {
                for (const auto& shard : *description.Shards) {
                    result.push_back({shard.ShardId.value_or(""), shard.ParentShardId.value_or("")});
                }
            }
            input.ExclusiveStartShardId = description.LastEvaluatedShardId;
        } while (input.ExclusiveStartShardId);
        co_return result;
    }

    Task<std::string> iterator(const StreamShard& shard, const StreamPosition& position) override {
        dynamodbstreams::api::GetShardIterator::Input input;
        input.StreamArn = arn_;
        input.ShardId = shard.id;
        input.ShardIteratorType = "TRIM_HORIZON";
        if (!position.after_sequence.empty()) {
            input.ShardIteratorType = "AFTER_SEQUENCE_NUMBER";
            input.SequenceNumber = position.after_sequence;
        }
        const gateway::RequestContext context = context_();
        auto output = co_await client_.call<dynamodbstreams::api::GetShardIterator>(context, input);
        co_return output.ShardIterator.value_or("");
    }

    Task<StreamPage> read(const StreamShard&, const std::string& iterator, std::int32_t limit) override {
        dynamodbstreams::api::GetRecords::Input input;
        input.ShardIterator = iterator;
        input.Limit = std::min(limit, kDynamodbPage);
        const gateway::RequestContext context = context_();
        gateway::AnyOutput answer =
            co_await client_.call_any<dynamodbstreams::api::GetRecords>(context, input);
        auto& output = *static_cast<dynamodbstreams::api::GetRecords::Output*>(answer.value.get());
        if (!output.Records) output.Records.emplace();
        co_return make_page(answer, *output.Records, output.NextShardIterator,
                            [this](const dynamodbstreams::api::Record& record) {
                                StreamRecord out;
                                out.sequence = record.dynamodb->SequenceNumber.value_or("");
                                out.written_ms = unix_millis(
                                    record.dynamodb->ApproximateCreationDateTime.value_or(Timestamp()));
                                out.json = format_dynamodb_record(record, arn_);
                                return out;
                            });
    }

private:
    const gateway::LocalClient& client_;
    ServiceContext context_;
    std::string arn_;
};

class KinesisStream final : public StreamSource {
public:
    KinesisStream(const gateway::LocalClient& client, ServiceContext context, std::string arn,
                  std::string role)
        : client_(client),
          context_(std::move(context)),
          arn_(std::move(arn)),
          region_(Arn::parse(arn_).value_or(Arn()).region()),
          role_(std::move(role)) {}

    Task<std::vector<StreamShard>> shards() override {
        std::vector<StreamShard> result;
        kinesis::api::ListShards::Input input;
        input.StreamARN = arn_;
        while (true) {
            const gateway::RequestContext context = context_();
            auto output = co_await client_.call<kinesis::api::ListShards>(context, input);
            if (output.Shards) {
                for (const auto& shard : *output.Shards) {
                    result.push_back({shard.ShardId.value_or(""), shard.ParentShardId.value_or("")});
                }
            }
            if (!output.NextToken) break;
            input = {};
            input.NextToken = output.NextToken;
        }
        co_return result;
    }

    Task<std::string> iterator(const StreamShard& shard, const StreamPosition& position) override {
        kinesis::api::GetShardIterator::Input input;
        input.StreamARN = arn_;
        input.ShardId = shard.id;
        input.ShardIteratorType = "TRIM_HORIZON";
        if (!position.after_sequence.empty()) {
            input.ShardIteratorType = "AFTER_SEQUENCE_NUMBER";
            input.StartingSequenceNumber = position.after_sequence;
        } else if (position.timestamp) {
            input.ShardIteratorType = "AT_TIMESTAMP";
            input.Timestamp = position.timestamp;
        }
        const gateway::RequestContext context = context_();
        auto output = co_await client_.call<kinesis::api::GetShardIterator>(context, input);
        co_return output.ShardIterator.value_or("");
    }

    Task<StreamPage> read(const StreamShard& shard, const std::string& iterator,
                          std::int32_t limit) override {
        kinesis::api::GetRecords::Input input;
        input.ShardIterator = iterator;
        input.Limit = std::min(limit, kKinesisPage);
        const gateway::RequestContext context = context_();
        gateway::AnyOutput answer = co_await client_.call_any<kinesis::api::GetRecords>(context, input);
        auto& output = *static_cast<kinesis::api::GetRecords::Output*>(answer.value.get());
        if (!output.Records) output.Records.emplace();
        co_return make_page(
            answer, *output.Records, output.NextShardIterator, [&](const kinesis::api::Record& record) {
                StreamRecord out;
                out.sequence = record.SequenceNumber.value_or("");
                out.written_ms = unix_millis(record.ApproximateArrivalTimestamp.value_or(Timestamp()));
                out.json = format_kinesis_record(record, shard.id, region_, arn_, role_);
                return out;
            });
    }

private:
    const gateway::LocalClient& client_;
    ServiceContext context_;
    std::string arn_, region_, role_;
};

}  // namespace

std::unique_ptr<StreamSource> open_stream(const gateway::LocalClient& client, ServiceContext context,
                                          const std::string& arn, const std::string& role) {
    const std::string service(Arn::parse(arn).value_or(Arn()).service());
    if (service == "dynamodb") return std::make_unique<DynamodbStream>(client, std::move(context), arn);
    if (service == "kinesis") return std::make_unique<KinesisStream>(client, std::move(context), arn, role);
    return nullptr;
}

}  // namespace fogbank::lambda
