// Replicas of global tables (version 2019.11.21), as UpdateTable makes, changes, deletes and releases them.
#pragma once

#include "services/dynamodb/model/types/replica_description.h"
#include "services/dynamodb/model/types/update_table_input.h"
#include "services/dynamodb/replication.h"

#include <string>
#include <vector>

namespace fogbank::dynamodb {

// Refuses ReplicaUpdates that no table could take.
void check_replica_updates(const api::UpdateTableInput& input, const std::string& region);
// Does them; `ids` are for the tables that are made. `table` is stored here.
void update_replicas(store::Txn& txn, const api::UpdateTableInput& input, const std::vector<std::string>& ids,
                     Table& table, std::int64_t now_ms);
// Takes the table, which is deleted, out of its group.
void leave_group(store::Txn& txn, const Table& table);

// docs: GlobalTableSettingsReplicationMode of a global table in one account.
inline constexpr const char* kSameAccountMode = "ENABLED_WITH_OVERRIDES";

api::ReplicaDescription describe_replica(const Table& replica);

}  // namespace fogbank::dynamodb
