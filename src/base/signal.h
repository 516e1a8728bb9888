// "Something changed": any thread notifies, coroutines wait for the next change after what they have seen.
#pragma once

#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/base/task.h"

#include <cstdint>
#include <memory>

namespace fogbank {

// Usage: read `generation()`, look at the state, then wait(generation): a notify in between is not lost.
class Signal {
public:
    Signal();
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;
    std::uint64_t generation() const;
    void notify();
    // Resumes on the caller's executor once generation() != seen, or when cancelled.
    Task<Wake> wait(std::uint64_t seen, CancelToken cancel);

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with waiters that outlive a notify on another thread
};

}  // namespace fogbank
