#include "services/dynamodb/simulation.h"

#include "services/dynamodb/capacity.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kMostRemembered = 10'000;

[[noreturn]] void refuse_call() {
    throw errors::ProvisionedThroughputExceededException(
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
        "provisioning level with the UpdateTable API.");
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, Clock& clock)
    : options_(options),
      throttle_(clock),
      fails_(options.error_probability > 0 || options.read_error_probability > 0 ||
             options.write_error_probability > 0),
      entropy_(make_seeded_entropy(options.seed)) {}

void Simulation::fail_at_times(Access access) {
    const double own =
        access == Access::read ? options_.read_error_probability : options_.write_error_probability;
    if (own > 0 && entropy_->fraction() < own) refuse_call();
    if (options_.error_probability > 0 && entropy_->fraction() < options_.error_probability) refuse_call();
}

void Simulation::changing(const ItemWrite& write, const ItemChange& change, const Writer& writer) {
    // docs: deletions by time to live cost nothing; what a replica is sent is not refused.
    if (options_.throttling != Throttling::off && writer.kind == Writer::Kind::user) {
        charge(write, change, writer);
    }
    if (remembers() && write.kind != ItemWrite::Kind::check) remember(write, change, writer.now_ms);
}

// docs: "Condition expressions" of "Working with items": a conditional write that fails costs what the item
// there costs, or one unit.
void Simulation::failing(const ItemWrite& write, const ItemChange& change, const Writer& writer) {
    if (options_.throttling == Throttling::off || writer.kind != Writer::Kind::user) return;
    std::pair<std::int64_t, std::string> item{write.table->number, write.key};
    if (writer.charged->contains(item)) return;
    const double factor = writer.charge == Writer::Charge::twice ? 2 : 1;
    throttle_.take_write(*write.table, {{nullptr, write.key, write_units(change) * factor}});
    writer.charged->insert(std::move(item));
}

void Simulation::charge(const ItemWrite& write, const ItemChange& change, const Writer& writer) {
    std::pair<std::int64_t, std::string> item{write.table->number, write.key};
    if (writer.charged->contains(item)) return;
    const double factor = writer.charge == Writer::Charge::twice ? 2 : 1;
    std::vector<Throttle::Cost> costs;
    double of_table = write_units(change);
    for (IndexCost& cost : index_costs(*write.table, change, write.key)) {
        // docs: local indexes take from their table.
        if (cost.index->is_global) {
            costs.push_back({cost.index, std::move(cost.key), cost.units * factor});
        } else {
            of_table += cost.units;
        }
    }
    costs.insert(costs.begin(), {nullptr, write.key, of_table * factor});
    throttle_.take_write(*write.table, costs);
    writer.charged->insert(std::move(item));
}

void Simulation::remember(const ItemWrite& write, const ItemChange& change, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (past_.size() >= kMostRemembered) {
        std::erase_if(past_,
                      [&](const auto& each) { return each.second.at_ms < now_ms - options_.stale_read_ms; });
    }
    if (past_.size() >= kMostRemembered) past_.clear();
    Remembered& remembered = past_[{write.table->number, write.key}];
    remembered = {std::nullopt, std::nullopt, now_ms};
    if (change.existed) remembered.past = PastRow{change.old_json, change.old_size};
    if (change.exists) remembered.now = change.new_json;
}

bool Simulation::is_missed(const Remembered& remembered, std::int64_t now_ms) {
    return remembered.at_ms >= now_ms - options_.stale_read_ms &&
           entropy_->fraction() < options_.stale_read_probability;
}

void Simulation::blur(const Table& table, const std::string& key, std::int64_t now_ms, FoundItem& found) {
    const std::lock_guard lock(mutex_);
    const auto at = past_.find({table.number, key});
    if (at == past_.end() || !is_missed(at->second, now_ms)) return;
    const std::optional<PastRow>& past = at->second.past;
    found.exists = past.has_value();
    found.json = past ? past->json : std::string();
    found.size = past ? past->size : 0;
}

PastRows Simulation::missed_rows(const Table& table, const Index* index, std::int64_t now_ms) {
    PastRows out;
    const auto place = [&](const std::string& json, const std::string& key) -> std::optional<std::string> {
        if (index == nullptr) return key;
        return index_bytes(*index, decode_stored(json), key);
    };
    const std::lock_guard lock(mutex_);
    for (auto at = past_.lower_bound({table.number, std::string()}); at != past_.end(); ++at) {
        const auto& [owner, remembered] = *at;
        if (owner.first != table.number) break;
        if (!is_missed(remembered, now_ms)) continue;
        if (remembered.now) {
            if (auto now = place(*remembered.now, owner.second)) out[std::move(*now)] = std::nullopt;
        }
        if (remembered.past) {
            if (auto then = place(remembered.past->json, owner.second)) out[*then] = remembered.past;
        }
    }
    return out;
}

}  // namespace fogbank::dynamodb
