// One result that crosses threads: whoever produces it calls set() once, the coroutine that waits resumes on
// its own executor. The producer may come first.
#pragma once

#include "src/base/error.h"
#include "src/base/task.h"

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <variant>

namespace fogbank {

// The part without a type: a one-shot event.
class OneShot {
public:
    OneShot() = default;
    OneShot(const OneShot&) = delete;
    OneShot& operator=(const OneShot&) = delete;
    void fire();        // once, any thread; *this may be gone when it returns
    Task<void> wait();  // once
    bool fired() const;

private:
    struct Waiter;
    std::atomic<Waiter*> waiter_{nullptr};  // null, a waiter, or the mark `fired`
};

template <class T>
class Completion {
public:
    using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    void set(Stored value) {
        result_.template emplace<1>(std::move(value));
        event_.fire();
    }
    void fail(std::exception_ptr error) {
        result_.template emplace<2>(std::move(error));
        event_.fire();
    }
    Task<T> wait() {
        co_await event_.wait();
        if (result_.index() == 2) std::rethrow_exception(std::get<2>(result_));
        if constexpr (!std::is_void_v<T>) co_return std::move(std::get<1>(result_));
    }

private:
    std::variant<std::monostate, Stored, std::exception_ptr> result_;
    OneShot event_;
};

}  // namespace fogbank
