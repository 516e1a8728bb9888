#include "services/dynamodb/throttle.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/errors.h"
#include "src/base/json.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

// docs: "Burst capacity": "up to 5 minutes (300 seconds) of unused read and write capacity".
constexpr double kBurstSeconds = 300;
// docs: "Designing partition keys": "3,000 read units per second and 1,000 write units per second".
constexpr double kPartitionReads = 3000;
constexpr double kPartitionWrites = 1000;
constexpr std::size_t kMostBuckets = 20'000;

double given(std::int64_t override_of_replica, std::int64_t of_table) {
    return static_cast<double>(override_of_replica > 0 ? override_of_replica : of_table);
}

// docs: TransactionCanceledException lists the messages of each.
std::string provisioned_message(const Index* index) {
    if (index == nullptr) {
        return "The level of configured provisioned throughput for the table was exceeded. Consider "
               "increasing your provisioning level with the UpdateTable API.";
    }
    return "The level of configured provisioned throughput for one or more global secondary indexes of the "
           "table was exceeded. Consider increasing your provisioning level for the under-provisioned global "
           "secondary indexes with the UpdateTable API.";
}

std::string on_demand_message(const Index* index) {
    if (index == nullptr) {
        return "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
               "scaling your table or index so please try again shortly. If exceptions persist, check if you "
               "have a hot key: "
               "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
               "bp-partition-key-design.html.";
    }
    return "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is "
           "automatically scaling your index so please try again shortly.";
}

}  // namespace

bool is_throttled(const Error& error) {
    return error.code() == "ProvisionedThroughputExceededException" || error.code() == "ThrottlingException";
}

Throttle::Limit Throttle::whole_limit(const CapacityPlace& place, Access access) {
    const Table& table = place.table;
    const bool reads = access == Access::read;
    if (table.is_on_demand) {
        const OnDemandLimits& limits = place.index != nullptr ? place.index->limits : table.limits;
        const std::int64_t of_replica = place.index == nullptr ? table.overrides.on_demand_reads : 0;
        const double rate = reads ? given(of_replica, limits.reads) : static_cast<double>(limits.writes);
        return {Kind::on_demand_maximum, std::max(rate, 0.0), 1};
    }
    const Throughput& throughput = place.index != nullptr ? place.index->throughput : table.throughput;
    const std::int64_t of_replica =
        place.index != nullptr ? place.index->read_override : table.overrides.reads;
    const double rate = reads ? given(of_replica, throughput.read) : static_cast<double>(throughput.write);
    return {Kind::provisioned, rate, kBurstSeconds};
}

Throttle::Limit Throttle::partition_limit(Access access) {
    return {Kind::key_range, access == Access::read ? kPartitionReads : kPartitionWrites, 1};
}

// docs: ThrottlingReason: "ResourceType+OperationType+LimitType".
void Throttle::refuse(const CapacityPlace& place, Access access, Kind kind) {
    std::string reason = place.index != nullptr ? "Index" : "Table";
    reason += access == Access::read ? "Read" : "Write";
    reason += kind == Kind::provisioned ? "ProvisionedThroughputExceeded"
              : kind == Kind::key_range ? "KeyRangeThroughputExceeded"
                                        : "MaxOnDemandThroughputExceeded";
    std::string json;
    json::Writer out(json);
    out.begin_array().begin_object();
    out.field("reason", reason);
    out.field("resource", place.index != nullptr ? place.table.index_arn(*place.index) : place.table.arn);
    out.end_object().end_array();
    if (place.table.is_on_demand) {
        throw errors::ThrottlingException(kind == Kind::on_demand_maximum
                                              ? "Throughput exceeds the maximum OnDemandThroughput "
                                                "configured on table or index"
                                              : on_demand_message(place.index))
            .with_json("throttlingReasons", std::move(json));
    }
    throw errors::ProvisionedThroughputExceededException(provisioned_message(place.index))
        .with_json("ThrottlingReasons", std::move(json));
}

// A bucket starts with a second's worth, and keeps what is not used for as long as its limit says.
Throttle::Bucket& Throttle::refilled(const CapacityPlace& place, Access access, std::string_view partition,
                                     const Limit& limit) {
    const std::int64_t now_ms = unix_millis(clock_.now());
    const std::int64_t index = place.index != nullptr ? place.index->number : 0;
    if (buckets_.size() >= kMostBuckets) forget_full_partitions();
    const auto [at, is_new] = buckets_.try_emplace(
        Owner{place.table.number, index, access, std::string(partition)}, Bucket{limit.rate, now_ms});
    Bucket& bucket = at->second;
    const double seconds = std::max(0.0, static_cast<double>(now_ms - bucket.at_ms) / 1000);
    bucket.units = std::min(bucket.units + seconds * limit.rate, limit.rate * limit.burst_seconds);
    bucket.at_ms = now_ms;
    return bucket;
}

// A partition that nobody used for a second, and that owes nothing, is as good as new.
void Throttle::forget_full_partitions() {
    const std::int64_t now_ms = unix_millis(clock_.now());
    std::erase_if(buckets_, [&](const auto& each) {
        return !std::get<3>(each.first).empty() && each.second.units >= 0 &&
               each.second.at_ms <= now_ms - 1000;
    });
}

void Throttle::check_locked(const CapacityPlace& place, Access access) {
    const Limit whole = whole_limit(place, access);
    if (whole.rate > 0 && refilled(place, access, {}, whole).units <= 0) refuse(place, access, whole.kind);
    if (place.key.empty()) return;
    const Limit part = partition_limit(access);
    if (refilled(place, access, place.key.substr(0, kPartitionBytes), part).units <= 0) {
        refuse(place, access, part.kind);
    }
}

void Throttle::take_locked(const CapacityPlace& place, Access access, double units) {
    const Limit whole = whole_limit(place, access);
    if (whole.rate > 0) refilled(place, access, {}, whole).units -= units;
    if (place.key.empty()) return;
    refilled(place, access, place.key.substr(0, kPartitionBytes), partition_limit(access)).units -= units;
}

void Throttle::check(const CapacityPlace& place, Access access) {
    const std::lock_guard lock(mutex_);
    check_locked(place, access);
}

void Throttle::take(const CapacityPlace& place, Access access, double units) {
    const std::lock_guard lock(mutex_);
    take_locked(place, access, units);
}

void Throttle::take_read(const CapacityPlace& place, const PartitionBytes& bytes, double units) {
    const std::lock_guard lock(mutex_);
    const Limit limit = partition_limit(Access::read);
    std::size_t total = 0;
    for (const auto& [partition, read] : bytes) {
        if (refilled(place, Access::read, partition, limit).units <= 0)
            refuse(place, Access::read, limit.kind);
        total += read;
    }
    take_locked({place.table, place.index}, Access::read, units);
    for (const auto& [partition, read] : bytes) {
        const double share = static_cast<double>(read) / static_cast<double>(total);
        refilled(place, Access::read, partition, limit).units -= units * share;
    }
}

void Throttle::take_write(const Table& table, const std::vector<Cost>& costs) {
    const std::lock_guard lock(mutex_);
    for (const Cost& cost : costs) check_locked({table, cost.index, cost.key}, Access::write);
    for (const Cost& cost : costs) take_locked({table, cost.index, cost.key}, Access::write, cost.units);
}

}  // namespace fogbank::dynamodb
