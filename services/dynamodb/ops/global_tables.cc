// Global tables of the legacy version 2017.11.29.
#include "services/dynamodb/legacy_groups.h"
#include "services/dynamodb/model/create_global_table.h"
#include "services/dynamodb/model/describe_global_table.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/list_global_tables.h"
#include "services/dynamodb/model/update_global_table.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"

#include <set>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kDefaultLimit = 100;  // docs: ListGlobalTables, Limit

std::vector<std::string> regions_of(const std::vector<api::Replica>& group) {
    if (group.empty()) refuse_parameter("ReplicationGroup must name at least one region");
    std::vector<std::string> out;
    std::set<std::string> seen;
    for (const api::Replica& replica : group) {
        if (!replica.RegionName) refuse_parameter("RegionName of a replica must not be null");
        if (!seen.insert(*replica.RegionName).second) {
            refuse_parameter("ReplicationGroup names region " + *replica.RegionName + " more than once");
        }
        out.push_back(*replica.RegionName);
    }
    return out;
}

GroupChange change_of(const std::vector<api::ReplicaUpdate>& updates) {
    if (updates.empty()) refuse_parameter("ReplicaUpdates must not be empty");
    GroupChange out;
    std::set<std::string> seen;
    for (const api::ReplicaUpdate& update : updates) {
        if (update.Create.has_value() == update.Delete.has_value()) {
            refuse_parameter("Exactly one of Create and Delete must be specified in ReplicaUpdates");
        }
        const std::string& region = update.Create ? *update.Create->RegionName : *update.Delete->RegionName;
        if (!seen.insert(region).second) {
            refuse_parameter("ReplicaUpdates names region " + region + " more than once");
        }
        (update.Create ? out.added : out.removed).push_back(region);
    }
    return out;
}

}  // namespace

Task<api::CreateGlobalTable::Output> Service::create_global_table(
    const RequestContext& context, const api::CreateGlobalTable::Input& input) {
    const std::string name = own_table_name(context, *input.GlobalTableName);
    const std::vector<std::string> regions = regions_of(*input.ReplicationGroup);
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto body = [&](store::Txn& txn) { return create_group(txn, context.account, name, regions, now_ms); };
    const Group group = co_await database_.write(body);
    for (const Table& member : group) tables_.forget(member);
    api::CreateGlobalTable::Output output;
    output.GlobalTableDescription =
        describe_group(context.account, name, *group.front().legacy_group, "CREATING");
    co_return output;
}

Task<api::ListGlobalTables::Output> Service::list_global_tables(const RequestContext& context,
                                                                const api::ListGlobalTables::Input& input) {
    const std::int64_t limit = input.Limit ? *input.Limit : kDefaultLimit;
    const std::string region = input.RegionName.value_or("");
    const std::string after = input.ExclusiveStartGlobalTableName.value_or("");
    auto body = [&](store::ReadTxn& txn) {
        std::vector<api::GlobalTable> found;
        for (std::string& name : list_groups(txn, context.account, region, after, limit + 1)) {
            api::GlobalTable& made = found.emplace_back();
            made.ReplicationGroup.emplace();
            for (const Table& member : load_group(txn, context.account, name)) {
                made.ReplicationGroup->emplace_back().RegionName = member.region;
            }
            made.GlobalTableName = std::move(name);
        }
        return found;
    };
    // Every table of the account may have to be looked at.
    api::ListGlobalTables::Output output;
    output.GlobalTables = co_await database_.read_in_pool(body);
    if (static_cast<std::int64_t>(output.GlobalTables->size()) > limit) {
        output.GlobalTables->pop_back();
        output.LastEvaluatedGlobalTableName = output.GlobalTables->back().GlobalTableName;
    }
    co_return output;
}

api::DescribeGlobalTable::Output Service::describe_global_table(
    const RequestContext& context, const api::DescribeGlobalTable::Input& input) {
    const std::string name = own_table_name(context, *input.GlobalTableName);
    const Group group =
        database_.read([&](store::ReadTxn& txn) { return require_group(txn, context.account, name); });
    api::DescribeGlobalTable::Output output;
    output.GlobalTableDescription =
        describe_group(context.account, name, *group.front().legacy_group, "ACTIVE");
    return output;
}

Task<api::UpdateGlobalTable::Output> Service::update_global_table(
    const RequestContext& context, const api::UpdateGlobalTable::Input& input) {
    const std::string name = own_table_name(context, *input.GlobalTableName);
    const GroupChange change = change_of(*input.ReplicaUpdates);
    auto body = [&](store::Txn& txn) { return change_group(txn, context.account, name, change); };
    const ChangedGroup changed = co_await database_.write(body);
    for (const Table& member : changed.group) tables_.forget(member);
    for (const Table& left : changed.left) tables_.forget(left);
    api::UpdateGlobalTable::Output output;
    output.GlobalTableDescription =
        describe_group(context.account, name, changed.as, changed.group.empty() ? "DELETING" : "UPDATING");
    co_return output;
}

}  // namespace fogbank::dynamodb
