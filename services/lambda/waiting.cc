#include "services/lambda/waiting.h"

namespace fogbank::lambda {

namespace {

Task<void> fire_at(Clock& clock, Timestamp due, CancelSource either) {
    const Wake wake = co_await clock.sleep_until(due, either.token());
    if (wake == Wake::due) either.cancel();
}

}  // namespace

Task<void> wait_for_change(Signal& signal, std::uint64_t seen, std::optional<Timestamp> due, Clock& clock,
                           CancelToken cancelled) {
    if (!due) {
        co_await signal.wait(seen, cancelled);
        co_return;
    }
    CancelSource either;
    const std::uint64_t id = cancelled.on_cancel([either]() mutable { either.cancel(); });
    const Executor here = co_await current_executor();
    spawn(here, fire_at(clock, *due, either));
    co_await signal.wait(seen, either.token());
    either.cancel();
    cancelled.forget(id);
}

}  // namespace fogbank::lambda
