#include "services/dynamodb/expirer.h"

#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/shards.h"

#include <algorithm>

namespace fogbank::dynamodb {

Expirer::Expirer(store::Database& database, Clock& clock, events::Outbox& outbox, Executor executor,
                 Mode mode)
    : database_(database),
      clock_(clock),
      outbox_(outbox),
      mode_(mode),
      loop_(
          database, clock, std::move(executor),
          {name(), kExpiryChannel, {[this](CancelToken) { return step(); }}, [this] { return next_due(); }}) {
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

Task<bool> Expirer::step() {
    const std::int64_t now_ms = unix_millis(clock_.now());
    auto body = [this, now_ms](store::Txn& txn) {
        return fill_or_erase_expiries(txn) ||
               (mode_ == Mode::by_clock && erase_expired_items(txn, outbox_, now_ms) > 0) ||
               roll_shards(txn, now_ms);
    };
    const bool found = co_await database_.write(body);
    co_return found;
}

std::optional<Timestamp> Expirer::next_due() {
    const std::int64_t now_ms = unix_millis(clock_.now());
    const auto item = database_.read([now_ms](store::ReadTxn& txn) { return next_expiry_ms(txn, now_ms); });
    const auto shard = database_.read([](store::ReadTxn& txn) { return next_roll_ms(txn); });
    if (!item && !shard) return std::nullopt;
    return from_unix_millis(std::min(item.value_or(*shard), shard.value_or(*item)));
}

}  // namespace fogbank::dynamodb
