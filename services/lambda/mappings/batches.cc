// The part of a poller that invokes: retries, splits and gives up as the mapping says.
#include "services/lambda/mappings/poller.h"
#include "services/lambda/store/failed_batches.h"
#include "src/base/faults.h"
#include "src/base/json.h"
#include "src/base/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace fogbank::lambda {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kFirstRetry = milliseconds(500);
constexpr Duration kLastRetry = seconds(60);

Duration retry_pause(int failures) {
    return std::min<Duration>(kFirstRetry * (1LL << std::min(failures - 1, 10)), kLastRetry);
}

std::string event_of(std::span<const StreamRecord> records) {
    std::size_t size = 16;
    for (const StreamRecord& record : records) size += record.json.size() + 1;
    std::string event;
    event.reserve(size);
    event += R"({"Records":[)";
    for (const StreamRecord& record : records) {
        if (event.back() != '[') event += ',';
        event += record.json;
    }
    return event + "]}";
}

std::string failure_text(const Outcome& outcome) {
    if (!outcome.failed()) return "batchItemFailures";
    return outcome.error_type.empty() ? outcome.function_error : outcome.error_type;
}

}  // namespace

bool Poller::is_expired(const StreamRecord& record) const {
    const std::int64_t limit_s = mapping_.configuration.MaximumRecordAgeInSeconds.value_or(-1);
    return limit_s >= 0 && unix_millis(parts_.clock.now()) - record.written_ms > limit_s * 1000;
}

// Runs `records` until they are done with: answered, too often failed, or too old. Retries happen in order:
// nothing of the shard passes them.
Task<void> Poller::process(const Reading& reading, Batch records) {
    const StreamShard& shard = reading.shard;
    const std::int64_t retries = mapping_.configuration.MaximumRetryAttempts.value_or(-1);
    const bool bisects = mapping_.configuration.BisectBatchOnFunctionError.value_or(false);
    int failures = 0;
    if (records.front().trace.depth > events::kDepthLimit) {
        // Something triggers itself: without an end of it, nothing here would ever be idle.
        co_await give_up(shard, records, "Recursive invocation stopped", "the chain is too deep");
        co_return;
    }
    while (!records.empty() && !cancelled_.cancelled()) {
        if (failures > 0 && is_expired(records.front())) {
            co_await give_up(shard, records.first(1), "record expired", "record expired");
            records = records.subspan(1);
            continue;
        }
        const std::optional<Outcome> outcome = co_await invoke(records);
        if (!outcome) {
            co_await pause(shard.id, waiting_with(reading), retry_pause(1));
            continue;
        }
        const std::size_t done = count_done(records, *outcome);
        if (done == records.size()) {
            co_await move_checkpoint(shard, records.back().sequence, "OK");
            co_return;
        }
        if (done > 0) {
            co_await move_checkpoint(shard, records[done - 1].sequence, "PROBLEM: Function call failed");
            records = records.subspan(done);
            failures = 0;
        }
        ++failures;
        if (retries >= 0 && failures > retries && (!bisects || records.size() == 1)) {
            co_await give_up(shard, records, "Function call failed", failure_text(*outcome));
            co_return;
        }
        if (bisects && done == 0 && records.size() > 1) {
            const std::size_t half = records.size() / 2;
            co_await process(reading, records.first(half));
            records = records.subspan(half);
            failures = 0;
            continue;
        }
        co_await report("PROBLEM: Function call failed");
        Waiting waiting = waiting_with(reading);
        waiting.failure = fmt::format("batch of {} for {} failed: {}", records.size(),
                                      mapping_.function.qualified_arn(), failure_text(*outcome));
        waiting.trace = records.front().trace.id;
        co_await pause(shard.id, std::move(waiting), retry_pause(failures));
    }
}

// Nothing where the function could not be invoked at all; that costs no retry.
Task<std::optional<Outcome>> Poller::invoke(Batch records) {
    const FunctionPtr function = parts_.functions.find(mapping_.function);
    if (!function) {
        co_await report("PROBLEM: Function not found");
        co_return std::nullopt;
    }
    Invocation invocation;
    invocation.request_id = parts_.entropy.uuid();
    invocation.invoked_arn = mapping_.function.qualified_arn();
    invocation.trace = records.front().trace;
    if (invocation.trace.id.empty()) {
        invocation.trace.id = "1-" + parts_.entropy.hex(8) + "-" + parts_.entropy.hex(24);
    }
    Outcome outcome;
    invocation.payload = event_of(records);
    std::string problem;
    try {
        outcome = co_await parts_.scheduler.run(function, invocation);
    } catch (const Error& error) {
        problem = error.message();
    }
    if (!problem.empty()) {
        co_await report("PROBLEM: " + problem);
        co_return std::nullopt;
    }
    co_return outcome;
}

// How many of the first records need no retry.
std::size_t Poller::count_done(Batch records, const Outcome& outcome) const {
    if (outcome.failed()) return 0;
    const auto& types = mapping_.configuration.FunctionResponseTypes;
    if (!types || types->empty()) return records.size();
    // aws: an empty or absent batchItemFailures is success; an identifier that is empty or unknown fails the
    // batch
    const auto document = json::parse(outcome.payload);
    if (!document || !document->root().is_object()) return records.size();
    const json::Value failures = document->root().find("batchItemFailures");
    if (!failures || !failures.is_array()) return records.size();
    std::size_t first = records.size();
    for (const json::Value failure : failures.elements()) {
        const json::Value id = failure.is_object() ? failure.find("itemIdentifier") : json::Value();
        if (!id || !id.is_string()) return 0;
        const auto found = std::find_if(records.begin(), records.end(), [&](const StreamRecord& record) {
            return record.sequence == id.string();
        });
        if (found == records.end()) return 0;
        first = std::min(first, static_cast<std::size_t>(found - records.begin()));
    }
    return first;
}

Task<void> Poller::move_checkpoint(const StreamShard& shard, std::string sequence, std::string result) {
    Faults::hit(FaultPoint::checkpoint_stored);
    auto store = [&](store::Txn& txn) {
        if (store_checkpoint(txn, mapping_, shard.id, {sequence, false}))
            update_result(txn, mapping_, result);
    };
    co_await parts_.database.write(store);
}

// The checkpoint passes the records, and `await` tells that they were not processed.
Task<void> Poller::give_up(const StreamShard& shard, Batch records, std::string problem, std::string error) {
    log::warning("an event source mapping gives up on records",
                 {{"mapping", mapping_.uuid}, {"records", std::to_string(records.size())}, {"error", error}});
    FailedBatch batch;
    batch.shard = shard.id;
    batch.first_sequence = records.front().sequence;
    batch.last_sequence = records.back().sequence;
    batch.records = static_cast<std::int64_t>(records.size());
    batch.trace_id = records.front().trace.id;
    batch.error = std::move(error);
    batch.failed_ms = unix_millis(parts_.clock.now());
    auto store = [&](store::Txn& txn) {
        if (!store_checkpoint(txn, mapping_, shard.id, {batch.last_sequence, false})) return;
        update_result(txn, mapping_, "PROBLEM: " + problem);
        insert_failed_batch(txn, mapping_, batch);
    };
    co_await parts_.database.write(store);
}

Task<void> Poller::finish_shard(const StreamShard& shard) {
    auto store = [&](store::Txn& txn) { store_checkpoint(txn, mapping_, shard.id, {"", true}); };
    co_await parts_.database.write(store);
}

Task<void> Poller::report(std::string result) {
    auto store = [&](store::Txn& txn) { update_result(txn, mapping_, result); };
    co_await parts_.database.write(store);
}

}  // namespace fogbank::lambda
