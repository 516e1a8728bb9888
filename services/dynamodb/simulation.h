// What a user may ask for to see how a program bears it: refused calls, reads of the past, throttling. All of
// it is off unless asked for, and the same with the same seed.
#pragma once

#include "services/dynamodb/store/item_writes.h"
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

enum class Throttling : std::uint8_t { off, provisioned };

struct SimulationOptions {
    double error_probability = 0;  // DYNAMODB_ERROR_PROBABILITY: of each call that reads or writes items
    double read_error_probability = 0;
    double write_error_probability = 0;
    double stale_read_probability = 0;        // DYNAMODB_STALE_READ_PROBABILITY
    std::int64_t stale_read_ms = 1000;        // how old a write may be that is not seen
    Throttling throttling = Throttling::off;  // DYNAMODB_THROTTLING
    std::uint64_t seed = 1;                   // DYNAMODB_SIMULATION_SEED
};

enum class Access : std::uint8_t { read, write };

// Thread-safe.
class Simulation final : public ChangeObserver {
public:
    Simulation(const SimulationOptions& options, Clock& clock);

    // Throws ProvisionedThroughputExceededException as often as was asked for.
    void check(Access access) {
        if (fails_) fail_at_times(access);
    }

    // Throws it where the table's provisioned capacity is used up.
    void admit(const Table& table, Access access) {
        if (options_.throttling != Throttling::off) check_capacity(table, access);
    }
    void spend(const Table& table, Access access, double units) {
        if (options_.throttling != Throttling::off) take_capacity(table, access, units);
    }

    // For writers: null where no read is ever stale.
    ChangeObserver* observer() { return options_.stale_read_probability > 0 ? this : nullptr; }
    void changed(const Table& table, const std::string& key, const ItemChange& change,
                 std::int64_t now_ms) override;
    struct Past {
        bool existed = false;
        std::string json;
        std::size_t size = 0;
    };
    // What an eventually consistent read sees instead of what stands there; nothing where it sees that.
    std::optional<Past> past_of(const Table& table, const std::string& key, std::int64_t now_ms);

private:
    void fail_at_times(Access access);
    void check_capacity(const Table& table, Access access);
    void take_capacity(const Table& table, Access access, double units);
    struct Bucket {
        double units = 0;
        std::int64_t at_ms = 0;
    };
    Bucket& refilled(const Table& table, Access access);

    SimulationOptions options_;
    Clock& clock_;
    bool fails_;
    std::unique_ptr<Entropy> entropy_;
    std::mutex mutex_;  // guards what follows
    std::map<std::pair<std::int64_t, Access>, Bucket> buckets_;
    struct Remembered {
        Past past;
        std::int64_t at_ms = 0;
    };
    std::map<std::pair<std::int64_t, std::string>, Remembered> past_;
};

}  // namespace fogbank::dynamodb
