// An event loop on a thread of its own, and a way to run a task on it and wait from the test's thread.
#pragma once

#include "src/base/event_loop.h"
#include "src/base/task.h"

#include <exception>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace fogbank::test {

class LoopThread {
public:
    LoopThread() { loop_.start_thread("test-loop"); }
    Executor executor() const { return loop_.executor(); }

    // Starts `make_task()` on the loop; the future has its result.
    template <class F>
    auto start(F make_task) {
        using T = typename std::invoke_result_t<F>::value_type;
        auto promise = std::make_shared<std::promise<T>>();  // shared: std::function has to be copyable
        std::future<T> future = promise->get_future();
        spawn(loop_.executor(), [make_task = std::move(make_task), promise]() -> Task<void> {
            std::exception_ptr failure;
            try {
                if constexpr (std::is_void_v<T>) {
                    co_await make_task();
                    promise->set_value();
                } else {
                    T value = co_await make_task();
                    promise->set_value(std::move(value));
                }
            } catch (...) {
                failure = std::current_exception();
            }
            if (failure) promise->set_exception(failure);
        });
        return future;
    }

    template <class F>
    auto run(F make_task) {
        return start(std::move(make_task)).get();
    }

    // Resumes when the loop has worked off what was posted before.
    void drain() {
        std::promise<void> done;
        post(loop_.executor(), [&done] { done.set_value(); });
        done.get_future().get();
    }

private:
    EventLoop loop_;
};

}  // namespace fogbank::test
