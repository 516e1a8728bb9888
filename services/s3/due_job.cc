#include "services/s3/due_job.h"

namespace fogbank::s3 {

DueJob::DueJob(store::Database& database, Clock& clock, Executor executor, Parts parts)
    : database_(database),
      clock_(clock),
      parts_(std::move(parts)),
      loop_(database, clock, std::move(executor),
            {parts_.name,
             parts_.channel,
             {[this](CancelToken stopped) { return parts_.work(clock_.now(), stopped); }},
             [this] { return next_due(); }}) {}

std::int64_t DueJob::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // what the clock causes belongs to no chain
    return parts_.count_due(txn, scope.account, unix_millis(clock_.now()));
}

std::optional<Timestamp> DueJob::next_due() {
    const auto next = database_.read([this](store::ReadTxn& txn) { return parts_.next_due_ms(txn); });
    if (!next) return std::nullopt;
    return from_unix_millis(*next);
}

}  // namespace fogbank::s3
