// Runs exports and imports, one step after the other, as long as there are any.
#pragma once

#include "services/dynamodb/transfers/exporter.h"
#include "services/dynamodb/transfers/importer.h"
#include "src/events/pending.h"
#include "src/events/work_loop.h"

namespace fogbank::dynamodb {

class Transfers final : public events::PendingSource {
public:
    Transfers(store::Database& database, Clock& clock, Entropy& entropy, const gateway::LocalClient& client,
              Executor executor);
    void start() { loop_.start(); }
    Task<void> stop() { return loop_.stop(); }

    std::string_view name() const override { return "exports and imports"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    S3 s3_;
    Exporter exporter_;
    Importer importer_;
    events::WorkLoop loop_;
};

}  // namespace fogbank::dynamodb
