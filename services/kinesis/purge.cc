#include "services/kinesis/purge.h"

#include "services/kinesis/store/streams.h"

namespace fogbank::kinesis {

Purge::Purge(store::Database& database, Clock& clock, Executor executor)
    : database_(database),
      clock_(clock),
      loop_(database, clock, std::move(executor),
            {"deleted streams", kPurgeChannel, {[this](CancelToken) { return step(); }}, [this] {
                 return next_due();
             }}) {}

Task<bool> Purge::step() {
    const std::optional<Stream> next =
        database_.read([](store::ReadTxn& txn) { return find_next_deleted(txn); });
    if (!next || next->delete_ms > unix_millis(clock_.now())) co_return false;
    auto erase = [&](store::Txn& txn) { return erase_chunk(txn, *next); };
    co_await database_.write(erase);
    co_return true;
}

std::optional<Timestamp> Purge::next_due() {
    const std::optional<Stream> next =
        database_.read([](store::ReadTxn& txn) { return find_next_deleted(txn); });
    if (!next) return std::nullopt;
    return from_unix_millis(next->delete_ms);
}

}  // namespace fogbank::kinesis
