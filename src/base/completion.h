// One result that crosses threads: whoever produces it calls set() once, the coroutine that waits resumes on
// its own executor. The producer may come first.
#pragma once

#include "src/base/error.h"
#include "src/base/task.h"

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace fogbank {

class ResumeBatch;

// The part without a type: a one-shot event.
class OneShot {
public:
    OneShot() = default;
    OneShot(const OneShot&) = delete;
    OneShot& operator=(const OneShot&) = delete;
    void fire();                    // once, any thread; *this may be gone when it returns
    void fire(ResumeBatch& batch);  // as fire(), but whoever waits resumes with the batch
    Task<void> wait();              // once
    bool fired() const;

private:
    friend ResumeBatch;
    struct Waiter;
    std::unique_ptr<Waiter> take_waiter();
    std::atomic<Waiter*> waiter_{nullptr};  // null, a waiter, or the mark `fired`
};

// Coroutines that one thread resumes together: each executor is locked and woken once for all of its own.
// What is in the batch when it goes resumes then.
class ResumeBatch {
public:
    ResumeBatch();
    ~ResumeBatch();
    ResumeBatch(const ResumeBatch&) = delete;
    ResumeBatch& operator=(const ResumeBatch&) = delete;

private:
    friend OneShot;
    struct Group;
    void add(std::unique_ptr<OneShot::Waiter> waiter);
    std::vector<Group> groups_;
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
