// Global tables of version 2017.11.29: tables of one name that were made by themselves, one in a region, and
// joined. Each keeps its own settings; what is written to one reaches the others (`replication`).
#pragma once

#include "services/dynamodb/model/types/global_table_description.h"
#include "services/dynamodb/store/tables.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// The replicas of an account's global table, in the order in which they joined.
using Group = std::vector<Table>;

// Empty where there is none.
Group load_group(store::ReadTxn& txn, const std::string& account, const std::string& name);
// Throws GlobalTableNotFoundException.
Group require_group(store::ReadTxn& txn, const std::string& account, const std::string& name);
// Names after `after` of global tables with a replica in `region` (empty: anywhere), at most `limit`.
std::vector<std::string> list_groups(store::ReadTxn& txn, const std::string& account,
                                     const std::string& region, const std::string& after, std::int64_t limit);

// Joins the tables of that name in these regions, which have to be empty and alike.
Group create_group(store::Txn& txn, const std::string& account, const std::string& name,
                   const std::vector<std::string>& regions, std::int64_t now_ms);

struct GroupChange {
    std::vector<std::string> added;  // regions
    std::vector<std::string> removed;
};
struct ChangedGroup {
    Group group;     // may be empty: then the global table is gone
    LegacyGroup as;  // of `group`
    Group left;
};
ChangedGroup change_group(store::Txn& txn, const std::string& account, const std::string& name,
                          const GroupChange& change);
// Takes the table, which is deleted, out of its group.
void leave_legacy_group(store::Txn& txn, const Table& table);

// Refuses what only tables that are no such replicas take.
void refuse_legacy_replica(const Table& table);

// Status: CREATING, ACTIVE, UPDATING or DELETING.
api::GlobalTableDescription describe_group(const std::string& account, const std::string& name,
                                           const LegacyGroup& group, const char* status);

}  // namespace fogbank::dynamodb
