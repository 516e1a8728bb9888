#include "services/dynamodb/transfers/transfers.h"

#include "src/base/log.h"

#include <functional>

namespace fogbank::dynamodb {
namespace {

constexpr Duration kTroublePause = std::chrono::seconds(1);

}  // namespace

Transfers::Transfers(store::Database& database, Clock& clock, Entropy& entropy,
                     const gateway::LocalClient& client, Executor executor)
    : database_(database),
      clock_(clock),
      executor_(std::move(executor)),
      s3_(client, clock, entropy),
      exporter_(database, clock, s3_),
      importer_(database, clock, s3_) {}

void Transfers::start() {
    ended_ = std::make_unique<OneShot>();
    const std::function<Task<void>()> loop = [this] { return run(); };
    spawn(executor_, loop);
}

Task<void> Transfers::stop() {
    if (ended_ == nullptr) co_return;
    stopping_.cancel();
    co_await ended_->wait();
    ended_.reset();
}

std::int64_t Transfers::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // what they write to S3 begins chains of its own
    return count_exports(txn, scope.account) + count_imports(txn, scope.account);
}

Task<void> Transfers::run() {
    Signal& begun = database_.channel(kTransferChannel);
    const CancelToken stopped = stopping_.token();
    while (!stopped.cancelled()) {
        const std::uint64_t seen = begun.generation();
        bool found = true;
        while (found && !stopped.cancelled()) found = co_await step();
        co_await begun.wait(seen, stopped);
    }
    ended_->fire();
}

// An error that is no refusal by S3 (a full disk, say) is tried again.
Task<bool> Transfers::step() {
    std::string trouble;
    bool found = false;
    try {
        found = co_await exporter_.step();
        const bool has_import = co_await importer_.step();
        found = found || has_import;
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (trouble.empty()) co_return found;
    log::error("an export or import stands still", {{"what", trouble}});
    co_await clock_.sleep_for(kTroublePause, stopping_.token());
    co_return true;
}

}  // namespace fogbank::dynamodb
