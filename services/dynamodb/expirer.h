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
    Expirer(store::Database& database, Clock& clock, events::Outbox& outbox, Executor executor)
        : database_(database), clock_(clock), outbox_(outbox), executor_(std::move(executor)) {}
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
    CancelSource stopping_;
    std::unique_ptr<OneShot> ended_;  // of a started one
};

}  // namespace fogbank::dynamodb
