#include "src/base/completion.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fogbank {

struct OneShot::Waiter {
    virtual ~Waiter() = default;
    virtual Executor executor() const = 0;
    virtual void resume() = 0;  // once, on its executor
};

struct ResumeBatch::Group {
    Executor executor;
    std::vector<std::unique_ptr<OneShot::Waiter>> waiters;
};

namespace {

// The address that stands for "fired before anyone waited"; never dereferenced.
char fired_mark;

}  // namespace

std::unique_ptr<OneShot::Waiter> OneShot::take_waiter() {
    auto* mark = reinterpret_cast<Waiter*>(&fired_mark);
    Waiter* waiter = waiter_.exchange(mark, std::memory_order_acq_rel);
    return std::unique_ptr<Waiter>(waiter == mark ? nullptr : waiter);
}

void OneShot::fire() {
    auto waiter = take_waiter();
    if (waiter == nullptr) return;
    Executor executor = waiter->executor();
    boost::asio::post(executor, [waiter = std::move(waiter)] { waiter->resume(); });
}

void OneShot::fire(ResumeBatch& batch) {
    if (auto waiter = take_waiter()) batch.add(std::move(waiter));
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
            Executor executor() const override { return boost::asio::get_associated_executor(handler); }
            void resume() override {
                Handler moved = std::move(handler);
                moved();
            }
            Handler handler;
        };
        auto parked = std::make_unique<Parked>(std::forward<decltype(handler)>(handler));
        Waiter* expected = nullptr;
        if (waiter_.compare_exchange_strong(expected, parked.get(), std::memory_order_acq_rel)) {
            parked.release();
        } else {
            Executor executor = parked->executor();
            boost::asio::post(executor, [parked = std::move(parked)] { parked->resume(); });
        }
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        initiate, boost::asio::use_awaitable);
}

ResumeBatch::ResumeBatch() = default;

ResumeBatch::~ResumeBatch() {
    for (Group& group : groups_) {
        boost::asio::post(group.executor, [waiters = std::move(group.waiters)] {
            for (const auto& waiter : waiters) waiter->resume();
        });
    }
}

void ResumeBatch::add(std::unique_ptr<OneShot::Waiter> waiter) {
    Executor executor = waiter->executor();
    for (Group& group : groups_) {
        if (group.executor == executor) {
            group.waiters.push_back(std::move(waiter));
            return;
        }
    }
    Group& added = groups_.emplace_back();
    added.executor = std::move(executor);
    added.waiters.push_back(std::move(waiter));
}

}  // namespace fogbank
