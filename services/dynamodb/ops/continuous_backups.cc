#include "services/dynamodb/backups.h"
#include "services/dynamodb/model/describe_continuous_backups.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/update_continuous_backups.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/history.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kDefaultDays = 35;  // docs: "RecoveryPeriodInDays ... default 35"

api::ContinuousBackupsDescription description_of(const Table& table, std::int64_t now_ms) {
    api::ContinuousBackupsDescription out;
    out.ContinuousBackupsStatus = "ENABLED";  // docs: "enabled on all tables at table creation"
    api::PointInTimeRecoveryDescription& recovery = out.PointInTimeRecoveryDescription.emplace();
    recovery.PointInTimeRecoveryStatus = table.recovery.since_ms != 0 ? "ENABLED" : "DISABLED";
    if (table.recovery.since_ms == 0) return out;
    const RecoveryWindow window = recovery_window(table, now_ms);
    recovery.EarliestRestorableDateTime = from_unix_millis(window.earliest_ms);
    recovery.LatestRestorableDateTime = from_unix_millis(window.latest_ms);
    recovery.RecoveryPeriodInDays = static_cast<std::int32_t>(table.recovery.days);
    return out;
}

}  // namespace

Task<api::UpdateContinuousBackups::Output> Service::update_continuous_backups(
    const RequestContext& context, const api::UpdateContinuousBackups::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const api::PointInTimeRecoverySpecification& wanted = *input.PointInTimeRecoverySpecification;
    const std::int64_t now_ms = unix_millis(context.received_at);
    if (!*wanted.PointInTimeRecoveryEnabled && wanted.RecoveryPeriodInDays) {
        refuse("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
    }
    auto body = [&](store::Txn& txn) {
        Table table = *require_source(txn, context, name);
        if (!*wanted.PointInTimeRecoveryEnabled) {
            table.recovery = {};
        } else {
            if (table.recovery.since_ms == 0) table.recovery = {now_ms, kDefaultDays};
            if (wanted.RecoveryPeriodInDays) table.recovery.days = *wanted.RecoveryPeriodInDays;
        }
        store_table(txn, table);
        if (!table.keeps_history()) start_erasing_history(txn, table.number);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    api::UpdateContinuousBackups::Output output;
    output.ContinuousBackupsDescription = description_of(table, now_ms);
    co_return output;
}

api::DescribeContinuousBackups::Output Service::describe_continuous_backups(
    const RequestContext& context, const api::DescribeContinuousBackups::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const TablePtr table =
        database_.read([&](store::ReadTxn& txn) { return require_source(txn, context, name); });
    api::DescribeContinuousBackups::Output output;
    output.ContinuousBackupsDescription = description_of(*table, unix_millis(context.received_at));
    return output;
}

}  // namespace fogbank::dynamodb
