#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/streams.h"

namespace fogbank::dynamodb {

Task<api::DeleteTable::Output> Service::delete_table(const RequestContext& context,
                                                     const api::DeleteTable::Input& input) {
    const std::string name = table_name(*input.TableName);
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto body = [&](store::Txn& txn) {
        const TablePtr found = load_table(txn, context.account, context.region, name);
        if (found == nullptr) {
            throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                    " not found");
        }
        if (found->is_protected) {
            refuse(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                "protection first.");
        }
        Table table = *found;
        close_stream(txn, table, now_ms);
        erase_table(txn, table);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    api::DeleteTable::Output output;
    output.TableDescription = describe(table, {"DELETING", {}, {}});
    co_return output;
}

}  // namespace fogbank::dynamodb
