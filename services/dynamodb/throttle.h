// Capacity that can be used up: of tables and global indexes, and of each of their partition keys.
#pragma once

#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/table.h"
#include "src/base/clock.h"
#include "src/base/error.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fogbank::dynamodb {

enum class Access : std::uint8_t { read, write };

// What units are taken from: a table, or a global index of it (a local one counts as its table), and the
// partition that `key` begins with.
struct CapacityPlace {
    const Table& table;
    const Index* index = nullptr;
    std::string_view key = {};  // key_bytes() or index_bytes(); empty: of no single partition
};

// ProvisionedThroughputExceededException or ThrottlingException.
bool is_throttled(const Error& error);

// Thread-safe. Refuses what comes while nothing is left; what is let through may take more than is left.
class Throttle {
public:
    explicit Throttle(Clock& clock) : clock_(clock) {}

    void check(const CapacityPlace& place, Access access);
    void take(const CapacityPlace& place, Access access, double units);

    struct Cost {
        const Index* index;  // null: of the table
        std::string key;
        double units;
    };
    // Of a read of many partitions: takes its units, of each partition by its share of the bytes. Refuses
    // where one of the partitions has nothing left, and takes nothing then.
    void take_read(const CapacityPlace& place, const PartitionBytes& bytes, double units);

    // Of a write: takes all of it or, where some of it is refused, nothing.
    void take_write(const Table& table, const std::vector<Cost>& costs);

private:
    enum class Kind : std::uint8_t { provisioned, on_demand_maximum, key_range };
    struct Limit {
        Kind kind;
        double rate;           // units a second; 0: no limit
        double burst_seconds;  // of unused units that are kept
    };
    struct Bucket {
        double units = 0;
        std::int64_t at_ms = 0;
    };
    using Owner = std::tuple<std::int64_t, std::int64_t, Access, std::string>;  // table, index, partition

    static Limit whole_limit(const CapacityPlace& place, Access access);
    static Limit partition_limit(Access access);
    [[noreturn]] static void refuse(const CapacityPlace& place, Access access, Kind kind);

    Bucket& refilled(const CapacityPlace& place, Access access, std::string_view partition,
                     const Limit& limit);
    void check_locked(const CapacityPlace& place, Access access);
    void take_locked(const CapacityPlace& place, Access access, double units);
    void forget_full_partitions();

    Clock& clock_;
    std::mutex mutex_;  // guards what follows
    std::map<Owner, Bucket> buckets_;
};

}  // namespace fogbank::dynamodb
