#include "services/lambda/queue.h"

#include "services/lambda/model/errors.h"
#include "services/lambda/store/functions.h"
#include "services/lambda/waiting.h"
#include "src/base/faults.h"
#include "src/base/log.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

using std::chrono::seconds;

constexpr Duration kThrottleDelay = seconds(1);         // aws: "from 1 second after the first attempt
constexpr Duration kThrottleDelayLimit = seconds(300);  // to a maximum of 5 minutes"
constexpr Duration kStorePause = seconds(1);            // real time

std::string failure_text(const Outcome& outcome) {
    return outcome.error_type.empty() ? outcome.function_error : outcome.error_type;
}

}  // namespace

class Queue::Running {
public:
    explicit Running(Queue& queue) : queue_(queue) {}
    ~Running() {
        --queue_.running_;
        queue_.idle_.notify();
        queue_.due_.notify();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    Queue& queue_;
};

Queue::Queue(Executor home, store::Database& database, Clock& clock, Entropy& entropy,
             FunctionCache& functions, Scheduler& scheduler, QueueOptions options)
    : home_(std::move(home)),
      database_(database),
      clock_(clock),
      entropy_(entropy),
      functions_(functions),
      scheduler_(scheduler),
      options_(options),
      due_(database.channel(kInvocationsChannel)) {}

void Queue::start() {
    started_ = true;
    spawn(home_, [this] { return run(); });
}

void Queue::cancel() {
    stopped_.cancel();
}

Task<void> Queue::stop() {
    cancel();
    if (!started_) co_return;
    co_await ended_.wait();
    const CancelToken never;
    while (running_ > 0) {
        const std::uint64_t seen = idle_.generation();
        if (running_ == 0) break;
        co_await idle_.wait(seen, never);
    }
}

Task<void> Queue::run() {
    const std::int64_t boot = database_.boot();
    auto requeue = [boot](store::Txn& txn) { return requeue_invocations(txn, boot); };
    const std::int64_t count = co_await database_.write(requeue);
    if (count > 0)
        log::info("invocations of an earlier start are queued again", {{"count", std::to_string(count)}});
    while (!stopped_.cancelled()) {
        const std::uint64_t seen = due_.generation();
        const std::optional<std::int64_t> next =
            database_.read([](store::ReadTxn& txn) { return next_due_ms(txn); });
        if (running_ < options_.concurrency && next && *next <= now_ms()) {
            co_await take_due();
            continue;
        }
        std::optional<Timestamp> due;
        if (running_ < options_.concurrency && next) due = from_unix_millis(*next);
        co_await wait_for_change(due_, seen, due, clock_, stopped_.token());
    }
    ended_.fire();
}

Task<void> Queue::take_due() {
    const std::int64_t now = now_ms();
    const std::int64_t boot = database_.boot();
    const std::int64_t room = options_.concurrency - running_;
    auto lease = [now, boot, room](store::Txn& txn) { return lease_invocations(txn, now, boot, room); };
    std::vector<QueuedInvocation> leased = co_await database_.write(lease);
    for (QueuedInvocation& queued : leased) {
        ++running_;
        spawn(home_, [this, queued = std::move(queued)] { return invoke(queued); });
    }
}

Lease Queue::lease_of(const QueuedInvocation& queued) const {
    return {queued.id, queued.attempt, database_.boot()};
}

Task<void> Queue::invoke(QueuedInvocation queued) {
    enum class Result { answered, throttled, gone, stopping } result = Result::stopping;
    const Running running(*this);
    const FunctionPtr function = functions_.find(queued.function);
    Outcome outcome;
    try {
        Faults::hit(FaultPoint::invocation_leased);
        if (!function) {
            result = Result::gone;
        } else {
            const Invocation invocation{queued.id, queued.payload, queued.client_context,
                                        queued.function.qualified_arn(), queued.trace};
            outcome = co_await scheduler_.run(function, invocation);
            Faults::hit(FaultPoint::invocation_answered);
            result = Result::answered;
        }
    } catch (const Error& error) {
        // Another refusal means that the daemon stops: the next boot takes the lease back.
        if (error.http_status() == 429) result = Result::throttled;
    } catch (const std::exception& error) {
        log::error("an invocation has no outcome and runs again",
                   {{"id", queued.id}, {"reason", error.what()}});
        result = Result::throttled;
    }
    const auto store = [&]() -> Task<void> {
        if (result == Result::answered) co_await settle(queued, function, outcome);
        if (result == Result::throttled && function) co_await throttled(queued, *function);
        if (result == Result::gone) {
            co_await give_up(
                queued, "ResourceNotFoundException: Function not found: " + queued.function.qualified_arn());
        }
    };
    co_await until_stored(queued, store);
}

// A result that cannot be stored (a full disk) is stored again: the row would stay leased until the next
// start, which would run the function once more.
Task<void> Queue::until_stored(const QueuedInvocation& queued, const std::function<Task<void>()>& store) {
    for (;;) {
        std::string problem;
        try {
            co_await store();
        } catch (const std::exception& error) {
            problem = error.what();
        }
        if (problem.empty()) co_return;
        log::error("the result of an invocation cannot be stored and is stored again",
                   {{"id", queued.id}, {"reason", problem}});
        co_await clock_.sleep_for(kStorePause, stopped_.token());
        if (stopped_.cancelled()) co_return;  // the next start takes the lease back
    }
}

Task<void> Queue::settle(const QueuedInvocation& queued, const FunctionPtr& function,
                         const Outcome& outcome) {
    const Lease lease = lease_of(queued);
    if (!outcome.failed()) {
        auto done = [&lease](store::Txn& txn) { return erase_invocation(txn, lease); };
        co_await database_.write(done);
        co_return;
    }
    // aws: "waits 1 minute before the first retry and 2 minutes before the second"
    const std::int64_t delay_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(options_.retry_delay).count() * queued.attempt;
    const std::int64_t due_ms = now_ms() + delay_ms;
    if (queued.attempt > function->max_retries || due_ms - queued.queued_ms > function->max_age_s * 1000) {
        co_await give_up(queued, failure_text(outcome));
        co_return;
    }
    auto retry = [&](store::Txn& txn) {
        return retry_invocation(txn, lease, due_ms, queued.attempt, failure_text(outcome));
    };
    co_await database_.write(retry);
}

Task<void> Queue::throttled(const QueuedInvocation& queued, const Function& function) {
    const Lease lease = lease_of(queued);
    const std::int64_t now = now_ms();
    const std::int64_t waited = std::max<std::int64_t>(now - queued.queued_ms, 0);
    // Doubles with the time already waited: 1 s, 2 s, 4 s ... without a counter of its own.
    const auto bound = [](Duration d) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
    };
    const std::int64_t delay =
        std::clamp<std::int64_t>(waited, bound(kThrottleDelay), bound(kThrottleDelayLimit));
    if (now + delay - queued.queued_ms > function.max_age_s * 1000) {
        co_await give_up(queued, "TooManyRequestsException");
        co_return;
    }
    auto retry = [&](store::Txn& txn) {
        return retry_invocation(txn, lease, now + delay, queued.attempt - 1, "TooManyRequestsException");
    };
    co_await database_.write(retry);
}

Task<void> Queue::give_up(const QueuedInvocation& queued, std::string error) {
    const Lease lease = lease_of(queued);
    const std::int64_t now = now_ms();
    auto fail = [&](store::Txn& txn) { return fail_invocation(txn, lease, now, error); };
    co_await database_.write(fail);
    log::warning("an asynchronous invocation failed for good",
                 {{"function", queued.function.qualified_arn()}, {"id", queued.id}, {"error", error}});
}

void Queue::accept(store::Txn& txn, const events::Event& event, const Arn& target) {
    QueuedInvocation queued;
    const std::optional<FunctionReference> reference =
        parse_function(target.text(), event.account, target.region());
    if (!reference || !find_function(txn, *reference)) {
        throw errors::ResourceNotFoundException("Function not found: " + target.text());
    }
    queued.id = entropy_.uuid();
    queued.function = *reference;
    queued.payload = event.payload;
    queued.trace = event.trace;
    queued.queued_ms = now_ms();
    insert_invocation(txn, queued);
}

}  // namespace fogbank::lambda
