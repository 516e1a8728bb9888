#include "services/dynamodb/backups.h"
#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/restore_table_from_backup.h"
#include "services/dynamodb/model/restore_table_to_point_in_time.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/copies.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/table_request.h"
#include "src/base/arn.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

void check_target(store::ReadTxn& txn, const RequestContext& context, const std::string& name) {
    const TablePtr known = load_table(txn, context.account, context.region, name);
    if (known == nullptr) return;
    if (!known->restoring) throw errors::TableAlreadyExistsException("Table already exists: " + name);
    const Restoring& from = *known->restoring;
    if (!from.is_restore()) throw errors::TableInUseException("Table is being used: " + name);
    throw errors::TableInUseException(
        "Table: " + name + " is already being restored from " +
        (from.backup_arn.empty() ? "table: " + from.table_arn : "backup: " + from.backup_arn));
}

template <class Input>
void check_overrides(const Input& input) {
    if (!input.VectorIndexOverride) return;
    refuse("VectorIndexOverride is not supported by Fogbank");
}

template <class Input>
void override_billing(const Input& input, Table& table, std::int64_t now_ms) {
    const auto& mode = input.BillingModeOverride;
    const auto& units = input.ProvisionedThroughputOverride;
    const bool becomes_on_demand = mode ? *mode == "PAY_PER_REQUEST" : table.is_on_demand;
    if (units && becomes_on_demand) {
        refuse("Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED");
    }
    if (mode == "PROVISIONED" && !units) {
        refuse("Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED");
    }
    if (becomes_on_demand) {
        if (!table.is_on_demand) table.on_demand_since_ms = now_ms;
        table.throughput = {};
        for (Index& index : table.indexes) index.throughput = {};
    }
    table.was_on_demand = table.was_on_demand || becomes_on_demand;
    table.is_on_demand = becomes_on_demand;
    if (units)
        table.throughput = {units->ReadCapacityUnits.value_or(0), units->WriteCapacityUnits.value_or(0)};
}

enum class IndexKind { local, global };

// Keeps the indexes that `given` names. aws: an empty list drops them all, none given keeps them all.
template <class Given>
void override_indexes(const std::optional<std::vector<Given>>& given, IndexKind kind, Table& table) {
    if (!given) return;
    const bool is_global = kind == IndexKind::global;
    for (const Given& wanted : *given) {
        const Index* known = table.find_index(*wanted.IndexName);
        if (known != nullptr && known->is_global == is_global) continue;
        refuse("Index " + *wanted.IndexName +
               " does not match a secondary index that existed in the source table and cannot be created "
               "during the restore operation");
    }
    std::erase_if(table.indexes, [&](const Index& index) {
        return index.is_global == is_global &&
               std::none_of(given->begin(), given->end(),
                            [&](const Given& wanted) { return *wanted.IndexName == index.name; });
    });
}

// Definitions that no key uses any more.
void drop_unused_definitions(Table& table) {
    std::erase_if(table.attributes, [&](const KeyAttribute& attribute) {
        return !table.keys.has(attribute.name) &&
               std::none_of(table.indexes.begin(), table.indexes.end(),
                            [&](const Index& index) { return index.keys.has(attribute.name); });
    });
}

struct Identity {
    std::string name;
    std::string arn;
    std::string id;
    std::int64_t now_ms = 0;
};

// aws: a restored table has its source's keys, indexes and billing, and nothing else of its settings
// (streams, time to live, recovery, tags, protection, policy, class).
template <class Input>
Table restored(const Table& source, const Input& input, const Identity& identity) {
    Table out;
    out.account = source.account;
    out.region = source.region;
    out.name = identity.name;
    out.arn = identity.arn;
    out.id = identity.id;
    out.created_ms = identity.now_ms;
    out.attributes = source.attributes;
    out.keys = source.keys;
    out.indexes = source.indexes;
    for (Index& index : out.indexes) index.is_filling = false;  // the copy fills them
    out.next_index = source.next_index;
    out.is_on_demand = source.is_on_demand;
    out.was_on_demand = source.was_on_demand;
    out.on_demand_since_ms = source.on_demand_since_ms;
    out.throughput = source.throughput;
    out.kms_key_arn = source.kms_key_arn;
    out.limits = source.limits;
    set_encryption(input.SSESpecificationOverride, out);
    override_billing(input, out, identity.now_ms);
    if (!out.is_on_demand) {
        out.limits = {};
        for (Index& index : out.indexes) index.limits = {};
    }
    set_limits(input.OnDemandThroughputOverride, out);
    override_indexes(input.GlobalSecondaryIndexOverride, IndexKind::global, out);
    override_indexes(input.LocalSecondaryIndexOverride, IndexKind::local, out);
    drop_unused_definitions(out);
    return out;
}

using PointInput = api::RestoreTableToPointInTime::Input;

std::string source_name(const RequestContext& context, const PointInput& input) {
    if (input.SourceTableArn && input.SourceTableName) {
        refuse("Must provide exactly one of: sourceTableArn, sourceTableName");
    }
    if (!input.SourceTableArn && !input.SourceTableName) refuse("The parameter 'TableName' is required");
    if (input.SourceTableName) return *input.SourceTableName;
    const auto arn = Arn::parse(*input.SourceTableArn);
    constexpr std::string_view kTable = "table/";
    if (!arn || arn->service() != "dynamodb" || !arn->resource().starts_with(kTable)) {
        refuse("sourceTableArn is not a valid ARN");
    }
    if (arn->account() != context.account) {
        refuse("This action is only supported by accounts that match the resource owner's account");
    }
    return std::string(arn->resource().substr(kTable.size()));
}

void check_times(const PointInput& input) {
    const bool is_latest = input.UseLatestRestorableTime.value_or(false);
    if (is_latest && input.RestoreDateTime) {
        refuse("Both RestoreDateTime and UseLatestRestorableTime cannot be set");
    }
    if (!is_latest && !input.RestoreDateTime) {
        refuse("Either one of RestoreDateTime or UseLatestRestorableTime must be specified");
    }
}

std::int64_t restore_time(const PointInput& input, const Table& source, std::int64_t now_ms) {
    if (source.recovery.since_ms == 0) {
        throw errors::PointInTimeRecoveryUnavailableException(
            "Point in time recovery is not enabled for table '" + source.name + "'");
    }
    const RecoveryWindow window = recovery_window(source, now_ms);
    if (!input.RestoreDateTime) return window.latest_ms;
    const std::int64_t wanted = unix_millis(*input.RestoreDateTime);
    // Requests carry whole seconds: the second in which recovery began belongs to the window.
    if (wanted >= window.earliest_ms / 1000 * 1000 && wanted <= window.latest_ms) return wanted;
    const auto text = [](std::int64_t ms) { return format_iso8601(from_unix_millis(ms)); };
    throw errors::InvalidRestoreTimeException(
        "RestoreDateTime: " + text(wanted) + " must be within EarliestRestorableDateTime: " +
        text(window.earliest_ms) + " and LatestRestorableDateTime: " + text(window.latest_ms));
}

}  // namespace

Task<api::RestoreTableFromBackup::Output> Service::restore_table_from_backup(
    const RequestContext& context, const api::RestoreTableFromBackup::Input& input) {
    check_overrides(input);
    const Identity identity{*input.TargetTableName,
                            context.arn("dynamodb", "table/" + *input.TargetTableName), entropy_.uuid(),
                            unix_millis(context.received_at)};
    auto body = [&](store::Txn& txn) {
        const Backup backup = require_backup(txn, context, *input.BackupArn, "Invalid Backup ARN");
        check_target(txn, context, identity.name);
        if (backup.status == "CREATING" || is_being_copied(txn, backup.place())) {
            throw errors::BackupInUseException("Backup is being used to restore another table: " +
                                               *input.BackupArn);
        }
        Table table = restored(backup.table, input, identity);
        table.restoring = Restoring{*input.BackupArn, backup.table.arn, backup.created_ms, {}, {}};
        insert_table(txn, table);
        start_copy(txn, {backup.place(), table.number, kUnchanging});
        return table;
    };
    const Table table = co_await database_.write(body);
    api::RestoreTableFromBackup::Output output;
    output.TableDescription = describe(table, {"CREATING", {}, {}, {}});
    co_return output;
}

Task<api::RestoreTableToPointInTime::Output> Service::restore_table_to_point_in_time(
    const RequestContext& context, const api::RestoreTableToPointInTime::Input& input) {
    check_overrides(input);
    const std::string from = source_name(context, input);
    check_times(input);
    own_table_name(tables_, context, from);
    const Identity identity{*input.TargetTableName,
                            context.arn("dynamodb", "table/" + *input.TargetTableName), entropy_.uuid(),
                            unix_millis(context.received_at)};
    auto body = [&](store::Txn& txn) {
        Table source = *require_source(txn, context, from);
        const std::int64_t time_ms = restore_time(input, source, identity.now_ms);
        check_target(txn, context, identity.name);
        Table table = restored(source, input, identity);
        table.restoring = Restoring{"", source.arn, time_ms, {}, {}};
        insert_table(txn, table);
        ++source.copies;
        store_table(txn, source);
        start_copy(txn, {source.number, table.number, history_at(txn, source.number, time_ms)});
        return std::pair(source, table);
    };
    const auto [source, table] = co_await database_.write(body);
    tables_.forget(source);
    api::RestoreTableToPointInTime::Output output;
    output.TableDescription = describe(table, {"CREATING", {}, {}, {}});
    co_return output;
}

}  // namespace fogbank::dynamodb
