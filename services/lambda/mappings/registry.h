// The pollers of all enabled mappings.
#pragma once

#include "services/lambda/mappings/poller.h"
#include "src/events/pending.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fogbank::lambda {

class MappingRegistry final : public events::PendingSource {
public:
    explicit MappingRegistry(const PollerParts& parts) : parts_(parts) {}

    void start();
    void cancel();      // nothing new is invoked from here on
    Task<void> stop();  // resumes when no poller runs; invocations under way end first

    // After a mapping's row was written or changed: polls it as it is now, or no more. From any thread.
    void apply(const Mapping& mapping);
    void erase(const std::string& arn);
    void erase_account(const std::string& account);  // empty: all

    // events::PendingSource: mappings that have something to read or to invoke. The records are rows of
    // another service; what a poller knows of them errs on the side of "pending".
    std::string_view name() const override { return "event source mappings"; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    // Batches that were given up.
    std::vector<events::Failure> failures(store::ReadTxn& txn, const events::Scope& scope) override;

private:
    PollerParts parts_;
    std::mutex mutex_;
    // Shared with the coroutine that runs each.
    std::map<std::string, std::shared_ptr<Poller>> pollers_;  // by mapping ARN
    std::vector<std::shared_ptr<Poller>> ending_;
    bool stopping_ = false;
};

}  // namespace fogbank::lambda
