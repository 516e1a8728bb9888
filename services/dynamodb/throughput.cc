#include "services/dynamodb/throughput.h"

#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "src/base/clock.h"

#include <ctime>

namespace fogbank::dynamodb {
namespace {

// aws: "Monday, October 10, 2022 at 1:00:19 PM Coordinated Universal Time".
std::string spelt(std::int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    const auto part = [&](const char* format) {
        char text[64];
        return std::string(text, std::strftime(text, sizeof text, format, &parts));
    };
    const int hour = parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12;
    return part("%A, %B ") + std::to_string(parts.tm_mday) + part(", %Y at ") + std::to_string(hour) +
           part(":%M:%S %p") + " Coordinated Universal Time";
}

// docs: "Service, account, and table quotas": four decreases at any time of a day (UTC), then one an hour.
void check_decrease(const ThroughputChanges& changes, std::int64_t now_ms) {
    constexpr std::int64_t kFree = 4;
    constexpr std::int64_t kWaitMs = 3600LL * 1000;
    const bool is_same_day = utc_day(changes.lowered_ms) == utc_day(now_ms);
    if (!is_same_day || changes.lowered_times < kFree || now_ms >= changes.lowered_ms + kWaitMs) return;
    throw errors::LimitExceededException(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. "
        "After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most "
        "once every 3600 seconds. Number of decreases today: " +
        std::to_string(changes.lowered_times) + ". Last decrease at " + spelt(changes.lowered_ms) +
        ". Next decrease can be made at " + spelt(changes.lowered_ms + kWaitMs));
}

void check_quota(const Throughput& units, const std::string& of) {
    const auto check = [&](const char* name, std::int64_t given) {
        if (given <= kMaxTableUnits) return;
        throw errors::LimitExceededException("Subscriber limit exceeded: " + std::string(name) +
                                             "CapacityUnits of " + std::to_string(given) + " for " + of +
                                             " is beyond the limit of " + std::to_string(kMaxTableUnits) +
                                             " per table or index");
    };
    check("Read", units.read);
    check("Write", units.write);
}

// `is_provisioned_for` "the table", "index by-g"; `of` "the table", "the index by-g".
template <class Throughputs>
void change(Throughputs& changed, const Throughput& wanted, std::int64_t now_ms, const std::string& of,
            const std::string& is_provisioned_for) {
    const Throughput& now = changed.throughput;
    if (now.read == wanted.read && now.write == wanted.write) {
        const auto pair = [&](const char* name, std::int64_t current, std::int64_t asked) {
            return std::string("Current ") + name + "CapacityUnits provisioned for " + is_provisioned_for +
                   ": " + std::to_string(current) + ". Requested " + name +
                   "CapacityUnits: " + std::to_string(asked) + ". ";
        };
        refuse("The provisioned throughput for " + of +
               " will not change. The requested value equals the current value. " +
               pair("Read", now.read, wanted.read) + pair("Write", now.write, wanted.write) +
               "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
               "limits.");
    }
    note_change(changed.throughput, wanted, now_ms, changed.changes);
    changed.throughput = wanted;
}

}  // namespace

void check_quota(const Table& table) {
    check_quota(table.throughput, "table " + table.name);
    for (const Index& index : table.indexes) check_quota(index.throughput, "index " + index.name);
}

// aws: the answer tells when a change begins; it is done, and shown, later (dynalite's suite).
void note_change(const Throughput& before, const Throughput& now, std::int64_t now_ms,
                 ThroughputChanges& changes) {
    const std::int64_t done_ms = now_ms + 1;
    const bool is_lowered = now.read < before.read || now.write < before.write;
    if (is_lowered) check_decrease(changes, now_ms);
    if (now.read > before.read || now.write > before.write) changes.raised_ms = done_ms;
    if (!is_lowered) return;
    const bool is_first_today = utc_day(changes.lowered_ms) != utc_day(done_ms);
    changes.lowered_times = is_first_today ? 1 : changes.lowered_times + 1;
    changes.lowered_ms = done_ms;
}

void change_throughput(Table& table, const Throughput& wanted, std::int64_t now_ms) {
    change(table, wanted, now_ms, "the table", "the table");
}

void change_throughput(Index& index, const Throughput& wanted, std::int64_t now_ms) {
    change(index, wanted, now_ms, "the index " + index.name, "index " + index.name);
}

}  // namespace fogbank::dynamodb
