#include "services/dynamodb/backups.h"

#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "src/base/arn.h"
#include "src/base/clock.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
// docs: LatestRestorableDateTime "is typically 5 minutes before the current time".
constexpr std::int64_t kLatestAgoMs = 5LL * 60 * 1000;

api::SourceTableDetails source_details(const Backup& backup, const api::TableDescription& table) {
    api::SourceTableDetails out;
    out.TableName = backup.table.name;
    out.TableId = backup.table.id;
    out.TableArn = backup.table.arn;
    out.TableSizeBytes = backup.bytes;
    out.ItemCount = backup.items;
    out.KeySchema = table.KeySchema;
    out.TableCreationDateTime = table.CreationDateTime;
    out.ProvisionedThroughput.emplace();
    out.ProvisionedThroughput->ReadCapacityUnits = backup.table.throughput.read;
    out.ProvisionedThroughput->WriteCapacityUnits = backup.table.throughput.write;
    out.BillingMode = backup.table.is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED";
    return out;
}

api::SourceTableFeatureDetails feature_details(const Backup& backup, const api::TableDescription& table) {
    api::SourceTableFeatureDetails out;
    if (backup.type == "SYSTEM") return out;  // aws: empty
    if (table.LocalSecondaryIndexes) {
        out.LocalSecondaryIndexes.emplace();
        for (const auto& index : *table.LocalSecondaryIndexes) {
            api::LocalSecondaryIndexInfo& made = out.LocalSecondaryIndexes->emplace_back();
            made.IndexName = index.IndexName;
            made.KeySchema = index.KeySchema;
            made.Projection = index.Projection;
        }
    }
    if (table.GlobalSecondaryIndexes) {
        out.GlobalSecondaryIndexes.emplace();
        for (const auto& index : *table.GlobalSecondaryIndexes) {
            api::GlobalSecondaryIndexInfo& made = out.GlobalSecondaryIndexes->emplace_back();
            made.IndexName = index.IndexName;
            made.KeySchema = index.KeySchema;
            made.Projection = index.Projection;
            made.ProvisionedThroughput.emplace();
            made.ProvisionedThroughput->ReadCapacityUnits = index.ProvisionedThroughput->ReadCapacityUnits;
            made.ProvisionedThroughput->WriteCapacityUnits = index.ProvisionedThroughput->WriteCapacityUnits;
        }
    }
    out.StreamDescription = table.StreamSpecification;
    if (!backup.table.ttl_attribute.empty()) {
        out.TimeToLiveDescription.emplace();
        out.TimeToLiveDescription->TimeToLiveStatus = "ENABLED";
        out.TimeToLiveDescription->AttributeName = backup.table.ttl_attribute;
    }
    return out;
}

}  // namespace

RecoveryWindow recovery_window(const Table& table, std::int64_t now_ms) {
    const Recovery& recovery = table.recovery;
    RecoveryWindow out;
    out.earliest_ms = std::max(recovery.since_ms, now_ms - recovery.days * kDayMs);
    out.latest_ms = std::max(recovery.since_ms, now_ms - kLatestAgoMs);
    return out;
}

TablePtr require_source(store::ReadTxn& txn, const gateway::RequestContext& context,
                        const std::string& name) {
    TablePtr table = load_table(txn, context.account, context.region, name);
    if (table == nullptr || table->restoring) {
        throw errors::TableNotFoundException("Table not found: " + name);
    }
    return table;
}

Backup require_backup(store::ReadTxn& txn, const gateway::RequestContext& context, const std::string& arn,
                      const char* malformed) {
    const auto parsed = Arn::parse(arn);
    constexpr std::string_view kTable = "table/";
    constexpr std::string_view kBackup = "/backup/";
    if (!parsed || parsed->service() != "dynamodb" || !parsed->resource().starts_with(kTable)) {
        refuse(malformed);
    }
    std::string_view resource = parsed->resource();
    resource.remove_prefix(kTable.size());
    const std::size_t split = resource.find(kBackup);
    if (split == std::string_view::npos) refuse(malformed);
    if (parsed->account() != context.account) {
        throw errors::AccessDeniedException("User: " + context.principal.arn +
                                            " is not authorized to perform: dynamodb:" +
                                            std::string(context.operation->name) + " on resource: " + arn);
    }
    const BackupKey key{context.account, context.region, resource.substr(0, split),
                        resource.substr(split + kBackup.size())};
    auto found = find_backup(txn, key);
    if (!found) throw errors::BackupNotFoundException("Backup not found: " + arn);
    return std::move(*found);
}

std::string backup_id(std::int64_t now_ms, const std::string& suffix) {
    std::string digits = std::to_string(now_ms);
    constexpr std::size_t kWidth = 14;
    if (digits.size() < kWidth) digits.insert(0, kWidth - digits.size(), '0');
    return digits + "-" + suffix;
}

std::string backup_arn(const Backup& backup) {
    return backup.table.arn + "/backup/" + backup.id;
}

api::BackupDetails details_of(const Backup& backup) {
    api::BackupDetails out;
    out.BackupArn = backup_arn(backup);
    out.BackupName = backup.name;
    out.BackupSizeBytes = backup.bytes;
    out.BackupStatus = backup.status;
    out.BackupType = backup.type;
    out.BackupCreationDateTime = from_unix_millis(backup.created_ms);
    if (backup.expires_ms) out.BackupExpiryDateTime = from_unix_millis(*backup.expires_ms);
    return out;
}

api::BackupDescription description_of(const Backup& backup) {
    const api::TableDescription table = describe(backup.table, {"ACTIVE", {}, {}, {}});
    api::BackupDescription out;
    out.BackupDetails = details_of(backup);
    out.SourceTableDetails = source_details(backup, table);
    out.SourceTableFeatureDetails = feature_details(backup, table);
    return out;
}

}  // namespace fogbank::dynamodb
