#include "services/dynamodb/transfers/transfers.h"

namespace fogbank::dynamodb {

// An error that is no refusal by S3 (a full disk, say) is tried again, which the loop does.
Transfers::Transfers(store::Database& database, Clock& clock, Entropy& entropy,
                     const gateway::LocalClient& client, Executor executor)
    : s3_(client, clock, entropy),
      exporter_(database, clock, s3_),
      importer_(database, clock, s3_),
      loop_(database, clock, std::move(executor),
            {name(),
             kTransferChannel,
             {[this](CancelToken) { return exporter_.step(); },
              [this](CancelToken) { return importer_.step(); }}}) {}

std::int64_t Transfers::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // what they write to S3 begins chains of its own
    return count_exports(txn, scope.account) + count_imports(txn, scope.account);
}

}  // namespace fogbank::dynamodb
