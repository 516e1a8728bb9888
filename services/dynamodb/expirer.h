// What the movable clock causes: deletes items whose time to live is over, chunk by chunk, and ends shards of
// streams, as soon as they are due.
#pragma once

#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/base/completion.h"
#include "src/events/event.h"
#include "src/events/pending.h"
#include "src/store/database.h"

#include <memory>

namespace fogbank::dynamodb {

class Expirer final : public events::PendingSource {
public:
    enum class Mode {
        by_clock,    // items go as soon as they are due
        on_request,  // only erase_expired() deletes them
    };
    Expirer(store::Database& database, Clock& clock, events::Outbox& outbox, Executor executor, Mode mode)
        : database_(database), clock_(clock), outbox_(outbox), executor_(std::move(executor)), mode_(mode) {}
    // Deletes all that is expired; how many items.
    Task<std::int64_t> erase_expired();
    // Goes on with what an earlier start left.
    void start();
    Task<void> stop();

    std::string_view name() const override { return "expired items and shards"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    Task<void> run();

    store::Database& database_;
    Clock& clock_;
    events::Outbox& outbox_;
    Executor executor_;
    Mode mode_;
    CancelSource stopping_;
    std::unique_ptr<OneShot> ended_;  // of a started one
};

}  // namespace fogbank::dynamodb
