// Waiting for a change or a time, whichever comes first.
#pragma once

#include "src/base/clock.h"
#include "src/base/signal.h"

#include <optional>

namespace fogbank::lambda {

// Resumes when `signal` has gone past `seen`, when `due` has come by civil time, or when cancelled.
Task<void> wait_for_change(Signal& signal, std::uint64_t seen, std::optional<Timestamp> due, Clock& clock,
                           CancelToken cancelled);

}  // namespace fogbank::lambda
