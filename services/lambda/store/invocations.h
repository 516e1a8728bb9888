// Rows of asynchronous invocations: queued, leased by a boot, failed for good.
#pragma once

#include "services/lambda/names.h"
#include "src/base/entropy.h"
#include "src/events/pending.h"
#include "src/events/trace.h"
#include "src/store/database.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::lambda {

inline constexpr std::string_view kInvocationsChannel = "lambda:invocations";

struct QueuedInvocation {
    std::string id;  // the request id
    FunctionReference function;
    std::string payload;
    std::string client_context;
    events::Trace trace;
    std::int64_t queued_ms = 0;
    std::int64_t attempt = 0;  // how often it was leased; the lease under way included
};

// Queues it, due now, and wakes the queue.
void insert_invocation(store::Txn& txn, const QueuedInvocation& invocation);

bool has_invocation(store::ReadTxn& txn, std::string_view id);

// Leases up to `limit` due invocations for `boot`, the oldest first.
std::vector<QueuedInvocation> lease_invocations(store::Txn& txn, std::int64_t now_ms, std::int64_t boot,
                                                std::int64_t limit);
// Leases of boots before `boot` are queued again, without spending an attempt.
std::int64_t requeue_invocations(store::Txn& txn, std::int64_t boot);
// The first due time of what is queued.
std::optional<std::int64_t> next_due_ms(store::ReadTxn& txn);

struct Lease {
    std::string id;
    std::int64_t attempt;
    std::int64_t boot;
};
// Each does nothing where the lease is not the row's (a reset, another boot), and returns whether it was.
bool erase_invocation(store::Txn& txn, const Lease& lease);
// `attempt` is what the row counts from here on.
bool retry_invocation(store::Txn& txn, const Lease& lease, std::int64_t due_ms, std::int64_t attempt,
                      std::string_view error);
bool fail_invocation(store::Txn& txn, const Lease& lease, std::int64_t now_ms, std::string_view error);

std::int64_t count_invocations(store::ReadTxn& txn, const events::Scope& scope);
std::vector<events::Failure> list_failures(store::ReadTxn& txn, const events::Scope& scope);

}  // namespace fogbank::lambda
