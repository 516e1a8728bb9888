#include "services/s3/due_job.h"

#include "src/events/wait_either.h"

namespace fogbank::s3 {

void DueJob::start() {
    ended_ = std::make_unique<OneShot>();
    const std::function<Task<void>()> loop = [this] { return run(); };
    spawn(executor_, loop);
}

Task<void> DueJob::stop() {
    if (ended_ == nullptr) co_return;
    stopping_.cancel();
    co_await ended_->wait();
    ended_.reset();
}

std::int64_t DueJob::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // what the clock causes belongs to no chain
    return parts_.count_due(txn, scope.account, unix_millis(clock_.now()));
}

Task<void> DueJob::run() {
    Signal& changed = database_.channel(parts_.channel);
    const CancelToken stopped = stopping_.token();
    while (!stopped.cancelled()) {
        const std::uint64_t seen = changed.generation();
        const Timestamp now = clock_.now();
        const bool found = co_await parts_.work(now, stopped);
        if (found) continue;
        const auto next = database_.read([this](store::ReadTxn& txn) { return parts_.next_due_ms(txn); });
        if (!next) {
            co_await changed.wait(seen, stopped);
            continue;
        }
        const Timestamp at = from_unix_millis(*next);
        const std::function<Task<Wake>(CancelToken)> sleep = [this, at](CancelToken token) {
            return clock_.sleep_until(at, token);
        };
        co_await events::wait_either(changed, seen, sleep, stopped);
    }
    ended_->fire();
}

}  // namespace fogbank::s3
