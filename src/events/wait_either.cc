#include "src/events/wait_either.h"

#include "src/base/completion.h"

namespace fogbank::events {

Task<void> wait_either(Signal& signal, std::uint64_t seen, std::function<Task<Wake>(CancelToken)> sleep,
                       CancelToken stop) {
    CancelSource either;
    CancelSource sleeper_stop;
    OneShot slept;
    std::uint64_t on_stop = stop.on_cancel([&either] { either.cancel(); });
    const std::function<Task<void>()> sleeper = [&]() -> Task<void> {
        co_await sleep(sleeper_stop.token());
        either.cancel();
        slept.fire();
    };
    Executor executor = co_await current_executor();
    spawn(executor, sleeper);
    co_await signal.wait(seen, either.token());
    sleeper_stop.cancel();
    co_await slept.wait();
    stop.forget(on_stop);
}

}  // namespace fogbank::events
