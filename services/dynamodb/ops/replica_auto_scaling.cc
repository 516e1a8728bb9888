// Auto scaling of the replicas of global tables (version 2019.11.21).
#include "services/dynamodb/model/describe_table_replica_auto_scaling.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/update_table_replica_auto_scaling.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/scaling.h"
#include "services/dynamodb/service.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

api::ReplicaAutoScalingDescription scaling_of(const Table& replica) {
    api::ReplicaAutoScalingDescription out;
    out.RegionName = replica.region;
    out.ReplicaStatus = replica.restoring ? "CREATING" : "ACTIVE";
    out.ReplicaProvisionedReadCapacityAutoScalingSettings = describe_scaling(replica.read_scaling);
    out.ReplicaProvisionedWriteCapacityAutoScalingSettings = describe_scaling(replica.write_scaling);
    out.GlobalSecondaryIndexes.emplace();
    for (const Index& index : replica.indexes) {
        if (!index.is_global) continue;
        auto& made = out.GlobalSecondaryIndexes->emplace_back();
        made.IndexName = index.name;
        made.IndexStatus = index.is_filling ? "CREATING" : "ACTIVE";
        made.ProvisionedReadCapacityAutoScalingSettings = describe_scaling(index.read_scaling);
        made.ProvisionedWriteCapacityAutoScalingSettings = describe_scaling(index.write_scaling);
    }
    return out;
}

api::TableAutoScalingDescription scaling_of_all(const std::vector<Table>& members, const char* status) {
    api::TableAutoScalingDescription out;
    out.TableName = members.front().name;
    out.TableStatus = members.front().restoring ? "CREATING" : status;
    out.Replicas.emplace();
    for (const Table& member : members) out.Replicas->push_back(scaling_of(member));
    return out;
}

// The table and its replicas.
std::vector<Table> load_members(store::ReadTxn& txn, const RequestContext& context, const std::string& name) {
    const TablePtr table = load_table(txn, context.account, context.region, name);
    if (table == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                " not found");
    }
    std::vector<Table> out{*table};
    for (Table& replica : load_replicas(txn, *table)) out.push_back(std::move(replica));
    return out;
}

Index& require_index(Table& table, const std::optional<std::string>& name) {
    for (Index& index : table.indexes) {
        if (index.is_global && index.name == name) return index;
    }
    throw errors::ResourceNotFoundException("Requested resource not found: Index " + name.value_or("") +
                                            " for table " + table.name);
}

void update_scaling(const api::UpdateTableReplicaAutoScaling::Input& input, std::vector<Table>& members) {
    if (members.front().is_on_demand) {
        refuse_parameter("Auto scaling cannot be specified when BillingMode is PAY_PER_REQUEST");
    }
    // What scales writes is the same in all regions.
    for (Table& member : members) {
        apply_scaling(input.ProvisionedWriteCapacityAutoScalingUpdate, member.write_scaling);
        if (!input.GlobalSecondaryIndexUpdates) continue;
        for (const auto& update : *input.GlobalSecondaryIndexUpdates) {
            apply_scaling(update.ProvisionedWriteCapacityAutoScalingUpdate,
                          require_index(member, update.IndexName).write_scaling);
        }
    }
    if (!input.ReplicaUpdates) return;
    for (const auto& update : *input.ReplicaUpdates) {
        const auto member = std::find_if(members.begin(), members.end(), [&](const Table& each) {
            return each.region == *update.RegionName;
        });
        if (member == members.end()) refuse("Replica not found in region: " + *update.RegionName);
        apply_scaling(update.ReplicaProvisionedReadCapacityAutoScalingUpdate, member->read_scaling);
        if (!update.ReplicaGlobalSecondaryIndexUpdates) continue;
        for (const auto& each : *update.ReplicaGlobalSecondaryIndexUpdates) {
            apply_scaling(each.ProvisionedReadCapacityAutoScalingUpdate,
                          require_index(*member, each.IndexName).read_scaling);
        }
    }
}

}  // namespace

api::DescribeTableReplicaAutoScaling::Output Service::describe_table_replica_auto_scaling(
    const RequestContext& context, const api::DescribeTableReplicaAutoScaling::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const std::vector<Table> members =
        database_.read([&](store::ReadTxn& txn) { return load_members(txn, context, name); });
    api::DescribeTableReplicaAutoScaling::Output output;
    output.TableAutoScalingDescription = scaling_of_all(members, "ACTIVE");
    return output;
}

Task<api::UpdateTableReplicaAutoScaling::Output> Service::update_table_replica_auto_scaling(
    const RequestContext& context, const api::UpdateTableReplicaAutoScaling::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    auto body = [&](store::Txn& txn) {
        std::vector<Table> members = load_members(txn, context, name);
        update_scaling(input, members);
        for (Table& member : members) store_table(txn, member);
        return members;
    };
    const std::vector<Table> members = co_await database_.write(body);
    for (const Table& member : members) tables_.forget(member);
    api::UpdateTableReplicaAutoScaling::Output output;
    output.TableAutoScalingDescription = scaling_of_all(members, "UPDATING");
    co_return output;
}

}  // namespace fogbank::dynamodb
