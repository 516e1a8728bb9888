#include "services/dynamodb/replicas.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/store/copies.h"
#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodb/strong_groups.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr const char* kView = "NEW_AND_OLD_IMAGES";

bool has_replica(const Table& table, const std::string& region) {
    return std::find(table.replicas.begin(), table.replicas.end(), region) != table.replicas.end();
}

[[noreturn]] void refuse_unknown_replica() {
    refuse(
        "Update global table operation failed because one or more replicas were not part of the global "
        "table.");
}

// What Create and Update may set for one region.
template <class Action>
void apply_overrides(const Action& action, Table& replica) {
    if (action.TableClassOverride) replica.table_class = *action.TableClassOverride;
    if (action.KMSMasterKeyId) {
        replica.kms_key_arn = *action.KMSMasterKeyId;
        replica.overrides.kms_key = *action.KMSMasterKeyId;
    }
    if (action.ProvisionedThroughputOverride) {
        if (replica.is_on_demand) {
            refuse_parameter(
                "ProvisionedThroughputOverride cannot be specified when BillingMode is PAY_PER_REQUEST");
        }
        replica.overrides.reads = action.ProvisionedThroughputOverride->ReadCapacityUnits.value_or(0);
        replica.throughput.read = replica.overrides.reads;
    }
    if (action.OnDemandThroughputOverride) {
        replica.overrides.on_demand_reads =
            action.OnDemandThroughputOverride->MaxReadRequestUnits.value_or(0);
        replica.limits.reads = replica.overrides.on_demand_reads;
    }
    if (!action.GlobalSecondaryIndexes) return;
    for (const api::ReplicaGlobalSecondaryIndex& given : *action.GlobalSecondaryIndexes) {
        const auto index =
            std::find_if(replica.indexes.begin(), replica.indexes.end(),
                         [&](const Index& each) { return each.is_global && each.name == *given.IndexName; });
        if (index == replica.indexes.end()) refuse_parameter("Index not found: " + *given.IndexName);
        if (given.ProvisionedThroughputOverride) {
            index->read_override = given.ProvisionedThroughputOverride->ReadCapacityUnits.value_or(0);
            index->throughput.read = index->read_override;
        }
    }
}

// Stores what `change` makes of each other member.
template <class Change>
void change_others(store::Txn& txn, const Table& table, Change change) {
    for (Table& other : load_replicas(txn, table)) {
        change(other);
        store_table(txn, other);
    }
}

// docs: "Global tables: how it works": streams are enabled on all replicas that are eventually consistent.
void require_stream(store::Txn& txn, Table& table, std::int64_t now_ms) {
    if (table.is_streaming() && table.stream->view != kView) {
        refuse("The stream of a global table must have the view type NEW_AND_OLD_IMAGES");
    }
    if (!table.is_streaming()) open_stream(txn, table, kView, now_ms);
}

void create(store::Txn& txn, const api::CreateReplicationGroupMemberAction& action, const std::string& id,
            Table& table, std::int64_t now_ms) {
    const std::string& region = *action.RegionName;
    if (has_replica(table, region) || load_table(txn, table.account, region, table.name) != nullptr) {
        refuse("Failed to create a the new replica of table with name: '" + table.name +
               "' because one or more replicas already existed as tables.");
    }
    if (!table.is_strong) require_stream(txn, table, now_ms);
    std::erase_if(table.departures, [&](const Departure& each) { return each.region == region; });
    Table made = table;
    made.region = region;
    made.arn = "arn:aws:dynamodb:" + region + ":" + table.account + ":table/" + table.name;
    made.id = id;
    made.created_ms = now_ms;
    made.stream.reset();
    made.tags.clear();
    made.is_protected = false;
    made.insights.clear();
    made.recovery = {};
    made.restored.reset();
    made.copies = 0;
    made.destinations.clear();
    made.overrides = {};
    made.is_disassociable = false;
    made.departures.clear();
    for (Index& index : made.indexes) index.is_filling = false;  // the copy fills them
    // What is strongly consistent begins empty: there is nothing to copy.
    if (!table.is_strong) made.restoring.emplace().replica_of = table.arn;
    made.replicas.push_back(table.region);
    apply_overrides(action, made);
    change_others(txn, table, [&](Table& other) { other.replicas.push_back(region); });
    insert_table(txn, made);
    table.replicas.push_back(region);
    if (table.is_strong) return;
    open_stream(txn, made, kView, now_ms);
    store_table(txn, made);
    if (!made.ttl_attribute.empty()) start_filling_expiries(txn, made);
    ++table.copies;
    start_copy(txn, {table.number, made.number, last_history(txn)});
}

Table require_replica(store::ReadTxn& txn, const Table& table, const std::string& region) {
    const TablePtr found =
        has_replica(table, region) ? load_table(txn, table.account, region, table.name) : nullptr;
    if (found == nullptr) refuse_unknown_replica();
    return *found;
}

void erase(store::Txn& txn, const std::string& region, Table& table, std::int64_t now_ms) {
    Table replica = require_replica(txn, table, region);
    close_stream(txn, replica, now_ms);
    std::erase(table.replicas, region);
    change_others(txn, table, [&](Table& other) { std::erase(other.replicas, region); });
    erase_table(txn, replica);
}

// The table and the others go on by themselves; what was written before still reaches both sides.
void disassociate(store::Txn& txn, Table& table) {
    if (table.replicas.empty() || table.is_strong) {
        refuse(
            "Disassociate is only supported for a replica of a global table of version 2019.11.21 with "
            "multi-Region eventual consistency");
    }
    if (!table.is_disassociable) {
        refuse(
            "Replica cannot be disassociated as it is currently protected against disassociation. Disable "
            "disassociation protection first.");
    }
    const std::int64_t last = current_sequence(txn, table.number);
    for (Table& other : load_replicas(txn, table)) {
        table.departures.push_back({other.region, current_sequence(txn, other.number)});
        other.departures.push_back({table.region, last});
        std::erase(other.replicas, table.region);
        if (other.replicas.empty()) other.is_disassociable = false;
        store_table(txn, other);
    }
    table.replicas.clear();
    table.is_disassociable = false;
}

void check_disassociate(const api::UpdateTableInput& input, const std::string& given,
                        const std::string& region) {
    if (input.ReplicaUpdates->size() != 1) {
        refuse("Disassociate must be the only update of ReplicaUpdates");
    }
    if (given != region) {
        refuse("Disassociate is for the replica in the region of the request: " + region);
    }
}

}  // namespace

void check_replica_updates(const api::UpdateTableInput& input, const std::string& region) {
    if (input.BillingMode || input.ProvisionedThroughput || input.GlobalSecondaryIndexUpdates ||
        input.StreamSpecification || input.TableClass || input.DeletionProtectionEnabled ||
        input.SSESpecification || input.OnDemandThroughput || input.WarmThroughput ||
        input.DisassociationProtectionEnabled) {
        refuse("ReplicaUpdates cannot be combined with other changes of a table");
    }
    for (const api::ReplicationGroupUpdate& update : *input.ReplicaUpdates) {
        const int actions = (update.Create ? 1 : 0) + (update.Update ? 1 : 0) + (update.Delete ? 1 : 0) +
                            (update.Disassociate ? 1 : 0);
        if (actions != 1) {
            refuse(
                "Exactly one of Create, Update, Delete and Disassociate must be specified in ReplicaUpdates");
        }
        if (update.Disassociate) {
            check_disassociate(input, *update.Disassociate->RegionName, region);
            continue;
        }
        const std::string& given = update.Create   ? *update.Create->RegionName
                                   : update.Update ? *update.Update->RegionName
                                                   : *update.Delete->RegionName;
        if (given == region) {
            refuse(
                "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, "
                "DeleteTable, or UpdateTable as required.");
        }
    }
}

void update_replicas(store::Txn& txn, const api::UpdateTableInput& input, const std::vector<std::string>& ids,
                     Table& table, std::int64_t now_ms) {
    take_consistency(txn, input, table);
    std::size_t next_id = 0;
    for (const api::ReplicationGroupUpdate& update : *input.ReplicaUpdates) {
        const std::string& id = ids.at(next_id++);
        if (update.Create) create(txn, *update.Create, id, table, now_ms);
        if (update.Delete) erase(txn, *update.Delete->RegionName, table, now_ms);
        if (update.Disassociate) disassociate(txn, table);
        if (!update.Update) continue;
        Table replica = require_replica(txn, table, *update.Update->RegionName);
        apply_overrides(*update.Update, replica);
        store_table(txn, replica);
    }
    if (table.replicas.empty()) {
        table.is_strong = false;
        table.witness.clear();
    }
    store_table(txn, table);
}

void leave_group(store::Txn& txn, const Table& table) {
    change_others(txn, table, [&](Table& other) { std::erase(other.replicas, table.region); });
}

api::ReplicaDescription describe_replica(const Table& replica) {
    api::ReplicaDescription out;
    out.RegionName = replica.region;
    out.ReplicaStatus = replica.restoring ? "CREATING" : "ACTIVE";
    out.ReplicaArn = replica.arn;
    out.GlobalTableSettingsReplicationMode = kSameAccountMode;
    if (!replica.overrides.kms_key.empty()) out.KMSMasterKeyId = replica.overrides.kms_key;
    if (replica.overrides.reads != 0) {
        out.ProvisionedThroughputOverride.emplace();
        out.ProvisionedThroughputOverride->ReadCapacityUnits = replica.overrides.reads;
    }
    if (replica.overrides.on_demand_reads != 0) {
        out.OnDemandThroughputOverride.emplace();
        out.OnDemandThroughputOverride->MaxReadRequestUnits = replica.overrides.on_demand_reads;
    }
    if (!replica.table_class.empty()) {
        out.ReplicaTableClassSummary.emplace();
        out.ReplicaTableClassSummary->TableClass = replica.table_class;
    }
    for (const Index& index : replica.indexes) {
        if (!index.is_global) continue;
        if (!out.GlobalSecondaryIndexes) out.GlobalSecondaryIndexes.emplace();
        auto& made = out.GlobalSecondaryIndexes->emplace_back();
        made.IndexName = index.name;
        if (index.read_override == 0) continue;
        made.ProvisionedThroughputOverride.emplace();
        made.ProvisionedThroughputOverride->ReadCapacityUnits = index.read_override;
    }
    return out;
}

}  // namespace fogbank::dynamodb
