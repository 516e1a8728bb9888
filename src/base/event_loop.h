// A thread's loop: one io_context, run by one thread. The daemon has one or two; tests have one.
#pragma once

#include "src/base/task.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

namespace fogbank {

class EventLoop {
public:
    EventLoop();
    ~EventLoop();  // stops and joins
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    Executor executor() const;
    void run();  // on this thread, until stop()
    // Runs on a thread of its own; `name` is what `top -H` shows (15 characters).
    void start_thread(const std::string& name);
    void stop();
    void join();
    // Calls `handler` on the loop for each of `signals`, instead of their default action.
    void on_signal(std::initializer_list<int> signals, std::function<void(int)> handler);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fogbank
