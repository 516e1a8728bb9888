// Places where a test may make the process die or a step fail. An enum, so that the crash test can iterate it
// and fail if one was never hit. Free when nothing is armed: one relaxed load.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fogbank {

enum class FaultPoint : std::uint8_t {
    none,
    before_commit,        // the writer ran a batch and has not committed it
    after_commit,         // committed, nobody was told
    blob_written,         // an object's file is complete, no row names it yet
    blob_unlink,          // a row is gone, its file is not
    delivery_accepted,    // a target took an event; its transaction is not committed
    invocation_leased,    // an asynchronous invocation is leased, the function has not started
    invocation_answered,  // the function answered, the result is not stored
    checkpoint_stored,    // an event source mapping's checkpoint is about to move
    migration_step,       // one schema migration ran, the next did not
    last = migration_step,
};

enum class FaultAction : std::uint8_t { kill, fail };

class Faults {
public:
    // Called by code at the place. Kills the process (SIGKILL to itself) or throws std::runtime_error where
    // armed.
    static void hit(FaultPoint point) {
        if (armed_.load(std::memory_order_relaxed) != FaultPoint::none) hit_armed(point);
    }
    // Arms one point: it acts at its `countdown`-th hit (1 = the next).
    static void arm(FaultPoint point, FaultAction action, int countdown);
    static void disarm();
    static std::string_view name(FaultPoint point);
    static std::optional<FaultPoint> parse(std::string_view name);

private:
    static void hit_armed(FaultPoint point);
    static std::atomic<FaultPoint> armed_;
};

}  // namespace fogbank
