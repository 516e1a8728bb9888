// Work that the movable clock makes due: a loop that sleeps until rows say so, and that `await` waits for.
#pragma once

#include "src/events/pending.h"
#include "src/events/work_loop.h"

#include <functional>
#include <optional>
#include <string_view>

namespace fogbank::s3 {

class DueJob final : public events::PendingSource {
public:
    struct Parts {
        std::string_view name;     // "lifecycle rules"
        std::string_view channel;  // notified where rows change what is due
        // Does a bounded piece of what is due; false where nothing is.
        std::function<Task<bool>(Timestamp now, CancelToken stopped)> work;
        std::function<std::optional<std::int64_t>(store::ReadTxn&)> next_due_ms;
        std::function<std::int64_t(store::ReadTxn&, std::string_view account, std::int64_t now_ms)> count_due;
    };
    DueJob(store::Database& database, Clock& clock, Executor executor, Parts parts);
    void start() { loop_.start(); }
    Task<void> stop() { return loop_.stop(); }

    std::string_view name() const override { return parts_.name; }
    std::int64_t count(store::ReadTxn& txn, const events::Scope& scope) override;
    std::vector<events::Failure> failures(store::ReadTxn&, const events::Scope&) override { return {}; }

private:
    std::optional<Timestamp> next_due();

    store::Database& database_;
    Clock& clock_;
    Parts parts_;
    events::WorkLoop loop_;
};

}  // namespace fogbank::s3
