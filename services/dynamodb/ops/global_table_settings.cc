// Capacity and auto scaling of global tables of version 2017.11.29.
#include "services/dynamodb/legacy_groups.h"
#include "services/dynamodb/model/describe_global_table_settings.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/update_global_table_settings.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/scaling.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/throughput.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using Input = api::UpdateGlobalTableSettings::Input;

// aws: an AutoScalingDisabled where nothing scales.
api::AutoScalingSettingsDescription shown_scaling(const std::optional<ScalingSettings>& settings) {
    if (auto shown = describe_scaling(settings)) return *shown;
    api::AutoScalingSettingsDescription out;
    out.AutoScalingDisabled = true;
    return out;
}

api::ReplicaGlobalSecondaryIndexSettingsDescription settings_of(const Table& member, const Index& index) {
    api::ReplicaGlobalSecondaryIndexSettingsDescription out;
    out.IndexName = index.name;
    out.IndexStatus = index.is_filling ? "CREATING" : "ACTIVE";
    out.ProvisionedReadCapacityUnits = index.throughput.read;
    out.ProvisionedWriteCapacityUnits = index.throughput.write;
    if (member.is_on_demand) return out;
    out.ProvisionedReadCapacityAutoScalingSettings = shown_scaling(index.read_scaling);
    out.ProvisionedWriteCapacityAutoScalingSettings = shown_scaling(index.write_scaling);
    return out;
}

api::ReplicaSettingsDescription settings_of(const Table& member, const char* status) {
    api::ReplicaSettingsDescription out;
    out.RegionName = member.region;
    out.ReplicaStatus = status;
    out.ReplicaProvisionedReadCapacityUnits = member.throughput.read;
    out.ReplicaProvisionedWriteCapacityUnits = member.throughput.write;
    if (member.is_on_demand) {
        auto& summary = out.ReplicaBillingModeSummary.emplace();
        summary.BillingMode = "PAY_PER_REQUEST";
        summary.LastUpdateToPayPerRequestDateTime = from_unix_millis(member.on_demand_since_ms);
    } else {
        out.ReplicaProvisionedReadCapacityAutoScalingSettings = shown_scaling(member.read_scaling);
        out.ReplicaProvisionedWriteCapacityAutoScalingSettings = shown_scaling(member.write_scaling);
    }
    for (const Index& index : member.indexes) {
        if (!index.is_global) continue;
        if (!out.ReplicaGlobalSecondaryIndexSettings) out.ReplicaGlobalSecondaryIndexSettings.emplace();
        out.ReplicaGlobalSecondaryIndexSettings->push_back(settings_of(member, index));
    }
    if (!member.table_class.empty()) {
        out.ReplicaTableClassSummary.emplace();
        out.ReplicaTableClassSummary->TableClass = member.table_class;
    }
    return out;
}

std::vector<api::ReplicaSettingsDescription> settings_of(const Group& group, const char* status) {
    std::vector<api::ReplicaSettingsDescription> out;
    for (const Table& member : group) out.push_back(settings_of(member, status));
    return out;
}

Index& require_index(Table& member, const std::string& name) {
    for (Index& index : member.indexes) {
        if (index.is_global && index.name == name) return index;
    }
    throw errors::IndexNotFoundException("Index not found: Table '" + member.name + "' has no index '" +
                                         name + "' in region '" + member.region + "'.");
}

void change_units(std::int64_t now_ms, const Throughput& wanted, Throughput& units,
                  ThroughputChanges& changes) {
    note_change(units, wanted, now_ms, changes);
    units = wanted;
}

void change_billing(const Input& input, std::int64_t now_ms, Table& member) {
    if (!input.GlobalTableBillingMode) return;
    const bool becomes_on_demand = *input.GlobalTableBillingMode == "PAY_PER_REQUEST";
    if (becomes_on_demand && !member.is_on_demand) {
        member.on_demand_since_ms = now_ms;
        member.was_on_demand = true;
        member.throughput = {};
        for (Index& index : member.indexes) index.throughput = {};
    }
    member.is_on_demand = becomes_on_demand;
}

// What is the same in all regions.
void change_writes(const Input& input, std::int64_t now_ms, Table& member) {
    if (input.GlobalTableProvisionedWriteCapacityUnits) {
        change_units(now_ms, {member.throughput.read, *input.GlobalTableProvisionedWriteCapacityUnits},
                     member.throughput, member.changes);
    }
    apply_scaling(input.GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate, member.write_scaling);
    if (!input.GlobalTableGlobalSecondaryIndexSettingsUpdate) return;
    for (const auto& update : *input.GlobalTableGlobalSecondaryIndexSettingsUpdate) {
        Index& index = require_index(member, *update.IndexName);
        if (update.ProvisionedWriteCapacityUnits) {
            change_units(now_ms, {index.throughput.read, *update.ProvisionedWriteCapacityUnits},
                         index.throughput, index.changes);
        }
        apply_scaling(update.ProvisionedWriteCapacityAutoScalingSettingsUpdate, index.write_scaling);
    }
}

void change_reads(const api::ReplicaSettingsUpdate& update, std::int64_t now_ms, Table& member) {
    if (update.ReplicaProvisionedReadCapacityUnits) {
        change_units(now_ms, {*update.ReplicaProvisionedReadCapacityUnits, member.throughput.write},
                     member.throughput, member.changes);
    }
    apply_scaling(update.ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate, member.read_scaling);
    if (update.ReplicaTableClass) member.table_class = *update.ReplicaTableClass;
    if (!update.ReplicaGlobalSecondaryIndexSettingsUpdate) return;
    for (const auto& each : *update.ReplicaGlobalSecondaryIndexSettingsUpdate) {
        Index& index = require_index(member, *each.IndexName);
        if (each.ProvisionedReadCapacityUnits) {
            change_units(now_ms, {*each.ProvisionedReadCapacityUnits, index.throughput.write},
                         index.throughput, index.changes);
        }
        apply_scaling(each.ProvisionedReadCapacityAutoScalingSettingsUpdate, index.read_scaling);
    }
}

// Units and scaling are for provisioned tables, which have units of both kinds.
void check_capacity(const Table& member) {
    const auto check = [&](const Throughput& units, const auto& reads, const auto& writes) {
        if (member.is_on_demand) {
            if (units.read != 0 || units.write != 0 || reads || writes) {
                refuse_parameter(
                    "Neither ReadCapacityUnits, WriteCapacityUnits nor auto scaling can be specified when "
                    "BillingMode is PAY_PER_REQUEST");
            }
        } else if (units.read == 0 || units.write == 0) {
            refuse_parameter(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                "PROVISIONED: table '" +
                member.name + "' in region " + member.region);
        }
    };
    check(member.throughput, member.read_scaling, member.write_scaling);
    for (const Index& index : member.indexes) {
        if (index.is_global) check(index.throughput, index.read_scaling, index.write_scaling);
    }
}

void drop_scaling(Table& member) {
    member.read_scaling.reset();
    member.write_scaling.reset();
    for (Index& index : member.indexes) {
        index.read_scaling.reset();
        index.write_scaling.reset();
    }
}

void change_settings(const Input& input, std::int64_t now_ms, Group& group) {
    for (Table& member : group) {
        const bool was_on_demand = member.is_on_demand;
        change_billing(input, now_ms, member);
        if (member.is_on_demand && !was_on_demand) drop_scaling(member);
        change_writes(input, now_ms, member);
    }
    if (input.ReplicaSettingsUpdate) {
        for (const api::ReplicaSettingsUpdate& update : *input.ReplicaSettingsUpdate) {
            const auto member = std::find_if(group.begin(), group.end(), [&](const Table& each) {
                return each.region == *update.RegionName;
            });
            if (member == group.end()) {
                throw errors::ReplicaNotFoundException(
                    "Replica not found: the global table has no replica in region '" + *update.RegionName +
                    "'.");
            }
            change_reads(update, now_ms, *member);
        }
    }
    for (const Table& member : group) check_capacity(member);
}

}  // namespace

api::DescribeGlobalTableSettings::Output Service::describe_global_table_settings(
    const RequestContext& context, const api::DescribeGlobalTableSettings::Input& input) {
    api::DescribeGlobalTableSettings::Output output;
    output.GlobalTableName = own_table_name(context, *input.GlobalTableName);
    const Group group = database_.read(
        [&](store::ReadTxn& txn) { return require_group(txn, context.account, *output.GlobalTableName); });
    output.ReplicaSettings = settings_of(group, "ACTIVE");
    return output;
}

Task<api::UpdateGlobalTableSettings::Output> Service::update_global_table_settings(
    const RequestContext& context, const api::UpdateGlobalTableSettings::Input& input) {
    const std::string name = own_table_name(context, *input.GlobalTableName);
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto body = [&](store::Txn& txn) {
        Group group = require_group(txn, context.account, name);
        change_settings(input, now_ms, group);
        for (Table& member : group) store_table(txn, member);
        return group;
    };
    const Group group = co_await database_.write(body);
    for (const Table& member : group) tables_.forget(member);
    api::UpdateGlobalTableSettings::Output output;
    output.GlobalTableName = name;
    output.ReplicaSettings = settings_of(group, "UPDATING");
    co_return output;
}

}  // namespace fogbank::dynamodb
