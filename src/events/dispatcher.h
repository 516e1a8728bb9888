// Moves events from the outbox to their targets, and answers "is anything left?".
#pragma once

#include "src/base/entropy.h"
#include "src/events/event.h"
#include "src/events/pending.h"
#include "src/events/trace_log.h"

#include <memory>
#include <string>
#include <vector>

namespace fogbank::events {

struct IdleReport {
    bool idle = false;                                          // false: the deadline came first
    std::vector<std::pair<std::string, std::int64_t>> pending;  // by source, those not zero
    std::vector<Failure> failures;
};

class Dispatcher : public Outbox {
public:
    // Before start(). The target must outlive the dispatcher.
    virtual void add_target(std::string service, Target& target) = 0;
    virtual void add_pending_source(PendingSource& source) = 0;
    // Drops the deliveries and failures of `account`, or of all where it is empty.
    virtual void reset(store::Txn& txn, std::string_view account) = 0;
    virtual void start(Executor executor) = 0;
    virtual Task<void> stop() = 0;
    // Resumes when no source counts anything in `scope`, or after `timeout` of real time.
    virtual Task<IdleReport> await_idle(Scope scope, Duration timeout) = 0;
};

std::unique_ptr<Dispatcher> make_dispatcher(store::Database& database, Clock& clock, TraceLog& trace_log);
std::span<const store::Migration> outbox_migrations();

// The delay before attempt `attempt` + 1, with AWS's shape: exponential, capped, jittered by `entropy`.
Duration retry_delay(int attempt, Duration base, Duration cap, Entropy& entropy);

}  // namespace fogbank::events
