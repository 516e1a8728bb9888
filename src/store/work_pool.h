// A few threads for work that takes long or blocks: they start with the first piece of work.
#pragma once

#include "src/base/task.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fogbank::store {

class WorkPool {
public:
    WorkPool(std::string name, std::size_t threads, std::size_t queue_limit);
    ~WorkPool();  // runs what is queued, then joins
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // Throws Error(ServiceUnavailable) where `queue_limit` pieces wait already. `work` must not throw.
    void run(std::function<void()> work);
    // Runs `work` here and resumes the caller on its own executor; a throw of `work` arrives there.
    Task<void> run_and_wait(const std::function<void()>& work);
    void stop();

private:
    void loop();

    const std::string name_;
    const std::size_t limit_;
    const std::size_t queue_limit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace fogbank::store
