// A unit of asynchronous work. Nothing that waits holds a thread: it costs a coroutine frame.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <utility>

namespace fogbank {

template <class T>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

// Queues `task` on `executor`, returns before it starts. An exception that leaves the task is logged;
// it never ends the process.
void spawn(const Executor& executor, Task<void> task);

// Starts what `make_task()` returns; the callable outlives its task, so a coroutine lambda may capture.
void spawn(const Executor& executor, std::function<Task<void>()> make_task);

// Runs `function` on `executor`, later.
void post(const Executor& executor, std::function<void()> function);

// The executor that runs the calling coroutine.
Task<Executor> current_executor();

// Gives other tasks of the same executor a turn.
Task<void> yield_now();

}  // namespace fogbank
