// Who still has work to do: `await` asks every source until nothing is left.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::events {

struct Failure {
    std::string what;  // "invocation of arn:... failed: Unhandled"
    std::string trace;
    std::int64_t time_ms;
};

struct Scope {
    std::string account;  // empty: all accounts
    std::string trace;    // empty: all traces
    // Unix milliseconds. Work that waits for a later time, such as a retry, is not counted.
    std::int64_t due_ms = std::numeric_limits<std::int64_t>::max();
};

// Counts rows of state.db, or what a restart makes again of them.
class PendingSource {
public:
    virtual ~PendingSource() = default;
    virtual std::string_view name() const = 0;  // "deliveries", "invocations", "event source mappings"
    virtual std::int64_t count(store::ReadTxn& txn, const Scope& scope) = 0;
    // What failed for good, and what failed and waits for its retry: then `what` says when.
    virtual std::vector<Failure> failures(store::ReadTxn& txn, const Scope& scope) = 0;
};

}  // namespace fogbank::events
