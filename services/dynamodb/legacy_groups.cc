#include "services/dynamodb/legacy_groups.h"

#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "src/base/clock.h"

#include <algorithm>
#include <optional>

namespace fogbank::dynamodb {
namespace {

bool has(const std::vector<std::string>& regions, const std::string& region) {
    return std::find(regions.begin(), regions.end(), region) != regions.end();
}

Table require_member(store::ReadTxn& txn, const std::string& account, const std::string& name,
                     const std::string& region) {
    const TablePtr found = load_table(txn, account, region, name);
    if (found == nullptr) {
        throw errors::TableNotFoundException("Table not found: Table with name: '" + name +
                                             "' does not exist in region: '" + region + "'.");
    }
    return *found;
}

[[noreturn]] void refuse_member(const Table& table, const std::string& why) {
    refuse_parameter("Table '" + table.name + "' in region " + table.region + " " + why);
}

bool has_alike_keys(const KeySchema& a, const KeySchema& b) {
    return a.hash == b.hash && a.range == b.range && a.more_hashes == b.more_hashes &&
           a.more_ranges == b.more_ranges;
}

void check_alone(store::ReadTxn& txn, const Table& table) {
    if (table.restoring) refuse_member(table, "is being created");
    if (!table.replicas.empty()) {
        refuse_member(table, "is a replica of a global table of version 2019.11.21");
    }
    if (!table.is_streaming() || table.stream->view != "NEW_AND_OLD_IMAGES") {
        refuse_member(table, "must have a stream of view type NEW_AND_OLD_IMAGES");
    }
    if (count_table(txn, table).items != 0) refuse_member(table, "must be empty");
}

// docs: CreateGlobalTable, UpdateGlobalTable: what a replica has in common with the others.
void check_alike(const Table& first, const Table& other) {
    if (!has_alike_keys(first.keys, other.keys)) {
        refuse_member(other, "must have the key schema of the other replicas");
    }
    if (first.is_on_demand != other.is_on_demand || first.throughput.write != other.throughput.write) {
        refuse_member(other, "must have the write capacity of the other replicas");
    }
    if (first.indexes.size() != other.indexes.size()) {
        refuse_member(other, "must have the secondary indexes of the other replicas");
    }
    for (const Index& index : first.indexes) {
        const Index* same = other.find_index(index.name);
        if (same == nullptr || same->is_global != index.is_global ||
            !has_alike_keys(same->keys, index.keys)) {
            refuse_member(other, "must have the secondary indexes of the other replicas");
        }
        if (same->throughput.write != index.throughput.write) {
            refuse_member(other,
                          "must have the write capacity of the other replicas for index " + index.name);
        }
    }
}

void check_members(store::ReadTxn& txn, const Group& group) {
    for (const Table& member : group) check_alone(txn, member);
    for (const Table& member : group) check_alike(group.front(), member);
}

LegacyGroup store_group(store::Txn& txn, Group& group, std::int64_t created_ms) {
    LegacyGroup as;
    as.created_ms = created_ms;
    for (const Table& member : group) as.regions.push_back(member.region);
    for (Table& member : group) {
        member.legacy_group = as;
        store_table(txn, member);
    }
    return as;
}

// The replicas without those in the regions that are removed, which are stored as they are from now on.
Group remove(store::Txn& txn, Group& group, const std::vector<std::string>& regions) {
    Group left;
    for (const std::string& region : regions) {
        const auto member = std::find_if(group.begin(), group.end(),
                                         [&](const Table& each) { return each.region == region; });
        if (member == group.end()) {
            throw errors::ReplicaNotFoundException(
                "Replica not found: the global table has no replica in region '" + region + "'.");
        }
        member->legacy_group.reset();
        store_table(txn, *member);
        left.push_back(std::move(*member));
        group.erase(member);
    }
    return left;
}

}  // namespace

Group load_group(store::ReadTxn& txn, const std::string& account, const std::string& name) {
    std::vector<std::string> regions;
    for (const auto& row :
         txn.query("select region from dynamodb_tables where account = ?1 and name = ?2 order by region",
                   std::string_view(account), std::string_view(name))) {
        regions.emplace_back(row.text(0));
    }
    Group group;
    for (const std::string& region : regions) {
        const TablePtr found = load_table(txn, account, region, name);
        if (!found->legacy_group) continue;
        for (const std::string& member : found->legacy_group->regions) {
            group.push_back(require_member(txn, account, name, member));
        }
        return group;
    }
    return group;
}

Group require_group(store::ReadTxn& txn, const std::string& account, const std::string& name) {
    Group group = load_group(txn, account, name);
    if (group.empty()) {
        throw errors::GlobalTableNotFoundException("Global table not found: Global table with name: '" +
                                                   name + "' does not exist.");
    }
    return group;
}

std::vector<std::string> list_groups(store::ReadTxn& txn, const std::string& account,
                                     const std::string& region, const std::string& after,
                                     std::int64_t limit) {
    std::vector<std::string> names;
    for (const auto& row :
         txn.query("select distinct name from dynamodb_tables where account = ?1 and "
                   "(?2 = '' or region = ?2) and name > ?3 order by name",
                   std::string_view(account), std::string_view(region), std::string_view(after))) {
        names.emplace_back(row.text(0));
    }
    std::vector<std::string> out;
    for (std::string& name : names) {
        if (static_cast<std::int64_t>(out.size()) == limit) break;
        const Group group = load_group(txn, account, name);
        if (group.empty()) continue;
        if (region.empty() || has(group.front().legacy_group->regions, region))
            out.push_back(std::move(name));
    }
    return out;
}

Group create_group(store::Txn& txn, const std::string& account, const std::string& name,
                   const std::vector<std::string>& regions, std::int64_t now_ms) {
    if (!load_group(txn, account, name).empty()) {
        throw errors::GlobalTableAlreadyExistsException(
            "Global table already exists: Global table with name: '" + name + "' already exists.");
    }
    Group group;
    for (const std::string& region : regions) group.push_back(require_member(txn, account, name, region));
    check_members(txn, group);
    store_group(txn, group, now_ms);
    return group;
}

ChangedGroup change_group(store::Txn& txn, const std::string& account, const std::string& name,
                          const GroupChange& change) {
    ChangedGroup out;
    out.group = require_group(txn, account, name);
    const LegacyGroup before = *out.group.front().legacy_group;
    for (const std::string& region : change.added) {
        if (has(before.regions, region)) {
            throw errors::ReplicaAlreadyExistsException(
                "Replica already exists: the global table has a replica in region '" + region + "'.");
        }
    }
    out.left = remove(txn, out.group, change.removed);
    for (const std::string& region : change.added) {
        out.group.push_back(require_member(txn, account, name, region));
    }
    if (!change.added.empty()) check_members(txn, out.group);
    out.as = store_group(txn, out.group, before.created_ms);
    return out;
}

void leave_legacy_group(store::Txn& txn, const Table& table) {
    if (!table.legacy_group) return;
    Group group = load_group(txn, table.account, table.name);
    std::erase_if(group, [&](const Table& each) { return each.region == table.region; });
    store_group(txn, group, table.legacy_group->created_ms);
}

void refuse_legacy_replica(const Table& table) {
    if (!table.legacy_group) return;
    refuse("Table '" + table.name +
           "' is a replica of a global table of version 2017.11.29: use UpdateGlobalTable and "
           "UpdateGlobalTableSettings");
}

api::GlobalTableDescription describe_group(const std::string& account, const std::string& name,
                                           const LegacyGroup& group, const char* status) {
    api::GlobalTableDescription out;
    out.GlobalTableName = name;
    out.GlobalTableArn = "arn:aws:dynamodb::" + account + ":global-table/" + name;
    out.GlobalTableStatus = status;
    out.CreationDateTime = from_unix_millis(group.created_ms);
    out.ReplicationGroup.emplace();
    for (const std::string& region : group.regions) out.ReplicationGroup->emplace_back().RegionName = region;
    return out;
}

}  // namespace fogbank::dynamodb
