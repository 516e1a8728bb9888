#include "src/base/task.h"

#include "src/base/log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace fogbank {
namespace {

void log_escaped(std::exception_ptr error) {
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        log::error("a background task ended with an exception", {{"what", e.what()}});
    } catch (...) {
        log::error("a background task ended with an exception of no known type");
    }
}

}  // namespace

void spawn(const Executor& executor, Task<void> task) {
    // Posted: co_spawn would run the task's first part right here, under whatever the caller holds.
    boost::asio::post(executor, [executor, held = std::move(task)]() mutable {
        boost::asio::co_spawn(executor, std::move(held), log_escaped);
    });
}

void spawn(const Executor& executor, std::function<Task<void>()> make_task) {
    // co_spawn keeps the callable alive until the coroutine that it made has ended.
    boost::asio::post(executor, [executor, held = std::move(make_task)]() mutable {
        boost::asio::co_spawn(executor, std::move(held), log_escaped);
    });
}

void post(const Executor& executor, std::function<void()> function) {
    boost::asio::post(executor, std::move(function));
}

Task<Executor> current_executor() {
    co_return co_await boost::asio::this_coro::executor;
}

Task<void> yield_now() {
    Executor executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

}  // namespace fogbank
