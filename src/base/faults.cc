#include "src/base/faults.h"

#include <unistd.h>
#include <csignal>
#include <stdexcept>
#include <string>

namespace fogbank {
namespace {

std::atomic<FaultAction> action{FaultAction::fail};
std::atomic<int> remaining{0};

}  // namespace

std::atomic<FaultPoint> Faults::armed_{FaultPoint::none};

void Faults::arm(FaultPoint point, FaultAction what, int countdown) {
    action = what;
    remaining = countdown;
    armed_ = point;
}

void Faults::disarm() {
    armed_ = FaultPoint::none;
}

void Faults::hit_armed(FaultPoint point) {
    if (armed_.load() != point || remaining.fetch_sub(1) != 1) return;
    if (action.load() == FaultAction::kill) {
        ::kill(::getpid(), SIGKILL);
        ::pause();  // the signal takes this thread with it; nothing after the fault point may run
    }
    disarm();
    throw std::runtime_error("fault injected at " + std::string(name(point)));
}

std::string_view Faults::name(FaultPoint point) {
    switch (point) {
        case FaultPoint::none:
            return "none";
        case FaultPoint::before_commit:
            return "before_commit";
        case FaultPoint::after_commit:
            return "after_commit";
        case FaultPoint::blob_written:
            return "blob_written";
        case FaultPoint::blob_unlink:
            return "blob_unlink";
        case FaultPoint::delivery_accepted:
            return "delivery_accepted";
        case FaultPoint::invocation_leased:
            return "invocation_leased";
        case FaultPoint::invocation_answered:
            return "invocation_answered";
        case FaultPoint::checkpoint_stored:
            return "checkpoint_stored";
        case FaultPoint::migration_step:
            return "migration_step";
    }
    return "none";
}

std::optional<FaultPoint> Faults::parse(std::string_view text) {
    for (int i = 1; i <= static_cast<int>(FaultPoint::last); ++i) {
        auto point = static_cast<FaultPoint>(i);
        if (name(point) == text) return point;
    }
    return std::nullopt;
}

}  // namespace fogbank
