// What tables, indexes, streams and backups cause that takes longer than a request: filling new indexes,
// copying, erasing what was deleted, chunk by chunk.
#pragma once

#include "src/events/pending.h"
#include "src/events/work_loop.h"

namespace fogbank::dynamodb {

class TableWork final : public events::PendingSource {
public:
    TableWork(store::Database& database, Clock& clock, Executor executor);
    void start() { loop_.start(); }
    Task<void> stop() { return loop_.stop(); }

    // Indexes and copies under way: what else is left changes no answer.
    std::string_view name() const override { return "indexes, backups and restores"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    events::WorkLoop loop_;
};

}  // namespace fogbank::dynamodb
