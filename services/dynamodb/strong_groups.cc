#include "services/dynamodb/strong_groups.h"

#include "services/dynamodb/refuse.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kRegions = 3;

// docs: CreateGlobalTableWitnessGroupMemberAction: the replicas and the witness are in one of these.
const std::array<std::set<std::string>, 3>& region_sets() {
    static const std::array<std::set<std::string>, 3> kSets = {
        std::set<std::string>{"us-east-1", "us-east-2", "us-west-2"},
        std::set<std::string>{"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"},
        std::set<std::string>{"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}};
    return kSets;
}

struct Wanted {
    std::set<std::string> created;  // regions of replicas
    std::set<std::string> deleted;
    std::string created_witness;
    std::string deleted_witness;
};

Wanted wanted_of(const api::UpdateTableInput& input) {
    Wanted out;
    for (const api::ReplicationGroupUpdate& update : *input.ReplicaUpdates) {
        if (update.Create) out.created.insert(*update.Create->RegionName);
        if (update.Delete) out.deleted.insert(*update.Delete->RegionName);
    }
    if (!input.GlobalTableWitnessUpdates) return out;
    for (const api::GlobalTableWitnessGroupUpdate& update : *input.GlobalTableWitnessUpdates) {
        if (update.Create.has_value() == update.Delete.has_value()) {
            refuse("Exactly one of Create and Delete must be specified in GlobalTableWitnessUpdates");
        }
        if (update.Create) out.created_witness = *update.Create->RegionName;
        if (update.Delete) out.deleted_witness = *update.Delete->RegionName;
    }
    return out;
}

void check_regions(const Wanted& wanted, const Table& table) {
    std::set<std::string> all = wanted.created;
    all.insert(table.region);
    if (!wanted.created_witness.empty() && !all.insert(wanted.created_witness).second) {
        refuse("The witness must be in a region without a replica: " + wanted.created_witness);
    }
    if (all.size() != kRegions || wanted.created.empty()) {
        refuse(
            "A global table with MultiRegionConsistency STRONG must have exactly three replicas, or two "
            "replicas and a witness");
    }
    const auto& sets = region_sets();
    const bool is_one_set = std::any_of(sets.begin(), sets.end(), [&](const std::set<std::string>& each) {
        return std::includes(each.begin(), each.end(), all.begin(), all.end());
    });
    if (!is_one_set) {
        refuse(
            "The regions of a global table with MultiRegionConsistency STRONG must be in the same Region "
            "set");
    }
}

void make_strong(store::ReadTxn& txn, const Wanted& wanted, Table& table) {
    if (!table.replicas.empty()) refuse("The consistency mode of a global table cannot be changed");
    check_regions(wanted, table);
    if (count_table(txn, table).items != 0) {
        refuse("A table must be empty to become a global table with MultiRegionConsistency STRONG");
    }
    table.is_strong = true;
    refuse_strong(table, table.has_local_index() ? "Local secondary indexes are not supported" : nullptr);
    refuse_strong(table, table.ttl_attribute.empty() ? nullptr : "Time to live is not supported");
    table.witness = wanted.created_witness;
}

// What is left has to be one table.
void check_unmaking(const Wanted& wanted, const Table& table) {
    if (!wanted.created.empty() || !wanted.created_witness.empty()) {
        refuse_strong(table, "Adding replicas or witnesses later is not supported");
    }
    if (wanted.deleted.empty() && wanted.deleted_witness.empty()) return;
    const std::set<std::string> others(table.replicas.begin(), table.replicas.end());
    if (wanted.deleted != others || wanted.deleted_witness != table.witness) {
        refuse_strong(table, "Deleting less than all other replicas and the witness is not supported");
    }
}

}  // namespace

void take_consistency(store::ReadTxn& txn, const api::UpdateTableInput& input, Table& table) {
    const Wanted wanted = wanted_of(input);
    if (input.MultiRegionConsistency && wanted.created.empty()) refuse_consistency_alone();
    if (table.is_strong) return check_unmaking(wanted, table);
    if (input.MultiRegionConsistency == "STRONG") return make_strong(txn, wanted, table);
    if (input.GlobalTableWitnessUpdates) {
        refuse("GlobalTableWitnessUpdates are for global tables with MultiRegionConsistency STRONG only");
    }
}

void refuse_consistency_alone() {
    refuse("MultiRegionConsistency can only be specified with a Create action in ReplicaUpdates");
}

void refuse_strong(const Table& table, const char* what) {
    if (!table.is_strong || what == nullptr) return;
    refuse(std::string(what) + " for global tables with MultiRegionConsistency STRONG. Table: " + table.name);
}

}  // namespace fogbank::dynamodb
