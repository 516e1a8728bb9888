#include "src/base/cancel.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fogbank {

struct detail::CancelState {
    std::mutex mutex;
    std::condition_variable idle;
    std::atomic<bool> fired{false};
    bool running = false;
    std::thread::id runner;
    std::uint64_t last_id = 0;
    std::vector<std::pair<std::uint64_t, std::function<void()>>> callbacks;
};

bool CancelToken::cancelled() const {
    return state_ && state_->fired.load(std::memory_order_acquire);
}

std::uint64_t CancelToken::on_cancel(std::function<void()> callback) const {
    if (!state_) return 0;
    {
        std::scoped_lock lock(state_->mutex);
        if (!state_->fired.load(std::memory_order_relaxed)) {
            state_->callbacks.emplace_back(++state_->last_id, std::move(callback));
            return state_->last_id;
        }
    }
    callback();
    return 0;
}

void CancelToken::forget(std::uint64_t id) const {
    if (!state_ || id == 0) return;
    std::unique_lock lock(state_->mutex);
    std::erase_if(state_->callbacks, [id](const auto& entry) { return entry.first == id; });
    // A callback that forgets itself must not wait for its own end.
    if (state_->running && state_->runner != std::this_thread::get_id()) {
        state_->idle.wait(lock, [this] { return !state_->running; });
    }
}

CancelSource::CancelSource() : state_(std::make_shared<detail::CancelState>()) {}

bool CancelSource::cancelled() const {
    return state_->fired.load(std::memory_order_acquire);
}

void CancelSource::cancel() {
    std::shared_ptr<detail::CancelState> state = state_;  // a callback may destroy *this
    std::unique_lock lock(state->mutex);
    if (state->fired.exchange(true)) return;
    state->running = true;
    state->runner = std::this_thread::get_id();
    while (!state->callbacks.empty()) {
        std::function<void()> callback = std::move(state->callbacks.front().second);
        state->callbacks.erase(state->callbacks.begin());
        lock.unlock();
        callback();
        lock.lock();
    }
    state->running = false;
    lock.unlock();
    state->idle.notify_all();
}

}  // namespace fogbank
