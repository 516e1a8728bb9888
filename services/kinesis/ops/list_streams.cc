#include "services/kinesis/model/list_streams.h"
#include "services/kinesis/descriptions.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"
#include "src/base/bytes.h"

namespace fogbank::kinesis {

namespace {

// aws: "The default value is 100. If you specify a value greater than 100, at most 100 results are returned."
constexpr std::int64_t kPage = 100;

std::string start_after(const api::ListStreams::Input& input) {
    if (input.NextToken) {
        std::optional<std::string> name = base64_decode(*input.NextToken);
        if (!name || name->empty()) throw errors::InvalidArgumentException("Invalid NextToken.");
        return *std::move(name);
    }
    return input.ExclusiveStartStreamName.value_or(std::string());
}

}  // namespace

Task<api::ListStreams::Output> Service::list_streams(const Context& context,
                                                     const api::ListStreams::Input& input) {
    const std::string after = start_after(input);
    const std::int64_t page = std::min<std::int64_t>(input.Limit.value_or(kPage), kPage);
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto list = [&](store::ReadTxn& txn) {
        return kinesis::list_streams(txn, context.account, context.region, after, page + 1, now_ms);
    };
    std::vector<Stream> streams = co_await database_.read_in_pool(list);

    api::ListStreams::Output output;
    output.HasMoreStreams = static_cast<std::int64_t>(streams.size()) > page;
    if (*output.HasMoreStreams) {
        streams.pop_back();
        output.NextToken = base64_encode(streams.back().name);
    }
    auto& names = output.StreamNames.emplace();
    auto& summaries = output.StreamSummaries.emplace();
    for (const Stream& stream : streams) {
        names.push_back(stream.name);
        api::StreamSummary& summary = summaries.emplace_back();
        summary.StreamName = stream.name;
        summary.StreamARN = stream_arn(context, stream.name);
        summary.StreamStatus = std::string(stream.status(now_ms));
        summary.StreamModeDetails = describe_mode(stream);
        summary.StreamCreationTimestamp = from_unix_seconds(stream.created_ms / 1000);
    }
    co_return output;
}

}  // namespace fogbank::kinesis
