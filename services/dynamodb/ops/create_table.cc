#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/policies.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodb/table_request.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kMaxTables = 2500;  // docs: "Service, account, and table quotas", tables per Region

}  // namespace

Task<api::CreateTable::Output> Service::create_table(const RequestContext& context,
                                                     const api::CreateTable::Input& input) {
    Table wanted = table_of(input);
    const std::optional<std::string> view = view_of(input.StreamSpecification);
    const std::int64_t now_ms = unix_millis(context.received_at);
    wanted.account = context.account;
    wanted.region = context.region;
    wanted.arn = context.arn("dynamodb", "table/" + wanted.name);
    wanted.id = entropy_.uuid();
    wanted.created_ms = now_ms;
    if (wanted.is_on_demand) wanted.on_demand_since_ms = now_ms;
    set_encryption(input.SSESpecification, wanted);
    if (input.ResourcePolicy) check_policy(*input.ResourcePolicy);

    auto body = [&](store::Txn& txn) {
        if (const TablePtr known = load_table(txn, wanted.account, wanted.region, wanted.name)) {
            if (known->restoring) throw errors::ResourceInUseException("Table is being used: " + wanted.name);
            throw errors::ResourceInUseException("Table already exists: " + wanted.name);
        }
        if (count_tables(txn, wanted.account, wanted.region) >= kMaxTables) {
            throw errors::LimitExceededException(
                "Subscriber limit exceeded: There is a limit of 2500 tables per subscriber");
        }
        Table table = wanted;
        insert_table(txn, table);
        if (input.ResourcePolicy) {
            store_policy(txn, {table.number, {}}, {std::to_string(now_ms), *input.ResourcePolicy});
        }
        if (view) {
            open_stream(txn, table, *view, now_ms);
            store_table(txn, table);
        }
        return table;
    };
    const Table table = co_await database_.write(body);
    api::CreateTable::Output output;
    output.TableDescription = describe(table, {"CREATING", {}, {}, {}});
    co_return output;
}

}  // namespace fogbank::dynamodb
