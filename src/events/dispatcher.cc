#include "src/events/dispatcher.h"

#include "src/base/error.h"
#include "src/base/faults.h"
#include "src/base/log.h"
#include "src/events/outbox_rows.h"
#include "src/events/span_id.h"
#include "src/events/wait_either.h"

#include <algorithm>
#include <atomic>
#include <map>

namespace fogbank::events {
namespace {

constexpr const char* kOutboxChannel = "outbox";
constexpr const char* kIdleChannel = "idle";  // whoever finishes work may notify it: await_idle looks at once
constexpr int kConcurrentDeliveries = 64;     // they share commits
constexpr std::int64_t kOutboxQuota =
    100'000;  // deliveries that wait; beyond it what would add more is refused

// aws: "EventBridge retries sending the event for 24 hours and up to 185 times with an exponential back off
// and jitter" (EventBridge user guide, "Retry policy and using dead-letter queues").
constexpr int kRetryAttempts = 185;
constexpr Duration kRetryAge = std::chrono::hours(24);
constexpr Duration kRetryBase = std::chrono::seconds(1);
constexpr Duration kRetryCap = std::chrono::minutes(10);

constexpr Duration kStoreTroublePause = std::chrono::seconds(1);
constexpr Duration kFirstLook = std::chrono::milliseconds(2);
constexpr Duration kSlowestLook = std::chrono::milliseconds(50);

class OutboxDispatcher final : public Dispatcher {
public:
    OutboxDispatcher(store::Database& database, Clock& clock, TraceLog& trace_log)
        : database_(database),
          clock_(clock),
          trace_log_(trace_log),
          work_(database.channel(kOutboxChannel)),
          idle_(database.channel(kIdleChannel)),
          jitter_(make_seeded_entropy(static_cast<std::uint64_t>(database.boot()))) {}

    void append(store::Txn& txn, const Event& event, std::span<const Arn> targets) override;
    void add_target(std::string service, Target& target) override {
        targets_.emplace(std::move(service), &target);
    }
    void add_pending_source(PendingSource& source) override { sources_.push_back(&source); }
    void reset(store::Txn& txn, std::string_view account) override;
    void start(Executor executor) override;
    Task<void> stop() override;
    Task<IdleReport> await_idle(Scope scope, Duration timeout) override;

private:
    enum class Result { done, store_trouble };
    struct Refusal {
        std::string message;
        bool final = false;
    };

    Task<void> run();
    Task<void> wait_for_work(std::uint64_t seen, std::optional<std::int64_t> next_due_ms);
    Task<Result> deliver_all(std::vector<std::int64_t> ids);
    Task<Result> deliver(std::int64_t id);
    void hand_over(store::Txn& txn, std::int64_t id);
    void note_refusal(store::Txn& txn, std::int64_t id, const Refusal& refusal);
    void note_after_commit(store::Txn& txn, Span span, std::int64_t deliveries);
    Span delivery_span(const Delivery& delivery, std::string outcome) const;
    IdleReport look(const Scope& scope);

    store::Database& database_;
    Clock& clock_;
    TraceLog& trace_log_;
    Signal& work_;
    Signal& idle_;
    std::unique_ptr<Entropy> jitter_;
    std::map<std::string, Target*, std::less<>> targets_;
    std::vector<PendingSource*> sources_;
    std::atomic<std::int64_t> waiting_{0};  // rows of the outbox, for the quota
    CancelSource stop_;
    OneShot stopped_;
    bool started_ = false;
};

void OutboxDispatcher::note_after_commit(store::Txn& txn, Span span, std::int64_t deliveries) {
    txn.after_commit([this, span = std::move(span), deliveries]() mutable {
        waiting_ += deliveries;
        trace_log_.record(std::move(span));
    });
}

void OutboxDispatcher::append(store::Txn& txn, const Event& event, std::span<const Arn> targets) {
    if (targets.empty()) return;
    Span span{event.trace.id,
              span_id(event.id, "", 0),
              event.trace.cause,
              "event",
              event.account,
              std::string(event.source.service()),
              event.type,
              event.source.text(),
              "queued",
              event.time,
              {}};
    if (event.trace.depth > kDepthLimit) {
        log::warning("an event is dropped: its chain is too deep; something triggers itself",
                     {{"trace", event.trace.id}, {"type", event.type}, {"source", event.source.text()}});
        span.outcome = "dropped: the chain is deeper than " + std::to_string(kDepthLimit) + " hops";
        insert_failure(txn,
                       {event.type + " of " + event.source.text() + " was " + span.outcome, event.trace.id,
                        unix_millis(event.time)},
                       event.account);
        return note_after_commit(txn, std::move(span), 0);
    }
    auto count = static_cast<std::int64_t>(targets.size());
    if (waiting_.load(std::memory_order_relaxed) + count > kOutboxQuota) {
        throw Error("ServiceUnavailable", 503,
                    "Too many events wait for their targets. Please reduce your request rate.");
    }
    for (const Arn& target : targets) insert_delivery(txn, event, target);
    txn.notify(kOutboxChannel);
    note_after_commit(txn, std::move(span), count);
}

void OutboxDispatcher::reset(store::Txn& txn, std::string_view account) {
    erase_deliveries(txn, account);
    txn.after_commit([this, left = count_deliveries(txn, {})] { waiting_ = left; });
    txn.notify(kIdleChannel);
}

void OutboxDispatcher::start(Executor executor) {
    waiting_ = database_.read([](store::ReadTxn& txn) { return count_deliveries(txn, {}); });
    started_ = true;
    const std::function<Task<void>()> loop = [this] { return run(); };
    spawn(executor, loop);
}

Task<void> OutboxDispatcher::stop() {
    stop_.cancel();
    if (started_) co_await stopped_.wait();
    started_ = false;
}

Task<void> OutboxDispatcher::run() {
    while (!stop_.cancelled()) {
        Result result = Result::done;
        try {
            std::uint64_t seen = work_.generation();
            std::int64_t now_ms = unix_millis(clock_.now());
            DueDeliveries due = database_.read(
                [&](store::ReadTxn& txn) { return due_deliveries(txn, now_ms, kConcurrentDeliveries); });
            if (due.ids.empty()) {
                co_await wait_for_work(seen, due.next_due_ms);
            } else {
                result = co_await deliver_all(std::move(due.ids));
            }
        } catch (const std::exception& e) {
            log::error("the outbox could not be read", {{"what", e.what()}});
            result = Result::store_trouble;
        }
        if (result == Result::store_trouble) co_await clock_.sleep_for(kStoreTroublePause, stop_.token());
    }
    stopped_.fire();
}

Task<void> OutboxDispatcher::wait_for_work(std::uint64_t seen, std::optional<std::int64_t> next_due_ms) {
    if (!next_due_ms) {
        co_await work_.wait(seen, stop_.token());
        co_return;
    }
    Timestamp due = from_unix_millis(*next_due_ms);
    const std::function<Task<Wake>(CancelToken)> sleep = [this, due](CancelToken token) {
        return clock_.sleep_until(due, token);
    };
    co_await wait_either(work_, seen, sleep, stop_.token());
}

// All at once: their transactions queue in this order and share a commit.
Task<OutboxDispatcher::Result> OutboxDispatcher::deliver_all(std::vector<std::int64_t> ids) {
    if (ids.size() == 1) co_return co_await deliver(ids.front());
    Executor executor = co_await current_executor();
    std::size_t left = ids.size();
    Result worst = Result::done;
    OneShot all;
    for (std::int64_t id : ids) {
        const std::function<Task<void>()> one = [&, id]() -> Task<void> {
            Result result = co_await deliver(id);
            if (result == Result::store_trouble) worst = result;
            if (--left == 0) all.fire();
        };
        spawn(executor, one);
    }
    co_await all.wait();
    co_return worst;
}

Task<OutboxDispatcher::Result> OutboxDispatcher::deliver(std::int64_t id) {
    Refusal refusal;
    try {
        auto body = [this, id](store::Txn& txn) { hand_over(txn, id); };
        co_await database_.write(body);
        co_return Result::done;
    } catch (const Error& e) {
        // aws: throttling is retried like a server's fault.
        refusal = {e.code() + ": " + e.message(), e.http_status() < 500 && e.http_status() != 429};
    } catch (const std::exception& e) {
        refusal = {e.what(), false};
    }
    try {
        auto body = [this, id, &refusal](store::Txn& txn) { note_refusal(txn, id, refusal); };
        co_await database_.write(body);
        co_return Result::done;
    } catch (const std::exception& e) {
        log::error("a failed delivery could not be noted", {{"what", e.what()}});
    }
    co_return Result::store_trouble;
}

// The target's own row and the delivery's end are one transaction: an event arrives exactly once.
void OutboxDispatcher::hand_over(store::Txn& txn, std::int64_t id) {
    std::optional<Delivery> delivery = find_delivery(txn, id);
    if (!delivery) return;  // reset meanwhile
    auto target = targets_.find(delivery->target.service());
    if (target == targets_.end()) {
        throw Error("NoSuchTarget", 404,
                    "no service takes events for " + delivery->target.text() + " in this release");
    }
    Span span = delivery_span(*delivery, "delivered");
    delivery->event.trace.cause = span.id;
    ++delivery->event.trace.depth;
    target->second->accept(txn, delivery->event, delivery->target);
    erase_delivery(txn, id);
    Faults::hit(FaultPoint::delivery_accepted);
    txn.notify(kIdleChannel);
    note_after_commit(txn, std::move(span), -1);
}

void OutboxDispatcher::note_refusal(store::Txn& txn, std::int64_t id, const Refusal& refusal) {
    std::optional<Delivery> delivery = find_delivery(txn, id);
    if (!delivery) return;
    int attempts = delivery->attempts + 1;
    Timestamp now = clock_.now();
    Timestamp again = now + retry_delay(attempts, kRetryBase, kRetryCap, *jitter_);
    bool last = refusal.final || attempts > kRetryAttempts || again > delivery->event.time + kRetryAge;
    Span span = delivery_span(*delivery, "failed: " + refusal.message);
    if (!last) {
        postpone_delivery(txn, id, attempts, unix_millis(again));
        span.outcome += " (again at " + format_iso8601_millis(again) + ")";
        return note_after_commit(txn, std::move(span), 0);
    }
    erase_delivery(txn, id);
    insert_failure(txn,
                   {"delivery of " + delivery->event.type + " to " + delivery->target.text() +
                        " failed: " + refusal.message,
                    delivery->event.trace.id, unix_millis(now)},
                   delivery->event.account);
    txn.notify(kIdleChannel);
    note_after_commit(txn, std::move(span), -1);
}

Span OutboxDispatcher::delivery_span(const Delivery& delivery, std::string outcome) const {
    const Event& event = delivery.event;
    return {event.trace.id,
            span_id(event.id, delivery.target.text(), delivery.attempts),
            span_id(event.id, "", 0),
            "delivery",
            event.account,
            std::string(delivery.target.service()),
            event.type,
            delivery.target.text(),
            std::move(outcome),
            clock_.now(),
            {}};
}

IdleReport OutboxDispatcher::look(const Scope& scope) {
    return database_.read([&](store::ReadTxn& txn) {
        IdleReport report;
        auto add = [&](std::string_view name, std::int64_t count) {
            if (count > 0) report.pending.emplace_back(name, count);
        };
        add("deliveries", count_deliveries(txn, scope));
        for (PendingSource* source : sources_) add(source->name(), source->count(txn, scope));
        report.idle = report.pending.empty();
        report.failures = list_failures(txn, scope);
        for (PendingSource* source : sources_) {
            auto more = source->failures(txn, scope);
            std::move(more.begin(), more.end(), std::back_inserter(report.failures));
        }
        return report;
    });
}

Task<IdleReport> OutboxDispatcher::await_idle(Scope scope, Duration timeout) {
    Instant deadline = clock_.steady() + timeout;
    Duration pause = kFirstLook;
    while (true) {
        std::uint64_t seen = idle_.generation();
        IdleReport report = look(scope);
        Duration left = deadline - clock_.steady();
        if (report.idle || left <= Duration::zero()) co_return report;
        Duration slice = std::min(pause, left);
        const std::function<Task<Wake>(CancelToken)> sleep = [this, slice](CancelToken token) {
            return clock_.sleep_for(slice, token);
        };
        co_await wait_either(idle_, seen, sleep, CancelToken());
        pause = std::min(pause * 2, kSlowestLook);
    }
}

}  // namespace

std::unique_ptr<Dispatcher> make_dispatcher(store::Database& database, Clock& clock, TraceLog& trace_log) {
    return std::make_unique<OutboxDispatcher>(database, clock, trace_log);
}

}  // namespace fogbank::events
