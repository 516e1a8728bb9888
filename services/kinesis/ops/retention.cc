#include "services/kinesis/model/decrease_stream_retention_period.h"
#include "services/kinesis/model/errors.h"
#include "services/kinesis/model/increase_stream_retention_period.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

namespace {

// aws: "The minimum value of a stream's retention period is 24 hours", "the maximum ... is 8760 hours (365
// days)".
constexpr std::int64_t kShortestHours = 24;
constexpr std::int64_t kLongestHours = 8760;

enum class Direction { increase, decrease };

[[noreturn]] void throw_wrong_way(const Stream& stream, std::int64_t hours, Direction direction) {
    const bool increase = direction == Direction::increase;
    throw errors::InvalidArgumentException(
        "Requested retention period (" + std::to_string(hours) + " hours) for stream " + stream.name +
        " can not be " + (increase ? "shorter" : "longer") + " than existing retention period (" +
        std::to_string(stream.retention_hours) + " hours). Use " + (increase ? "Decrease" : "Increase") +
        "RetentionPeriod API.");
}

void change_retention(store::Txn& txn, const Stream& stream, std::int64_t hours, Direction direction) {
    if (hours < kShortestHours) {
        throw errors::InvalidArgumentException(
            "Minimum allowed retention period is 24 hours. Requested retention "
            "period (" +
            std::to_string(hours) + " hours) is too short.");
    }
    if (hours > kLongestHours) {
        throw errors::InvalidArgumentException(
            "Maximum allowed retention period is 8760 hours. Requested retention "
            "period (" +
            std::to_string(hours) + " hours) is too long.");
    }
    const bool wrong_way =
        direction == Direction::increase ? stream.retention_hours > hours : stream.retention_hours < hours;
    if (wrong_way) throw_wrong_way(stream, hours, direction);
    set_retention(txn, stream, hours);
}

}  // namespace

Task<api::IncreaseStreamRetentionPeriod::Output> Service::increase_stream_retention_period(
    const Context& context, const api::IncreaseStreamRetentionPeriod::Input& input) {
    const std::string name = required_stream_name(context, input);
    auto change = [&](store::Txn& txn) {
        change_retention(txn, require_stream(txn, context, name), *input.RetentionPeriodHours,
                         Direction::increase);
    };
    co_await database_.write(change);
    co_return api::IncreaseStreamRetentionPeriod::Output{};
}

Task<api::DecreaseStreamRetentionPeriod::Output> Service::decrease_stream_retention_period(
    const Context& context, const api::DecreaseStreamRetentionPeriod::Input& input) {
    const std::string name = required_stream_name(context, input);
    auto change = [&](store::Txn& txn) {
        change_retention(txn, require_stream(txn, context, name), *input.RetentionPeriodHours,
                         Direction::decrease);
    };
    co_await database_.write(change);
    co_return api::DecreaseStreamRetentionPeriod::Output{};
}

}  // namespace fogbank::kinesis
