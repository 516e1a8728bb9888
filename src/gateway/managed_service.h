// A service as the daemon sees it: what emulator/daemon.cc needs to build, start, reset and stop it.
#pragma once

#include "src/gateway/service.h"
#include "src/store/database.h"

#include <span>
#include <string_view>

namespace fogbank::gateway {

class ManagedService {
public:
    virtual ~ManagedService() = default;
    virtual std::string_view name() const = 0;  // as in /_localstack/health and SERVICES: "dynamodb"
    virtual std::span<const store::Migration> migrations() const = 0;
    virtual void bind(OperationTable& table) = 0;
    // After migrations, with all services bound: start pollers, resume jobs.
    virtual void start() = 0;
    // Resumes when nothing of the service runs any more.
    virtual Task<void> stop() = 0;
    // Erases the state of `account`, or of all where it is empty. In the transaction that raises the epoch.
    virtual void reset(store::Txn& txn, std::string_view account) = 0;
    // After the reset's commit: drop what memory holds (warm sandboxes, caches).
    virtual void after_reset(std::string_view account) = 0;
};

}  // namespace fogbank::gateway
