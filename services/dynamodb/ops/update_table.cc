#include "services/dynamodb/model/update_table.h"
#include "services/dynamodb/describe.h"
#include "services/dynamodb/legacy_groups.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/replicas.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/index_jobs.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodb/strong_groups.h"
#include "services/dynamodb/table_request.h"
#include "services/dynamodb/throughput.h"

#include <algorithm>
#include <set>

namespace fogbank::dynamodb {
namespace {

using Input = api::UpdateTable::Input;

void check_any(const Input& input, const std::string& region) {
    // Nothing of a request is dropped in silence.
    const auto refuse_given = [](bool is_given, const char* name) {
        if (is_given) refuse(std::string(name) + " is not supported by Fogbank");
    };
    refuse_given(input.GlobalTableSettingsReplicationMode.has_value(), "GlobalTableSettingsReplicationMode");
    refuse_given(input.VectorIndexUpdates.has_value(), "VectorIndexUpdates");
    if (input.ReplicaUpdates) return check_replica_updates(input, region);
    if (input.MultiRegionConsistency) refuse_consistency_alone();
    if (input.GlobalTableWitnessUpdates) {
        refuse("GlobalTableWitnessUpdates can only be specified together with ReplicaUpdates");
    }
    const bool changes_indexes =
        input.GlobalSecondaryIndexUpdates && !input.GlobalSecondaryIndexUpdates->empty();
    if (input.BillingMode || input.ProvisionedThroughput || changes_indexes || input.StreamSpecification ||
        input.TableClass || input.DeletionProtectionEnabled || input.SSESpecification ||
        input.OnDemandThroughput || input.WarmThroughput) {
        if (input.DisassociationProtectionEnabled) {
            refuse("DisassociationProtectionEnabled cannot be combined with other changes of a table");
        }
        return;
    }
    if (input.DisassociationProtectionEnabled) return;
    refuse(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or "
        "SSESpecification or ReplicaUpdates is required");
}

// What AWS tells without the table (dynalite's suite).
void check_request(const Input& input, const std::string& region) {
    check_any(input, region);
    if (input.BillingMode == "PROVISIONED" && !input.ProvisionedThroughput) {
        refuse_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    check_bounds(input.ProvisionedThroughput);
    if (!input.GlobalSecondaryIndexUpdates) return;
    std::set<std::string> names;
    for (const api::GlobalSecondaryIndexUpdate& update : *input.GlobalSecondaryIndexUpdates) {
        if (!update.Update && !update.Create && !update.Delete) {
            refuse_parameter(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null");
        }
        const std::string& name = update.Update   ? *update.Update->IndexName
                                  : update.Create ? *update.Create->IndexName
                                                  : *update.Delete->IndexName;
        if (!names.insert(name).second) {
            refuse_parameter(
                "Only one global secondary index update per index is allowed simultaneously. Index: " + name);
        }
    }
}

Throughput units_of(const api::ProvisionedThroughput& given) {
    return {given.ReadCapacityUnits.value_or(0), given.WriteCapacityUnits.value_or(0)};
}

// aws: a table that becomes provisioned is given the units of its global indexes in the same request
// (measured 2026-08).
void require_index_units(const Input& input, const Table& table) {
    const std::vector<api::GlobalSecondaryIndexUpdate> none;
    const auto& updates = input.GlobalSecondaryIndexUpdates ? *input.GlobalSecondaryIndexUpdates : none;
    for (const Index& index : table.indexes) {
        const auto covers = [&](const api::GlobalSecondaryIndexUpdate& each) {
            if (each.Delete) return *each.Delete->IndexName == index.name;
            return each.Update && *each.Update->IndexName == index.name && each.Update->ProvisionedThroughput;
        };
        if (!index.is_global || std::any_of(updates.begin(), updates.end(), covers)) continue;
        refuse_parameter("ProvisionedThroughput must be specified for index: " + index.name);
    }
}

void change_billing(const Input& input, Table& table, std::int64_t now_ms) {
    const bool becomes_on_demand =
        input.BillingMode ? *input.BillingMode == "PAY_PER_REQUEST" : table.is_on_demand;
    if (becomes_on_demand && input.ProvisionedThroughput) {
        refuse_parameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
            "PAY_PER_REQUEST");
    }
    if (becomes_on_demand) {
        if (!table.is_on_demand) table.on_demand_since_ms = now_ms;
        table.is_on_demand = true;
        table.was_on_demand = true;
        table.throughput = {};
        for (Index& index : table.indexes) index.throughput = {};
        return;
    }
    if (table.is_on_demand) {
        require_index_units(input, table);
        // aws: measured 2026-09: the ceilings are dropped.
        table.limits = {};
        for (Index& index : table.indexes) index.limits = {};
    }
    table.is_on_demand = false;
    if (input.ProvisionedThroughput) change_throughput(table, units_of(*input.ProvisionedThroughput), now_ms);
}

void change_stream(store::Txn& txn, const Input& input, Table& table, std::int64_t now_ms) {
    if (!input.StreamSpecification) return;
    const auto view = view_of(input.StreamSpecification);
    if (view) {
        if (table.is_streaming()) refuse("Table already has an enabled stream: TableName: " + table.name);
        open_stream(txn, table, *view, now_ms);
    } else {
        if (!table.is_streaming()) refuse("Table has no enabled stream: TableName: " + table.name);
        if (table.is_replicated() && !table.is_strong) {
            refuse_parameter("Disabling Stream is not allowed for a Global Table replica.");
        }
        close_stream(txn, table, now_ms);
    }
}

// Definitions that the request adds to those of the table.
void add_definitions(const Input& input, Table& table) {
    if (!input.AttributeDefinitions) return;
    for (const KeyAttribute& given : definitions_of(*input.AttributeDefinitions)) {
        const auto known = std::find_if(table.attributes.begin(), table.attributes.end(),
                                        [&](const KeyAttribute& each) { return each.name == given.name; });
        if (known == table.attributes.end()) table.attributes.push_back(given);
    }
}

void drop_unused_definitions(Table& table) {
    std::erase_if(table.attributes, [&](const KeyAttribute& attribute) {
        return !table.keys.has(attribute.name) &&
               std::none_of(table.indexes.begin(), table.indexes.end(),
                            [&](const Index& index) { return index.keys.has(attribute.name); });
    });
}

[[noreturn]] void refuse_second_change() {
    throw errors::LimitExceededException(
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
}

// docs: "Managing Global Secondary Indexes": while one is being filled, no other is made or deleted.
void check_none_filling(const Table& table, const std::string& but) {
    const bool is_busy = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
        return index.is_filling && index.name != but;
    });
    if (is_busy) refuse_second_change();
}

void create_index(store::Txn& txn, const api::CreateGlobalSecondaryIndexAction& given, Table& table) {
    if (table.find_index(*given.IndexName) != nullptr) {
        refuse("Attempting to create an index which already exists");
    }
    check_none_filling(table, {});
    Index index = global_index_of(given, table);
    index.number = table.next_index++;
    index.is_filling = true;
    table.indexes.push_back(std::move(index));
    check_indexes(table);
    start_filling(txn, table, table.indexes.back());
}

// aws: these words (measured 2026-10).
const Index& require_index(const Table& table, const std::string& name, const char* what) {
    const Index* index = table.find_index(name);
    if (index == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Index " + name +
                                                " for table " + table.name);
    }
    if (!index->is_global) {
        refuse(std::string("Cannot ") + what + " an index that is not a GlobalSecondaryIndex: " + name);
    }
    return *index;
}

void delete_index(store::Txn& txn, const std::string& name, Table& table) {
    const Index* index = &require_index(table, name, "delete");
    check_none_filling(table, name);
    start_erasing(txn, table, *index);
    std::erase_if(table.indexes, [&](const Index& each) { return each.name == name; });
}

void change_index(const api::UpdateGlobalSecondaryIndexAction& given, Table& table, std::int64_t now_ms) {
    const std::string& name = *given.IndexName;
    const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                    [&](const Index& each) { return each.is_global && each.name == name; });
    if (index == table.indexes.end()) require_index(table, name, "update");
    if (!given.ProvisionedThroughput && !given.OnDemandThroughput && !given.WarmThroughput) {
        refuse_parameter(
            "At least one of ProvisionedThroughput, OnDemandThroughput or WarmThroughput is required for "
            "index: " +
            name);
    }
    if (given.ProvisionedThroughput) {
        check_takes_units(table, name);
        check_bounds(given.ProvisionedThroughput);
        change_throughput(*index, units_of(*given.ProvisionedThroughput), now_ms);
    }
    set_limits(given.OnDemandThroughput, table.billing(), index->limits);
    set_warm(given.WarmThroughput, table.billing(), index->throughput, index->warm);
}

void change_indexes(store::Txn& txn, const Input& input, Table& table, std::int64_t now_ms) {
    if (!input.GlobalSecondaryIndexUpdates) return;
    const auto made_or_gone =
        std::count_if(input.GlobalSecondaryIndexUpdates->begin(), input.GlobalSecondaryIndexUpdates->end(),
                      [](const api::GlobalSecondaryIndexUpdate& each) { return each.Create || each.Delete; });
    if (made_or_gone > 1) refuse_second_change();
    for (const api::GlobalSecondaryIndexUpdate& update : *input.GlobalSecondaryIndexUpdates) {
        if (update.Create) create_index(txn, *update.Create, table);
        if (update.Delete) delete_index(txn, *update.Delete->IndexName, table);
        if (update.Update) change_index(*update.Update, table, now_ms);
    }
}

// docs: "for the local replica of a multi-Region eventual consistency (MREC) global table".
void protect_membership(const Input& input, Table& table) {
    if (!input.DisassociationProtectionEnabled) return;
    if (table.replicas.empty() || table.is_strong) {
        refuse(
            "DisassociationProtectionEnabled is only supported for a replica of a global table of version "
            "2019.11.21 with multi-Region eventual consistency");
    }
    table.is_disassociable = !*input.DisassociationProtectionEnabled;
}

struct Changed {
    Table table;
    std::vector<Table> replicas;
    TablePtr before;
};

// aws: the answer shows the units of before, on their way to those that were asked for.
Table shown_while_updating(const Changed& changed, std::int64_t now_ms) {
    Table out = changed.table;
    const auto show = [&](const auto& before, auto& now) {
        if (before.throughput.read == now.throughput.read && before.throughput.write == now.throughput.write)
            return;
        now.throughput = before.throughput;
        now.changes.raised_ms = std::min(now.changes.raised_ms, now_ms);
        now.changes.lowered_ms = std::min(now.changes.lowered_ms, now_ms);
        now.changes.lowered_times = before.changes.lowered_times;
    };
    // A table that changes how it is billed has its new units at once.
    if (out.is_on_demand || changed.before->is_on_demand) return out;
    show(*changed.before, out);
    for (Index& index : out.indexes) {
        const Index* before = changed.before->find_index(index.name);
        if (before != nullptr && before->number == index.number) show(*before, index);
    }
    return out;
}

}  // namespace

Task<api::UpdateTable::Output> Service::update_table(const RequestContext& context,
                                                     const api::UpdateTable::Input& input) {
    check_request(input, context.region);
    const NamedTable named = permitted_table(tables_, context, *input.TableName);
    const std::string& name = named.name;
    const std::int64_t now_ms = unix_millis(context.received_at);
    std::vector<std::string> ids;  // of replicas to be made
    if (input.ReplicaUpdates) {
        for (std::size_t i = 0; i < input.ReplicaUpdates->size(); ++i) ids.push_back(entropy_.uuid());
    }
    auto body = [&](store::Txn& txn) {
        const TablePtr found = load_table(txn, named.account, context.region, name);
        if (found == nullptr) {
            throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                    " not found");
        }
        if (found->restoring) {
            throw errors::ResourceInUseException(
                "Attempt to change a resource which is still in use: Table is being created: " + name);
        }
        Table table = *found;
        if (input.ReplicaUpdates) {
            refuse_legacy_replica(table);
            update_replicas(txn, input, ids, table, now_ms);
            return Changed{table, load_replicas(txn, table), found};
        }
        protect_membership(input, table);
        change_billing(input, table, now_ms);
        add_definitions(input, table);
        change_indexes(txn, input, table, now_ms);
        check_quota(table);
        drop_unused_definitions(table);
        change_stream(txn, input, table, now_ms);
        if (input.DeletionProtectionEnabled) table.is_protected = *input.DeletionProtectionEnabled;
        if (input.TableClass) table.table_class = *input.TableClass;
        set_encryption(input.SSESpecification, table);
        set_limits(input.OnDemandThroughput, table);
        set_warm(input.WarmThroughput, table.billing(), table.throughput, table.warm);
        store_table(txn, table);
        synchronize(txn, table);
        return Changed{table, load_replicas(txn, table), found};
    };
    const Changed changed = co_await database_.write(body);
    tables_.forget(changed.table);
    for (const Table& replica : changed.replicas) tables_.forget(replica);
    auto count = [&](store::ReadTxn& txn) {
        return Description{"UPDATING", count_table(txn, changed.table), count_entries(txn, changed.table),
                           changed.replicas, now_ms};
    };
    const Description shown = co_await database_.read_in_pool(count);
    api::UpdateTable::Output output;
    output.TableDescription = describe(shown_while_updating(changed, now_ms), shown);
    co_return output;
}

}  // namespace fogbank::dynamodb
