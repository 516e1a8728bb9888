#include "src/events/work_loop.h"

#include "src/base/log.h"
#include "src/events/wait_either.h"

#include <string>

namespace fogbank::events {
namespace {

constexpr Duration kTroublePause = std::chrono::seconds(1);

}  // namespace

void WorkLoop::start() {
    ended_ = std::make_unique<OneShot>();
    const std::function<Task<void>()> loop = [this] { return run(); };
    spawn(executor_, loop);
}

Task<void> WorkLoop::stop() {
    if (ended_ == nullptr) co_return;
    stopping_.cancel();
    co_await ended_->wait();
    ended_.reset();
}

Task<void> WorkLoop::run() {
    Signal& changed = database_.channel(parts_.channel);
    const CancelToken stopped = stopping_.token();
    while (!stopped.cancelled()) {
        const std::uint64_t seen = changed.generation();
        const Outcome outcome = co_await round();
        if (outcome == Outcome::failed) co_await clock_.sleep_for(kTroublePause, stopped);
        if (outcome == Outcome::idle) co_await sleep(changed, seen);
    }
    ended_->fire();
}

Task<WorkLoop::Outcome> WorkLoop::round() {
    Outcome whole = Outcome::idle;
    for (const Step& step : parts_.steps) {
        if (stopping_.token().cancelled()) break;
        const Outcome outcome = co_await attempt(step);
        // What was found goes on at once; what failed meanwhile is tried along with it.
        if (outcome == Outcome::found || whole == Outcome::idle) whole = outcome;
    }
    co_return whole;
}

Task<WorkLoop::Outcome> WorkLoop::attempt(const Step& step) {
    std::string trouble;
    try {
        const bool found = co_await step(stopping_.token());
        co_return found ? Outcome::found : Outcome::idle;
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    log::error("work in the background stands still, and is tried again",
               {{"work", std::string(parts_.name)}, {"what", trouble}});
    co_return Outcome::failed;
}

Task<void> WorkLoop::sleep(Signal& changed, std::uint64_t seen) {
    const CancelToken stopped = stopping_.token();
    std::optional<Timestamp> due;
    if (parts_.next_due) due = parts_.next_due();
    if (!due) {
        co_await changed.wait(seen, stopped);
        co_return;
    }
    const std::function<Task<Wake>(CancelToken)> until_due = [this, due](CancelToken token) {
        return clock_.sleep_until(*due, token);
    };
    co_await wait_either(changed, seen, until_due, stopped);
}

}  // namespace fogbank::events
