#include "services/dynamodb/backups.h"

#include "services/dynamodb/model/create_backup.h"
#include "services/dynamodb/model/delete_backup.h"
#include "services/dynamodb/model/describe_backup.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/list_backups.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/copies.h"
#include "services/dynamodb/store/history.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kDefaultLimit = 100;

// The place of the last backup that the client saw.
void start_after(store::ReadTxn& txn, const RequestContext& context, const std::string& arn,
                 BackupFilter& filter) {
    const Backup last = require_backup(txn, context, arn, "Invalid ExclusiveStartBackupArn");
    filter.after_ms = last.created_ms;
    filter.after_number = last.number;
}

BackupFilter filter_of(const RequestContext& context, const api::ListBackups::Input& input) {
    BackupFilter filter;
    filter.account = context.account;
    filter.region = context.region;
    if (input.TableName) filter.table_name = own_table_name(context, *input.TableName);
    filter.type = input.BackupType.value_or("USER");  // aws: SYSTEM ones only where asked for
    if (filter.type == "ALL") filter.type.clear();
    if (input.TimeRangeLowerBound) filter.from_ms = unix_millis(*input.TimeRangeLowerBound);
    if (input.TimeRangeUpperBound) filter.below_ms = unix_millis(*input.TimeRangeUpperBound);
    if (filter.below_ms != 0 && filter.from_ms > filter.below_ms) {
        refuse("TimeRangeLowerBound must be before TimeRangeUpperBound");
    }
    return filter;
}

api::BackupSummary summary_of(const Backup& backup) {
    api::BackupSummary out;
    out.TableName = backup.table.name;
    out.TableId = backup.table.id;
    out.TableArn = backup.table.arn;
    out.BackupArn = backup_arn(backup);
    out.BackupName = backup.name;
    out.BackupCreationDateTime = from_unix_millis(backup.created_ms);
    if (backup.expires_ms) out.BackupExpiryDateTime = from_unix_millis(*backup.expires_ms);
    out.BackupStatus = backup.status;
    out.BackupType = backup.type;
    out.BackupSizeBytes = backup.bytes;
    return out;
}

}  // namespace

Task<api::CreateBackup::Output> Service::create_backup(const RequestContext& context,
                                                       const api::CreateBackup::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const std::int64_t now_ms = unix_millis(context.received_at);
    constexpr std::size_t kSuffix = 8;
    const std::string id = backup_id(now_ms, entropy_.hex(kSuffix));
    auto body = [&](store::Txn& txn) {
        Table table = *require_source(txn, context, name);
        const TableCounts counts = count_table(txn, table);
        Backup backup;
        backup.id = id;
        backup.name = *input.BackupName;
        backup.type = "USER";
        backup.status = "CREATING";
        backup.created_ms = now_ms;
        backup.items = counts.items;
        backup.bytes = counts.bytes;
        backup.table = table;
        insert_backup(txn, backup);
        // From now on writers keep what the backup has still to copy.
        ++table.copies;
        store_table(txn, table);
        start_copy(txn, {table.number, backup.place(), last_history(txn)});
        return backup;
    };
    const Backup backup = co_await database_.write(body);
    tables_.forget(backup.table);
    api::CreateBackup::Output output;
    output.BackupDetails = details_of(backup);
    co_return output;
}

api::DescribeBackup::Output Service::describe_backup(const RequestContext& context,
                                                     const api::DescribeBackup::Input& input) {
    const Backup backup = database_.read([&](store::ReadTxn& txn) {
        return require_backup(txn, context, *input.BackupArn, "BackupArn is not valid");
    });
    api::DescribeBackup::Output output;
    output.BackupDescription = description_of(backup);
    return output;
}

Task<api::ListBackups::Output> Service::list_backups(const RequestContext& context,
                                                     const api::ListBackups::Input& input) {
    BackupFilter filter = filter_of(context, input);
    const std::int64_t limit = input.Limit ? *input.Limit : kDefaultLimit;
    auto body = [&](store::ReadTxn& txn) {
        BackupFilter given = filter;
        if (input.ExclusiveStartBackupArn) start_after(txn, context, *input.ExclusiveStartBackupArn, given);
        return dynamodb::list_backups(txn, given, limit + 1);
    };
    std::vector<Backup> found = co_await database_.read_in_pool(body);
    const bool has_more = static_cast<std::int64_t>(found.size()) > limit;
    if (has_more) found.pop_back();
    api::ListBackups::Output output;
    output.BackupSummaries.emplace();
    for (const Backup& backup : found) output.BackupSummaries->push_back(summary_of(backup));
    if (has_more) output.LastEvaluatedBackupArn = backup_arn(found.back());
    co_return output;
}

Task<api::DeleteBackup::Output> Service::delete_backup(const RequestContext& context,
                                                       const api::DeleteBackup::Input& input) {
    auto body = [&](store::Txn& txn) {
        Backup backup = require_backup(txn, context, *input.BackupArn, "BackupArn is not valid");
        if (backup.type == "SYSTEM") refuse("System backups cannot be deleted: " + *input.BackupArn);
        if (is_being_copied(txn, backup.place())) {
            throw errors::BackupInUseException("Backup is being used to restore table: " + *input.BackupArn);
        }
        if (backup.status == "CREATING") {
            throw errors::BackupInUseException("Backup is being created: " + *input.BackupArn);
        }
        erase_backup(txn, backup);
        backup.status = "DELETED";
        return backup;
    };
    const Backup backup = co_await database_.write(body);
    api::DeleteBackup::Output output;
    output.BackupDescription = description_of(backup);
    co_return output;
}

}  // namespace fogbank::dynamodb
