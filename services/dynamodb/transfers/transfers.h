// Runs exports and imports, one step after the other, as long as there are any.
#pragma once

#include "services/dynamodb/transfers/exporter.h"
#include "services/dynamodb/transfers/importer.h"
#include "src/base/cancel.h"
#include "src/base/completion.h"
#include "src/events/pending.h"

#include <memory>

namespace fogbank::dynamodb {

class Transfers final : public events::PendingSource {
public:
    Transfers(store::Database& database, Clock& clock, Entropy& entropy, const gateway::LocalClient& client,
              Executor executor);
    // Goes on with what an earlier start left.
    void start();
    Task<void> stop();

    std::string_view name() const override { return "exports and imports"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    Task<void> run();
    Task<bool> step();

    store::Database& database_;
    Clock& clock_;
    Executor executor_;
    S3 s3_;
    Exporter exporter_;
    Importer importer_;
    CancelSource stopping_;
    std::unique_ptr<OneShot> ended_;  // of a started one
};

}  // namespace fogbank::dynamodb
