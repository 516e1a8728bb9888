#include "services/kinesis/purge.h"

#include "services/kinesis/store/streams.h"

namespace fogbank::kinesis {

void Purge::start() {
    started_ = true;
    spawn(executor_, [this] { return run(); });
}

Task<void> Purge::stop() {
    stopping_.cancel();
    if (started_) co_await stopped_.wait();
}

Task<void> Purge::run() {
    Signal& deleted = database_.channel(kPurgeChannel);
    while (!stopping_.cancelled()) {
        const std::uint64_t seen = deleted.generation();
        bool more = true;
        while (more && !stopping_.cancelled()) more = co_await step();
        if (!stopping_.cancelled()) co_await deleted.wait(seen, stopping_.token());
    }
    stopped_.fire();
}

Task<bool> Purge::step() {
    const std::optional<Stream> next =
        database_.read([](store::ReadTxn& txn) { return find_next_deleted(txn); });
    if (!next) co_return false;
    if (next->delete_ms > unix_millis(clock_.now())) {
        // Streams deleted meanwhile are due later: the delay is the same for all.
        co_await clock_.sleep_until(from_unix_millis(next->delete_ms), stopping_.token());
        co_return true;
    }
    auto erase = [&](store::Txn& txn) { return erase_chunk(txn, *next); };
    co_await database_.write(erase);
    co_return true;
}

}  // namespace fogbank::kinesis
