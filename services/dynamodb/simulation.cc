#include "services/dynamodb/simulation.h"

#include "services/dynamodb/model/errors.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

// docs: "Burst capacity": "up to 5 minutes (300 seconds) of unused read and write capacity".
constexpr double kBurstSeconds = 300;
constexpr std::size_t kMostRemembered = 10'000;

[[noreturn]] void refuse_call() {
    throw errors::ProvisionedThroughputExceededException(
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
        "provisioning level with the UpdateTable API.");
}

double rate_of(const Table& table, Access access) {
    return static_cast<double>(access == Access::read ? table.throughput.read : table.throughput.write);
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, Clock& clock)
    : options_(options),
      clock_(clock),
      fails_(options.error_probability > 0 || options.read_error_probability > 0 ||
             options.write_error_probability > 0),
      entropy_(make_seeded_entropy(options.seed)) {}

void Simulation::fail_at_times(Access access) {
    const double own =
        access == Access::read ? options_.read_error_probability : options_.write_error_probability;
    if (own > 0 && entropy_->fraction() < own) refuse_call();
    if (options_.error_probability > 0 && entropy_->fraction() < options_.error_probability) refuse_call();
}

// A bucket that starts with a second's worth, and fills up to five minutes' while it is not used.
Simulation::Bucket& Simulation::refilled(const Table& table, Access access) {
    const double rate = rate_of(table, access);
    const std::int64_t now_ms = unix_millis(clock_.now());
    const auto [at, is_new] = buckets_.try_emplace({table.number, access}, Bucket{rate, now_ms});
    Bucket& bucket = at->second;
    const double seconds = static_cast<double>(now_ms - bucket.at_ms) / 1000;
    bucket.units = std::min(bucket.units + std::max(0.0, seconds) * rate, rate * kBurstSeconds);
    bucket.at_ms = now_ms;
    return bucket;
}

void Simulation::check_capacity(const Table& table, Access access) {
    if (table.is_on_demand) return;
    const std::lock_guard lock(mutex_);
    if (refilled(table, access).units <= 0) refuse_call();
}

void Simulation::take_capacity(const Table& table, Access access, double units) {
    if (table.is_on_demand) return;
    const std::lock_guard lock(mutex_);
    refilled(table, access).units -= units;
}

void Simulation::changed(const Table& table, const std::string& key, const ItemChange& change,
                         std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (past_.size() >= kMostRemembered) {
        std::erase_if(past_,
                      [&](const auto& each) { return each.second.at_ms < now_ms - options_.stale_read_ms; });
    }
    if (past_.size() >= kMostRemembered) past_.clear();
    past_[{table.number, key}] = {{change.existed, change.old_json, change.old_size}, now_ms};
}

std::optional<Simulation::Past> Simulation::past_of(const Table& table, const std::string& key,
                                                    std::int64_t now_ms) {
    if (options_.stale_read_probability <= 0) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = past_.find({table.number, key});
    if (found == past_.end() || found->second.at_ms < now_ms - options_.stale_read_ms) return std::nullopt;
    if (entropy_->fraction() >= options_.stale_read_probability) return std::nullopt;
    return found->second.past;
}

}  // namespace fogbank::dynamodb
