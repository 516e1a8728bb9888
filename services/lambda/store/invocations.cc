#include "services/lambda/store/invocations.h"

namespace fogbank::lambda {

namespace {

constexpr std::int64_t kQueued = 0;
constexpr std::int64_t kLeased = 1;
constexpr std::int64_t kFailed = 2;
constexpr std::int64_t kFailuresKept = 1000;  // an account's

}  // namespace

void insert_invocation(store::Txn& txn, const QueuedInvocation& invocation) {
    txn.execute(
        "insert into lambda_invocation (account, region, id, name, qualifier, payload, client_context, "
        "trace_id, trace, queued_ms, due_ms, state, attempt, lease_boot, error) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, 0, 0, 0, '')",
        invocation.function.account, invocation.function.region, invocation.id, invocation.function.name,
        invocation.function.qualifier, store::Blob{invocation.payload}, invocation.client_context,
        invocation.trace.id, invocation.trace.header(), invocation.queued_ms);
    txn.notify(kInvocationsChannel);
}

bool has_invocation(store::ReadTxn& txn, std::string_view id) {
    auto rows = txn.query("select 1 from lambda_invocation where id = ?1", id);
    return rows.next();
}

std::vector<QueuedInvocation> lease_invocations(store::Txn& txn, std::int64_t now_ms, std::int64_t boot,
                                                std::int64_t limit) {
    std::vector<QueuedInvocation> result;
    for (const auto& row :
         txn.query("select id, account, region, name, qualifier, payload, client_context, trace, queued_ms, "
                   "attempt "
                   "from lambda_invocation where state = ?1 and due_ms <= ?2 order by due_ms limit ?3",
                   kQueued, now_ms, limit)) {
        QueuedInvocation& out = result.emplace_back();
        out.id = row.text(0);
        out.function = {std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                        std::string(row.text(4))};
        out.payload = row.blob(5);
        out.client_context = row.text(6);
        out.trace = events::Trace::parse(row.text(7));
        out.queued_ms = row.integer(8);
        out.attempt = row.integer(9) + 1;
    }
    for (const QueuedInvocation& leased : result) {
        txn.execute("update lambda_invocation set state = ?2, attempt = ?3, lease_boot = ?4 where id = ?1",
                    leased.id, kLeased, leased.attempt, boot);
    }
    return result;
}

std::int64_t requeue_invocations(store::Txn& txn, std::int64_t boot) {
    return txn.execute(
        "update lambda_invocation set state = ?1, attempt = attempt - 1 "
        "where state = ?2 and lease_boot < ?3",
        kQueued, kLeased, boot);
}

std::optional<std::int64_t> next_due_ms(store::ReadTxn& txn) {
    auto rows =
        txn.query("select due_ms from lambda_invocation where state = ?1 order by due_ms limit 1", kQueued);
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

bool erase_invocation(store::Txn& txn, const Lease& lease) {
    return txn.execute(
               "delete from lambda_invocation where id = ?1 and attempt = ?2 and lease_boot = ?3 and state = "
               "?4",
               lease.id, lease.attempt, lease.boot, kLeased) > 0;
}

bool retry_invocation(store::Txn& txn, const Lease& lease, std::int64_t due_ms, std::int64_t attempt,
                      std::string_view error) {
    return txn.execute(
               "update lambda_invocation set state = ?5, due_ms = ?6, attempt = ?7, error = ?8 "
               "where id = ?1 and attempt = ?2 and lease_boot = ?3 and state = ?4",
               lease.id, lease.attempt, lease.boot, kLeased, kQueued, due_ms, attempt, error) > 0;
}

bool fail_invocation(store::Txn& txn, const Lease& lease, std::int64_t now_ms, std::string_view error) {
    auto rows = txn.query(
        "update lambda_invocation set state = ?5, due_ms = ?6, error = ?7, payload = ?8 "
        "where id = ?1 and attempt = ?2 and lease_boot = ?3 and state = ?4 returning account",
        lease.id, lease.attempt, lease.boot, kLeased, kFailed, now_ms, error, store::Blob{""});
    if (!rows.next()) return false;
    const std::string account(rows->text(0));
    while (rows.next()) {
    }
    txn.execute(
        "delete from lambda_invocation where account = ?1 and state = ?2 and id not in "
        "(select id from lambda_invocation where account = ?1 and state = ?2 order by due_ms desc limit ?3)",
        account, kFailed, kFailuresKept);
    return true;
}

std::int64_t count_invocations(store::ReadTxn& txn, const events::Scope& scope) {
    auto rows = txn.query(
        "select count(*) from lambda_invocation where (state = ?1 or (state = ?2 and due_ms <= ?3)) "
        "and (?4 = '' or account = ?4) and (?5 = '' or trace_id = ?5)",
        kLeased, kQueued, scope.due_ms, scope.account, scope.trace);
    return rows.next() ? rows->integer(0) : 0;
}

std::vector<events::Failure> list_failures(store::ReadTxn& txn, const events::Scope& scope) {
    std::vector<events::Failure> result;
    for (const auto& row : txn.query(
             "select account, region, name, qualifier, error, trace_id, due_ms from lambda_invocation "
             "where state = ?1 and (?2 = '' or account = ?2) and (?3 = '' or trace_id = ?3) order by due_ms",
             kFailed, scope.account, scope.trace)) {
        const FunctionReference function{std::string(row.text(0)), std::string(row.text(1)),
                                         std::string(row.text(2)), std::string(row.text(3))};
        result.push_back(
            {"invocation of " + function.qualified_arn() + " failed: " + std::string(row.text(4)),
             std::string(row.text(5)), row.integer(6)});
    }
    for (const auto& row : txn.query(
             "select account, region, name, qualifier, error, trace_id, due_ms from lambda_invocation "
             "where state <> ?1 and error <> '' and (?2 = '' or account = ?2) and (?3 = '' or trace_id = ?3) "
             "order by due_ms",
             kFailed, scope.account, scope.trace)) {
        const FunctionReference function{std::string(row.text(0)), std::string(row.text(1)),
                                         std::string(row.text(2)), std::string(row.text(3))};
        result.push_back({"invocation of " + function.qualified_arn() + " failed and is tried again at " +
                              format_iso8601(from_unix_millis(row.integer(6))) + ": " +
                              std::string(row.text(4)),
                          std::string(row.text(5)), row.integer(6)});
    }
    return result;
}

}  // namespace fogbank::lambda
