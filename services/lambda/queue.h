// Asynchronous invocations: takes due rows, runs them, retries as AWS does.
#pragma once

#include "services/lambda/function_cache.h"
#include "services/lambda/runtime/scheduler.h"
#include "services/lambda/store/invocations.h"
#include "src/base/clock.h"
#include "src/events/event.h"

#include <functional>

namespace fogbank::lambda {

struct QueueOptions {
    int concurrency = 8;  // invocations at once; each may cost a process
    Duration retry_delay =
        std::chrono::minutes(1);  // aws: one minute after the first failure, two after the next
};

class Queue final : public events::Target, public events::PendingSource {
public:
    Queue(Executor home, store::Database& database, Clock& clock, Entropy& entropy, FunctionCache& functions,
          Scheduler& scheduler, QueueOptions options);

    // Takes back what earlier boots leased, then runs until stop().
    void start();
    void cancel();      // nothing new is taken from here on
    Task<void> stop();  // resumes when nothing runs

    // events::Target: an event becomes an invocation of the function it names.
    void accept(store::Txn& txn, const events::Event& event, const Arn& target) override;

    std::string_view name() const override { return "invocations"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override {
        return count_invocations(txn, scope);
    }
    std::vector<events::Failure> failures(store::ReadTxn& txn, const events::Scope& scope) override {
        return list_failures(txn, scope);
    }

private:
    class Running;
    Task<void> run();
    Task<void> take_due();
    Task<void> invoke(QueuedInvocation queued);
    Task<void> settle(const QueuedInvocation& queued, const FunctionPtr& function, const Outcome& outcome);
    Task<void> throttled(const QueuedInvocation& queued, const Function& function);
    Task<void> give_up(const QueuedInvocation& queued, std::string error);
    Task<void> until_stored(const QueuedInvocation& queued, const std::function<Task<void>()>& store);
    Lease lease_of(const QueuedInvocation& queued) const;
    std::int64_t now_ms() const { return unix_millis(clock_.now()); }

    Executor home_;
    store::Database& database_;
    Clock& clock_;
    Entropy& entropy_;
    FunctionCache& functions_;
    Scheduler& scheduler_;
    QueueOptions options_;
    Signal& due_;  // new rows, ended invocations
    CancelSource stopped_;
    int running_ = 0;
    bool started_ = false;
    OneShot ended_;
    Signal idle_;
};

}  // namespace fogbank::lambda
