// Global tables of the legacy version 2017.11.29, of which there are none, and auto scaling of the current
// one.
#include "services/dynamodb/model/create_global_table.h"
#include "services/dynamodb/model/describe_global_table.h"
#include "services/dynamodb/model/describe_global_table_settings.h"
#include "services/dynamodb/model/describe_table_replica_auto_scaling.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/list_global_tables.h"
#include "services/dynamodb/model/update_global_table.h"
#include "services/dynamodb/model/update_global_table_settings.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"

namespace fogbank::dynamodb {
namespace {

[[noreturn]] void refuse_global_table(const std::string& name) {
    throw errors::GlobalTableNotFoundException("Global table not found: Global table with name: '" + name +
                                               "' does not exist.");
}

api::ReplicaAutoScalingDescription scaling_of(const Table& replica) {
    api::ReplicaAutoScalingDescription out;
    out.RegionName = replica.region;
    out.ReplicaStatus = replica.restoring ? "CREATING" : "ACTIVE";
    out.GlobalSecondaryIndexes.emplace();
    for (const Index& index : replica.indexes) {
        if (!index.is_global) continue;
        auto& made = out.GlobalSecondaryIndexes->emplace_back();
        made.IndexName = index.name;
        made.IndexStatus = index.is_filling ? "CREATING" : "ACTIVE";
    }
    return out;
}

}  // namespace

api::CreateGlobalTable::Output Service::create_global_table(const RequestContext&,
                                                            const api::CreateGlobalTable::Input&) {
    refuse(
        "Global tables of version 2017.11.29 are not supported by Fogbank: use UpdateTable with "
        "ReplicaUpdates (version 2019.11.21)");
}

api::ListGlobalTables::Output Service::list_global_tables(const RequestContext&,
                                                          const api::ListGlobalTables::Input&) {
    api::ListGlobalTables::Output output;
    output.GlobalTables.emplace();
    return output;
}

api::DescribeGlobalTable::Output Service::describe_global_table(
    const RequestContext&, const api::DescribeGlobalTable::Input& input) {
    refuse_global_table(*input.GlobalTableName);
}

api::UpdateGlobalTable::Output Service::update_global_table(const RequestContext&,
                                                            const api::UpdateGlobalTable::Input& input) {
    refuse_global_table(*input.GlobalTableName);
}

api::DescribeGlobalTableSettings::Output Service::describe_global_table_settings(
    const RequestContext&, const api::DescribeGlobalTableSettings::Input& input) {
    refuse_global_table(*input.GlobalTableName);
}

api::UpdateGlobalTableSettings::Output Service::update_global_table_settings(
    const RequestContext&, const api::UpdateGlobalTableSettings::Input& input) {
    refuse_global_table(*input.GlobalTableName);
}

api::DescribeTableReplicaAutoScaling::Output Service::describe_table_replica_auto_scaling(
    const RequestContext& context, const api::DescribeTableReplicaAutoScaling::Input& input) {
    const std::string name = table_name(*input.TableName);
    std::vector<Table> replicas;
    const TablePtr table = database_.read([&](store::ReadTxn& txn) {
        TablePtr found = load_table(txn, context.account, context.region, name);
        if (found != nullptr) replicas = load_replicas(txn, *found);
        return found;
    });
    if (table == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                " not found");
    }
    api::DescribeTableReplicaAutoScaling::Output output;
    api::TableAutoScalingDescription& out = output.TableAutoScalingDescription.emplace();
    out.TableName = name;
    out.TableStatus = table->restoring ? "CREATING" : "ACTIVE";
    out.Replicas.emplace();
    for (const Table& replica : replicas) out.Replicas->push_back(scaling_of(replica));
    return output;
}

}  // namespace fogbank::dynamodb
