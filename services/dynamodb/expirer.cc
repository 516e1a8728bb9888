#include "services/dynamodb/expirer.h"

#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/shards.h"
#include "src/events/wait_either.h"

#include <algorithm>
#include <functional>

namespace fogbank::dynamodb {
namespace {

std::optional<std::int64_t> next_due_ms(store::ReadTxn& txn, std::int64_t now_ms) {
    const auto item = next_expiry_ms(txn, now_ms);
    const auto shard = next_roll_ms(txn);
    if (!item || !shard) return item ? item : shard;
    return std::min(*item, *shard);
}

}  // namespace

void Expirer::start() {
    ended_ = std::make_unique<OneShot>();
    const std::function<Task<void>()> loop = [this] { return run(); };
    spawn(executor_, loop);
}

Task<void> Expirer::stop() {
    if (ended_ == nullptr) co_return;
    stopping_.cancel();
    co_await ended_->wait();
    ended_.reset();
}

std::int64_t Expirer::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // what the clock causes belongs to no chain
    const std::int64_t now_ms = unix_millis(clock_.now());
    const std::int64_t items = mode_ == Mode::by_clock ? count_expired(txn, scope.account, now_ms) : 0;
    return items + count_due_shards(txn, scope.account, now_ms);
}

Task<std::int64_t> Expirer::erase_expired() {
    const std::int64_t now_ms = unix_millis(clock_.now());
    std::int64_t total = 0;
    std::int64_t erased = 1;
    while (erased > 0) {
        auto body = [this, now_ms](store::Txn& txn) { return erase_expired_items(txn, outbox_, now_ms); };
        erased = co_await database_.write(body);
        total += erased;
    }
    co_return total;
}

Task<void> Expirer::run() {
    Signal& changed = database_.channel(kExpiryChannel);
    const CancelToken stopped = stopping_.token();
    while (!stopped.cancelled()) {
        const std::uint64_t seen = changed.generation();
        const std::int64_t now_ms = unix_millis(clock_.now());
        bool found = true;
        while (found && !stopped.cancelled()) {
            auto body = [this, now_ms](store::Txn& txn) {
                return fill_or_erase_expiries(txn) ||
                       (mode_ == Mode::by_clock && erase_expired_items(txn, outbox_, now_ms) > 0) ||
                       roll_shards(txn, now_ms);
            };
            found = co_await database_.write(body);
        }
        const auto next_ms = database_.read([&](store::ReadTxn& txn) { return next_due_ms(txn, now_ms); });
        if (!next_ms) {
            co_await changed.wait(seen, stopped);
            continue;
        }
        const Timestamp due = from_unix_millis(*next_ms);
        const std::function<Task<Wake>(CancelToken)> sleep = [this, due](CancelToken token) {
            return clock_.sleep_until(due, token);
        };
        co_await events::wait_either(changed, seen, sleep, stopped);
    }
    ended_->fire();
}

}  // namespace fogbank::dynamodb
