#include "services/lambda/store/failed_batches.h"

#include <fmt/format.h>

namespace fogbank::lambda {

namespace {

constexpr std::int64_t kBatchesKept = 1000;  // an account's

}  // namespace

void insert_failed_batch(store::Txn& txn, const Mapping& mapping, const FailedBatch& batch) {
    txn.execute(
        "insert into lambda_failed_batch (account, region, uuid, shard, first_sequence, last_sequence, "
        "records, function_arn, trace_id, error, failed_ms) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
        "on conflict (account, region, uuid, shard, first_sequence) do update set "
        "last_sequence = excluded.last_sequence, records = excluded.records, error = excluded.error, "
        "failed_ms = excluded.failed_ms",
        mapping.account, mapping.region, mapping.uuid, batch.shard, batch.first_sequence, batch.last_sequence,
        batch.records, mapping.function.qualified_arn(), batch.trace_id, batch.error, batch.failed_ms);
    txn.execute(
        "delete from lambda_failed_batch where account = ?1 and failed_ms < "
        "(select min(failed_ms) from (select failed_ms from lambda_failed_batch where account = ?1 "
        "order by failed_ms desc limit ?2) as kept)",
        mapping.account, kBatchesKept);
}

std::vector<events::Failure> list_failed_batches(store::ReadTxn& txn, const events::Scope& scope) {
    std::vector<events::Failure> result;
    for (const auto& row : txn.query(
             "select records, function_arn, error, uuid, shard, first_sequence, last_sequence, trace_id, "
             "failed_ms from lambda_failed_batch where (?1 = '' or account = ?1) and "
             "(?2 = '' or trace_id = ?2) order by failed_ms",
             scope.account, scope.trace)) {
        std::string what = fmt::format(
            "batch of {} for {} was given up: {} (event source mapping {}, shard {}, {} to {})",
            row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6));
        result.push_back({std::move(what), std::string(row.text(7)), row.integer(8)});
    }
    return result;
}

}  // namespace fogbank::lambda
