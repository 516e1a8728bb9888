// Where a coroutine waits for a callback on its own executor. In place: no allocation per wait.
#pragma once

#include "src/base/task.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace fogbank::http {

class ResumeSlot {
public:
    ResumeSlot() = default;
    ResumeSlot(const ResumeSlot&) = delete;
    ResumeSlot& operator=(const ResumeSlot&) = delete;
    ~ResumeSlot() { drop(); }

    // Suspends the caller until resume(). One at a time.
    Task<void> wait() {
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
            [this](auto handler) { park(std::move(handler)); }, boost::asio::use_awaitable);
    }
    // Runs the coroutine that waits, if one does, before it returns.
    void resume() {
        if (parked_) std::exchange(parked_, nullptr)->resume();
    }
    // Destroys the coroutine that waits.
    void drop() {
        if (parked_) std::exchange(parked_, nullptr)->drop();
    }

private:
    struct Parked {
        virtual void resume() = 0;
        virtual void drop() = 0;

    protected:
        ~Parked() = default;
    };
    template <class Handler>
    struct ParkedHandler final : Parked {
        explicit ParkedHandler(Handler&& h) : handler(std::move(h)) {}
        Handler take() {
            Handler taken = std::move(handler);
            std::destroy_at(this);
            return taken;
        }
        // The handler leaves its place first: what it resumes may wait again.
        void resume() override { take()(); }
        void drop() override { take(); }
        Handler handler;
    };
    template <class Handler>
    void park(Handler handler) {
        using Type = ParkedHandler<Handler>;
        static_assert(sizeof(Type) <= sizeof(place_) && alignof(Type) <= alignof(std::max_align_t));
        parked_ = ::new (static_cast<void*>(place_)) Type(std::move(handler));
    }

    Parked* parked_ = nullptr;
    alignas(std::max_align_t) std::byte place_[64];
};

}  // namespace fogbank::http
