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

void change_throughput(Table& table, const Throughput& wanted, std::int64_t now_ms) {
    if (table.throughput.read == wanted.read && table.throughput.write == wanted.write) {
        const auto pair = [](const char* name, std::int64_t now, std::int64_t asked) {
            return std::string("Current ") + name +
                   "CapacityUnits provisioned for the table: " + std::to_string(now) + ". Requested " + name +
                   "CapacityUnits: " + std::to_string(asked) + ". ";
        };
        refuse(
            "The provisioned throughput for the table will not change. The requested value equals the "
            "current "
            "value. " +
            pair("Read", table.throughput.read, wanted.read) +
            pair("Write", table.throughput.write, wanted.write) +
            "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
            "limits.");
    }
    note_change(table.throughput, wanted, now_ms, table.changes);
    table.throughput = wanted;
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

void create_index(store::Txn& txn, const api::CreateGlobalSecondaryIndexAction& given, Table& table) {
    if (table.find_index(*given.IndexName) != nullptr) {
        refuse("Attempting to create an index which already exists");
    }
    Index index;
    index.number = table.next_index++;
    index.name = *given.IndexName;
    index.is_global = true;
    index.is_filling = true;
    index.keys = global_keys_of(*given.KeySchema, table.attributes);
    set_projection(given.Projection, index);
    if (given.ProvisionedThroughput) index.throughput = units_of(*given.ProvisionedThroughput);
    if (!table.is_on_demand && !given.ProvisionedThroughput) {
        refuse_parameter("ReadCapacityUnits and WriteCapacityUnits must both be specified for index: " +
                         index.name);
    }
    set_limits(given.OnDemandThroughput, table.billing(), index.limits);
    set_warm(given.WarmThroughput, table.billing(), index.throughput, index.warm);
    start_filling(txn, table, index);
    table.indexes.push_back(std::move(index));
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
    start_erasing(txn, table, *index);
    std::erase_if(table.indexes, [&](const Index& each) { return each.name == name; });
}

void change_indexes(store::Txn& txn, const Input& input, Table& table, std::int64_t now_ms) {
    if (!input.GlobalSecondaryIndexUpdates) return;
    const auto made_or_gone =
        std::count_if(input.GlobalSecondaryIndexUpdates->begin(), input.GlobalSecondaryIndexUpdates->end(),
                      [](const api::GlobalSecondaryIndexUpdate& each) { return each.Create || each.Delete; });
    if (made_or_gone > 1) {
        throw errors::LimitExceededException(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
            "table");
    }
    for (const api::GlobalSecondaryIndexUpdate& update : *input.GlobalSecondaryIndexUpdates) {
        if (update.Create) create_index(txn, *update.Create, table);
        if (update.Delete) delete_index(txn, *update.Delete->IndexName, table);
        if (!update.Update) continue;
        const auto index = std::find_if(table.indexes.begin(), table.indexes.end(), [&](const Index& each) {
            return each.is_global && each.name == *update.Update->IndexName;
        });
        if (index == table.indexes.end()) require_index(table, *update.Update->IndexName, "update");
        if (update.Update->ProvisionedThroughput) {
            const Throughput wanted = units_of(*update.Update->ProvisionedThroughput);
            note_change(index->throughput, wanted, now_ms, index->changes);
            index->throughput = wanted;
        }
        set_limits(update.Update->OnDemandThroughput, table.billing(), index->limits);
        set_warm(update.Update->WarmThroughput, table.billing(), index->throughput, index->warm);
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
    api::UpdateTable::Output output;
    output.TableDescription =
        describe(shown_while_updating(changed, now_ms), {"UPDATING", {}, {}, changed.replicas, now_ms});
    co_return output;
}

}  // namespace fogbank::dynamodb
