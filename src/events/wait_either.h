// Waiting for a signal or for a time, whichever comes first.
#pragma once

#include "src/base/signal.h"

#include <functional>

namespace fogbank::events {

// Resumes when `signal` moves past `seen`, when the task that `sleep` starts has slept to its end, or when
// `stop` fires. `sleep` gets a token that ends it early, and has ended when this returns.
Task<void> wait_either(Signal& signal, std::uint64_t seen, std::function<Task<Wake>(CancelToken)> sleep,
                       CancelToken stop);

}  // namespace fogbank::events
