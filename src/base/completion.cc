#include "src/base/completion.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fogbank {

struct OneShot::Waiter {
    virtual ~Waiter() = default;
    virtual void resume() = 0;  // posts to the waiter's executor and deletes itself
};

namespace {

// The address that stands for "fired before anyone waited"; never dereferenced.
char fired_mark;

}  // namespace

void OneShot::fire() {
    auto* mark = reinterpret_cast<Waiter*>(&fired_mark);
    Waiter* waiter = waiter_.exchange(mark, std::memory_order_acq_rel);
    if (waiter != nullptr && waiter != mark) waiter->resume();
}

bool OneShot::fired() const {
    return waiter_.load(std::memory_order_acquire) == reinterpret_cast<Waiter*>(&fired_mark);
}

Task<void> OneShot::wait() {
    if (fired()) co_return;
    auto initiate = [this](auto&& handler) {
        using Handler = std::decay_t<decltype(handler)>;
        struct Parked final : Waiter {
            explicit Parked(Handler&& h) : handler(std::move(h)) {}
            void resume() override {
                auto executor = boost::asio::get_associated_executor(handler);
                Handler moved = std::move(handler);
                delete this;
                boost::asio::post(executor, std::move(moved));
            }
            Handler handler;
        };
        auto* parked = new Parked(std::forward<decltype(handler)>(handler));
        Waiter* expected = nullptr;
        if (!waiter_.compare_exchange_strong(expected, parked, std::memory_order_acq_rel)) parked->resume();
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        initiate, boost::asio::use_awaitable);
}

}  // namespace fogbank
