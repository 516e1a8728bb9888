#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/backups.h"
#include "services/dynamodb/describe.h"
#include "services/dynamodb/legacy_groups.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/replicas.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/copies.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodb/strong_groups.h"

namespace fogbank::dynamodb {
namespace {

// docs: deleting a table with point-in-time recovery makes a system backup, kept for 35 days. The erased
// table's items stay until they are copied.
void back_up(store::Txn& txn, const Table& table, const TableCounts& counts, std::int64_t now_ms) {
    constexpr std::int64_t kKeptMs = 35LL * 24 * 60 * 60 * 1000;
    Backup backup;
    backup.id = backup_id(now_ms, "00000000");
    backup.name = table.name + "$DeletedTableBackup";
    backup.type = "SYSTEM";
    backup.status = "CREATING";
    backup.created_ms = now_ms;
    backup.expires_ms = now_ms + kKeptMs;
    backup.items = counts.items;
    backup.bytes = counts.bytes;
    backup.table = table;
    insert_backup(txn, backup);
    start_copy(txn, {table.number, backup.place(), kUnchanging});
}

}  // namespace

Task<api::DeleteTable::Output> Service::delete_table(const RequestContext& context,
                                                     const api::DeleteTable::Input& input) {
    const NamedTable named = permitted_table(tables_, context, *input.TableName);
    const std::string& name = named.name;
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto body = [&](store::Txn& txn) {
        const TablePtr found = load_table(txn, named.account, context.region, name);
        if (found == nullptr) {
            throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                    " not found");
        }
        if (found->restoring) {
            throw errors::ResourceInUseException(
                "Attempt to change a resource which is still in use: Table is being created: " + name);
        }
        if (found->is_protected) {
            refuse(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                "protection first.");
        }
        refuse_strong(*found, "Deleting one replica alone is not supported");
        Table table = *found;
        close_stream(txn, table, now_ms);
        const TableCounts counts = count_table(txn, table);
        leave_group(txn, table);
        leave_legacy_group(txn, table);
        erase_table(txn, table);
        if (table.recovery.since_ms != 0) back_up(txn, table, counts, now_ms);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    api::DeleteTable::Output output;
    output.TableDescription = describe(table, {"DELETING", {}, {}, {}});
    co_return output;
}

}  // namespace fogbank::dynamodb
