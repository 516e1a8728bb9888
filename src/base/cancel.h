// Cancellation: a CancelSource is fired once; the tokens it handed out tell those who wait. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace fogbank {

namespace detail {
struct CancelState;
}

class CancelToken {
public:
    CancelToken() = default;  // never cancelled
    bool cancelled() const;
    explicit operator bool() const { return state_ != nullptr; }

    // Calls `callback` when the source fires (at once if it has). Returns an id for `forget`; 0 where nothing
    // was kept. The callback runs on the thread that fires and must not block.
    std::uint64_t on_cancel(std::function<void()> callback) const;
    // After this returns the callback neither runs nor is running on another thread.
    void forget(std::uint64_t id) const;

private:
    friend class CancelSource;
    explicit CancelToken(std::shared_ptr<detail::CancelState> state) : state_(std::move(state)) {}
    std::shared_ptr<detail::CancelState> state_;  // shared: source and tokens have independent lifetimes
};

class CancelSource {
public:
    CancelSource();
    CancelToken token() const { return CancelToken(state_); }
    void cancel();
    bool cancelled() const;

private:
    std::shared_ptr<detail::CancelState> state_;  // shared with the tokens
};

}  // namespace fogbank
