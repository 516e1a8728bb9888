#include "src/base/clock.h"

#include "src/base/completion.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <mutex>

namespace fogbank {
namespace {

Timestamp system_now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

// Civil sleepers in order of their due time, under one timer that follows the first of them. A frozen clock
// arms no timer: only set() wakes.
class TimerClock final : public MovableClock, public std::enable_shared_from_this<TimerClock> {
public:
    TimerClock(Executor timers, std::optional<Timestamp> frozen_at)
        : timers_(std::move(timers)), timer_(timers_), frozen_at_(frozen_at) {}

    Timestamp now() const override {
        std::scoped_lock lock(mutex_);
        return now_locked();
    }

    Instant steady() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
    }

    Timestamp system_time() const override { return system_now(); }

    Task<Wake> sleep_until(Timestamp due, CancelToken cancel) override {
        Sleeper sleeper;
        {
            std::scoped_lock lock(mutex_);
            if (due <= now_locked()) co_return cancel.cancelled() ? Wake::cancelled : Wake::due;
            sleeper.position = sleepers_.emplace(due, &sleeper);
            arm_locked();
        }
        std::uint64_t id = cancel.on_cancel([&] {
            std::scoped_lock lock(mutex_);
            if (!sleeper.queued) return;
            sleeper.cancelled = true;
            release_locked(sleeper);
        });
        co_await sleeper.wake.wait();
        cancel.forget(id);
        co_return sleeper.cancelled ? Wake::cancelled : Wake::due;
    }

    Task<Wake> sleep_for(Duration duration, CancelToken cancel) override {
        if (cancel.cancelled()) co_return Wake::cancelled;
        // The timer lives on the caller's executor; cancellation hops there, since timers are not
        // thread-safe.
        Executor executor = co_await current_executor();
        auto timer =
            std::make_shared<boost::asio::steady_timer>(executor, duration);  // shared with the callback
        std::uint64_t id =
            cancel.on_cancel([executor, timer] { post(executor, [timer] { timer->cancel(); }); });
        boost::system::error_code error;
        co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
        cancel.forget(id);
        co_return error ? Wake::cancelled : Wake::due;
    }

    std::optional<Timestamp> next_due() const override {
        std::scoped_lock lock(mutex_);
        if (sleepers_.empty()) return std::nullopt;
        return sleepers_.begin()->first;
    }

    bool set(Timestamp time) override {
        std::scoped_lock lock(mutex_);
        if (time < now_locked()) return false;
        if (frozen_at_) {
            frozen_at_ = time;
        } else {
            offset_ = time - system_now();
            armed_.reset();  // the first sleeper's distance in real time is another one now
        }
        wake_due_locked();
        return true;
    }

    void freeze() override {
        std::scoped_lock lock(mutex_);
        frozen_at_ = now_locked();
        arm_locked();
    }

    void resume() override {
        std::scoped_lock lock(mutex_);
        if (!frozen_at_) return;
        offset_ = *frozen_at_ - system_now();
        frozen_at_.reset();
        arm_locked();
    }

    bool frozen() const override {
        std::scoped_lock lock(mutex_);
        return frozen_at_.has_value();
    }

private:
    struct Sleeper {
        OneShot wake;
        bool queued = true;
        bool cancelled = false;
        std::multimap<Timestamp, Sleeper*>::iterator position;
    };

    Timestamp now_locked() const { return frozen_at_ ? *frozen_at_ : system_now() + offset_; }

    void release_locked(Sleeper& sleeper) {
        sleeper.queued = false;
        sleepers_.erase(sleeper.position);
        sleeper.wake.fire();
    }

    void wake_due_locked() {
        Timestamp now = now_locked();
        while (!sleepers_.empty() && sleepers_.begin()->first <= now)
            release_locked(*sleepers_.begin()->second);
        arm_locked();
    }

    // The timer is touched on its executor only.
    void arm_locked() {
        std::optional<Timestamp> due;
        if (!frozen_at_ && !sleepers_.empty()) due = sleepers_.begin()->first;
        if (due == armed_) return;
        armed_ = due;
        boost::asio::post(timers_, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->start_timer();
        });
    }

    void start_timer() {
        std::scoped_lock lock(mutex_);
        if (!armed_) {
            timer_.cancel();
            return;
        }
        timer_.expires_after(std::max<Duration>(*armed_ - now_locked(), Duration::zero()));
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            auto self = weak.lock();
            if (error || !self) return;
            std::scoped_lock relock(self->mutex_);
            self->armed_.reset();
            self->wake_due_locked();
        });
    }

    mutable std::mutex mutex_;
    Executor timers_;
    boost::asio::steady_timer timer_;
    std::optional<Timestamp> frozen_at_;
    Duration offset_{};
    std::multimap<Timestamp, Sleeper*> sleepers_;
    std::optional<Timestamp> armed_;
};

// Timers outlive a destroyed clock by a weak pointer, so the clock itself is shared behind this owner.
class OwnedClock final : public MovableClock {
public:
    OwnedClock(Executor timers, std::optional<Timestamp> frozen_at)
        : clock_(std::make_shared<TimerClock>(std::move(timers), frozen_at)) {}
    Timestamp now() const override { return clock_->now(); }
    Instant steady() const override { return clock_->steady(); }
    Timestamp system_time() const override { return clock_->system_time(); }
    Task<Wake> sleep_until(Timestamp due, CancelToken cancel) override {
        return clock_->sleep_until(due, cancel);
    }
    Task<Wake> sleep_for(Duration duration, CancelToken cancel) override {
        return clock_->sleep_for(duration, cancel);
    }
    std::optional<Timestamp> next_due() const override { return clock_->next_due(); }
    bool set(Timestamp time) override { return clock_->set(time); }
    void freeze() override { clock_->freeze(); }
    void resume() override { clock_->resume(); }
    bool frozen() const override { return clock_->frozen(); }

private:
    std::shared_ptr<TimerClock> clock_;  // shared with its timer's callbacks
};

}  // namespace

std::unique_ptr<MovableClock> make_system_clock(Executor timers) {
    return std::make_unique<OwnedClock>(std::move(timers), std::nullopt);
}

std::unique_ptr<MovableClock> make_manual_clock(Executor timers, Timestamp start) {
    return std::make_unique<OwnedClock>(std::move(timers), start);
}

}  // namespace fogbank
