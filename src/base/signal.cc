#include "src/base/signal.h"

#include "src/base/completion.h"

#include <list>
#include <mutex>

namespace fogbank {

struct Signal::State {
    struct Waiter {
        OneShot wake;
        bool queued = true;
        bool cancelled = false;
    };
    std::mutex mutex;
    std::uint64_t generation = 1;
    std::list<Waiter*> waiters;
};

Signal::Signal() : state_(std::make_shared<State>()) {}
Signal::~Signal() = default;

std::uint64_t Signal::generation() const {
    std::scoped_lock lock(state_->mutex);
    return state_->generation;
}

void Signal::notify() {
    std::scoped_lock lock(state_->mutex);
    ++state_->generation;
    // fire() only posts, so nobody runs under the lock; the waiter's frame lives until it is resumed.
    for (State::Waiter* waiter : state_->waiters) {
        waiter->queued = false;
        waiter->wake.fire();
    }
    state_->waiters.clear();
}

Task<Wake> Signal::wait(std::uint64_t seen, CancelToken cancel) {
    std::shared_ptr<State> state = state_;
    State::Waiter waiter;
    {
        std::scoped_lock lock(state->mutex);
        if (state->generation != seen) co_return Wake::due;
        state->waiters.push_back(&waiter);
    }
    std::uint64_t id = cancel.on_cancel([&] {
        std::scoped_lock lock(state->mutex);
        if (!waiter.queued) return;
        waiter.queued = false;
        waiter.cancelled = true;
        state->waiters.remove(&waiter);
        waiter.wake.fire();
    });
    co_await waiter.wake.wait();
    cancel.forget(id);
    co_return waiter.cancelled ? Wake::cancelled : Wake::due;
}

}  // namespace fogbank
