#include "src/store/work_pool.h"

#include "src/base/completion.h"
#include "src/base/error.h"

#include <pthread.h>

#include <stdexcept>

namespace fogbank::store {

WorkPool::WorkPool(std::string name, std::size_t threads, std::size_t queue_limit)
    : name_(std::move(name)), limit_(threads), queue_limit_(queue_limit) {}

WorkPool::~WorkPool() {
    stop();
}

void WorkPool::run(std::function<void()> work) {
    std::scoped_lock lock(mutex_);
    if (stopping_) throw std::runtime_error(name_ + " is stopped");
    if (queue_.size() >= queue_limit_) {
        throw Error("ServiceUnavailable", 503,
                    "Too many requests are waiting. Please reduce your request rate.");
    }
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size() && threads_.size() < limit_) {
        threads_.emplace_back([this] { loop(); });
    } else {
        wake_.notify_one();
    }
}

Task<void> WorkPool::run_and_wait(const std::function<void()>& work) {
    Completion<void> completion;
    run([&] {
        try {
            work();
            completion.set({});
        } catch (...) {
            completion.fail(std::current_exception());
        }
    });
    co_await completion.wait();
}

void WorkPool::stop() {
    std::vector<std::thread> threads;
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
        threads.swap(threads_);
        wake_.notify_all();
    }
    for (std::thread& thread : threads) thread.join();
}

void WorkPool::loop() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        --idle_;
        if (queue_.empty()) return;
        std::function<void()> work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        work = nullptr;  // what it captured goes outside the lock
        lock.lock();
    }
}

}  // namespace fogbank::store
