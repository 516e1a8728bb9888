// What a user may ask for to see how a program bears it: refused calls, reads of the past, throttling. All of
// it is off unless asked for, and the same with the same seed.
#pragma once

#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/throttle.h"
#include "src/base/clock.h"
#include "src/base/entropy.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace fogbank::dynamodb {

enum class Throttling : std::uint8_t { off, on };

struct SimulationOptions {
    double error_probability = 0;  // DYNAMODB_ERROR_PROBABILITY: of each call that reads or writes items
    double read_error_probability = 0;
    double write_error_probability = 0;
    double stale_read_probability = 0;        // DYNAMODB_STALE_READ_PROBABILITY
    std::int64_t stale_read_ms = 1000;        // how old a write may be that is not seen
    Throttling throttling = Throttling::off;  // DYNAMODB_THROTTLING
    std::uint64_t seed = 1;                   // DYNAMODB_SIMULATION_SEED
};

// Thread-safe.
class Simulation final : public ChangeObserver {
public:
    Simulation(const SimulationOptions& options, Clock& clock);

    // Throws ProvisionedThroughputExceededException as often as was asked for.
    void check(Access access) {
        if (fails_) fail_at_times(access);
    }

    // Refuses where the capacity of `place` is used up (throttle.h).
    void admit(const CapacityPlace& place, Access access) {
        if (options_.throttling != Throttling::off) throttle_.check(place, access);
    }
    void spend(const CapacityPlace& place, Access access, double units) {
        if (options_.throttling != Throttling::off) throttle_.take(place, access, units);
    }

    // For reads of many partitions: whether they have to tell what they read of each.
    Partitions partitions() const {
        return options_.throttling != Throttling::off ? Partitions::counted : Partitions::not_counted;
    }
    // Of such a read: refuses it where one of its partitions has nothing left.
    void spend(const CapacityPlace& place, const PartitionBytes& bytes, double units) {
        if (options_.throttling != Throttling::off) throttle_.take_read(place, bytes, units);
    }

    // For writers: null where nobody has asked for what it does, which is to take what a write costs, or
    // refuse it, and to remember what it replaces.
    ChangeObserver* observer() {
        return remembers() || options_.throttling != Throttling::off ? this : nullptr;
    }
    void changing(const ItemWrite& write, const ItemChange& change, const Writer& writer) override;
    void failing(const ItemWrite& write, const ItemChange& change, const Writer& writer) override;

    // For eventually consistent reads: puts what stood there before into `found`, where this read misses the
    // last write.
    void show_past(const Table& table, const std::string& key, std::int64_t now_ms, FoundItem& found) {
        if (remembers()) blur(table, key, now_ms, found);
    }
    // Likewise the rows of the table or the index whose last write is missed.
    PastRows past_rows(const Table& table, const Index* index, std::int64_t now_ms) {
        return remembers() ? missed_rows(table, index, now_ms) : PastRows{};
    }

private:
    bool remembers() const { return options_.stale_read_probability > 0; }
    void fail_at_times(Access access);
    void charge(const ItemWrite& write, const ItemChange& change, const Writer& writer);
    void remember(const ItemWrite& write, const ItemChange& change, std::int64_t now_ms);
    void blur(const Table& table, const std::string& key, std::int64_t now_ms, FoundItem& found);
    PastRows missed_rows(const Table& table, const Index* index, std::int64_t now_ms);

    SimulationOptions options_;
    Throttle throttle_;
    bool fails_;
    std::unique_ptr<Entropy> entropy_;
    std::mutex mutex_;  // guards what follows
    struct Remembered {
        std::optional<PastRow> past;
        std::optional<std::string> now;  // JSON of the item that took its place
        std::int64_t at_ms = 0;
    };
    bool is_missed(const Remembered& remembered, std::int64_t now_ms);
    std::map<std::pair<std::int64_t, std::string>, Remembered> past_;
};

}  // namespace fogbank::dynamodb
