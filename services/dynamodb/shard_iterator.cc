#include "services/dynamodb/shard_iterator.h"

#include "src/base/arn.h"
#include "src/base/bytes.h"

#include <charconv>

namespace fogbank::dynamodb {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

}  // namespace

std::string ShardIterator::text() const {
    return stream_arn + "|1|" +
           base64_encode(std::to_string(shard) + ":" + std::to_string(sequence) + ":" +
                         std::to_string(issued_ms));
}

std::optional<ShardIterator> ShardIterator::parse(std::string_view text) {
    const std::size_t last = text.rfind("|1|");
    if (last == std::string_view::npos) return std::nullopt;
    const auto position = base64_decode(text.substr(last + 3));
    if (!position) return std::nullopt;
    const std::string_view fields(*position);
    const std::size_t first = fields.find(':');
    const std::size_t second = fields.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const auto shard = number(fields.substr(0, first));
    const auto sequence = number(fields.substr(first + 1, second - first - 1));
    const auto issued = number(fields.substr(second + 1));
    if (!shard || !sequence || !issued) return std::nullopt;
    return ShardIterator{std::string(text.substr(0, last)), *shard, *sequence, *issued};
}

std::optional<std::int64_t> parse_shard_id(std::string_view text) {
    const std::size_t dash = text.rfind('-');
    if (!text.starts_with("shardId-") || dash == std::string_view::npos) return std::nullopt;
    return number(text.substr(dash + 1));
}

std::optional<StreamName> parse_stream_arn(std::string_view text) {
    const auto arn = Arn::parse(text);
    if (!arn || arn->service() != "dynamodb") return std::nullopt;
    constexpr std::string_view kTable = "table/";
    constexpr std::string_view kStream = "/stream/";
    std::string_view resource = arn->resource();
    const std::size_t stream = resource.find(kStream);
    if (!resource.starts_with(kTable) || stream == std::string_view::npos) return std::nullopt;
    return StreamName{std::string(resource.substr(kTable.size(), stream - kTable.size())),
                      std::string(resource.substr(stream + kStream.size()))};
}

}  // namespace fogbank::dynamodb
