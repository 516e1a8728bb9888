// What the movable clock causes: deletes items whose time to live is over, chunk by chunk, and ends shards of
// streams, as soon as they are due.
#pragma once

#include "src/events/event.h"
#include "src/events/pending.h"
#include "src/events/work_loop.h"

namespace fogbank::dynamodb {

class Expirer final : public events::PendingSource {
public:
    enum class Mode {
        by_clock,    // items go as soon as they are due
        on_request,  // only erase_expired() deletes them
    };
    Expirer(store::Database& database, Clock& clock, events::Outbox& outbox, Executor executor, Mode mode);
    // Deletes all that is expired; how many items.
    Task<std::int64_t> erase_expired();
    void start() { loop_.start(); }
    Task<void> stop() { return loop_.stop(); }

    std::string_view name() const override { return "expired items and shards"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    std::optional<Timestamp> next_due();
    Task<bool> step();

    store::Database& database_;
    Clock& clock_;
    events::Outbox& outbox_;
    Mode mode_;
    events::WorkLoop loop_;
};

}  // namespace fogbank::dynamodb
