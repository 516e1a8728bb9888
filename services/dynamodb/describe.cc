#include "services/dynamodb/describe.h"

#include "services/dynamodb/replicas.h"
#include "src/base/clock.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

std::vector<api::KeySchemaElement> key_schema(const KeySchema& keys) {
    std::vector<api::KeySchemaElement> out;
    const auto add = [&](const KeyAttribute& attribute, const char* kind) {
        api::KeySchemaElement& made = out.emplace_back();
        made.AttributeName = attribute.name;
        made.KeyType = kind;
    };
    keys.each_hash([&](const KeyAttribute& attribute) { add(attribute, "HASH"); });
    keys.each_range([&](const KeyAttribute& attribute) { add(attribute, "RANGE"); });
    return out;
}

api::ProvisionedThroughputDescription throughput(const Throughput& given, const ThroughputChanges& changes,
                                                 std::int64_t now_ms) {
    api::ProvisionedThroughputDescription out;
    if (changes.raised_ms != 0) out.LastIncreaseDateTime = from_unix_millis(changes.raised_ms);
    if (changes.lowered_ms != 0) out.LastDecreaseDateTime = from_unix_millis(changes.lowered_ms);
    const bool is_today = utc_day(changes.lowered_ms) == utc_day(now_ms);
    out.NumberOfDecreasesToday = is_today ? changes.lowered_times : 0;
    out.ReadCapacityUnits = given.read;
    out.WriteCapacityUnits = given.write;
    return out;
}

std::optional<api::OnDemandThroughput> on_demand_throughput(const OnDemandLimits& limits) {
    if (limits.reads == 0 && limits.writes == 0) return std::nullopt;
    api::OnDemandThroughput out;
    if (limits.reads != 0) out.MaxReadRequestUnits = limits.reads;
    if (limits.writes != 0) out.MaxWriteRequestUnits = limits.writes;
    return out;
}

api::Projection projection(const Index& index) {
    api::Projection out;
    out.ProjectionType = index.projection == ProjectionType::all         ? "ALL"
                         : index.projection == ProjectionType::keys_only ? "KEYS_ONLY"
                                                                         : "INCLUDE";
    if (!index.included.empty()) out.NonKeyAttributes = index.included;
    return out;
}

// What both kinds of indexes show. An index's bytes are counted as its share of the table's.
template <class T>
T index_description(const Table& table, const Index& index, const Description& description) {
    T out;
    out.IndexName = index.name;
    out.KeySchema = key_schema(index.keys);
    out.Projection = projection(index);
    out.IndexArn = table.index_arn(index);
    const auto found = description.index_items.find(index.number);
    const std::int64_t items = found == description.index_items.end() ? 0 : found->second;
    out.ItemCount = items;
    out.IndexSizeBytes =
        description.counts.items == 0 ? 0 : description.counts.bytes * items / description.counts.items;
    return out;
}

void add_indexes(const Table& table, const Description& description, api::TableDescription& out) {
    for (const Index& index : table.indexes) {
        if (!index.is_global) {
            if (!out.LocalSecondaryIndexes) out.LocalSecondaryIndexes.emplace();
            out.LocalSecondaryIndexes->push_back(
                index_description<api::LocalSecondaryIndexDescription>(table, index, description));
            continue;
        }
        auto global = index_description<api::GlobalSecondaryIndexDescription>(table, index, description);
        global.IndexStatus = index.is_filling                   ? "CREATING"
                             : description.status == "UPDATING" ? "ACTIVE"
                                                                : description.status;
        if (index.is_filling) global.Backfilling = true;
        if (table.restoring) global.IndexStatus = "CREATING";
        global.ProvisionedThroughput = throughput(index.throughput, index.changes, description.now_ms);
        const Throughput warm = warm_throughput(table.billing(), index.throughput, index.warm);
        global.WarmThroughput.emplace();
        global.WarmThroughput->ReadUnitsPerSecond = warm.read;
        global.WarmThroughput->WriteUnitsPerSecond = warm.write;
        global.WarmThroughput->Status = "ACTIVE";
        global.OnDemandThroughput = on_demand_throughput(index.limits);
        if (!out.GlobalSecondaryIndexes) out.GlobalSecondaryIndexes.emplace();
        out.GlobalSecondaryIndexes->push_back(std::move(global));
    }
}

void add_billing(const Table& table, std::int64_t now_ms, api::TableDescription& out) {
    out.ProvisionedThroughput = throughput(table.throughput, table.changes, now_ms);
    if (table.was_on_demand) {
        out.BillingModeSummary.emplace();
        out.BillingModeSummary->BillingMode = table.is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED";
        out.BillingModeSummary->LastUpdateToPayPerRequestDateTime =
            from_unix_millis(table.on_demand_since_ms);
    }
    const Throughput warm = warm_throughput(table.billing(), table.throughput, table.warm);
    out.WarmThroughput.emplace();
    out.WarmThroughput->ReadUnitsPerSecond = warm.read;
    out.WarmThroughput->WriteUnitsPerSecond = warm.write;
    out.WarmThroughput->Status = "ACTIVE";
}

std::optional<api::RestoreSummary> restore_summary(const Table& table) {
    const bool is_going_on = table.restoring && table.restoring->is_restore();
    const std::optional<Restoring>& origin = is_going_on ? table.restoring : table.restored;
    if (!origin) return std::nullopt;
    api::RestoreSummary out;
    if (!origin->backup_arn.empty()) out.SourceBackupArn = origin->backup_arn;
    out.SourceTableArn = origin->table_arn;
    out.RestoreDateTime = from_unix_millis(origin->time_ms);
    out.RestoreInProgress = is_going_on;
    return out;
}

}  // namespace

Throughput warm_throughput(Billing billing, const Throughput& provisioned, const Throughput& asked) {
    // docs: "Understanding warm throughput": what a new on-demand table starts with.
    constexpr Throughput kOnDemand{12000, 4000};
    const Throughput& least = billing == Billing::on_demand ? kOnDemand : provisioned;
    return {std::max(least.read, asked.read), std::max(least.write, asked.write)};
}

api::TableDescription describe(const Table& table, const Description& description) {
    api::TableDescription out;
    out.TableName = table.name;
    out.TableArn = table.arn;
    out.TableId = table.id;
    out.TableStatus = table.restoring ? "CREATING" : description.status;
    out.CreationDateTime = from_unix_millis(table.created_ms);
    out.ItemCount = description.counts.items;
    out.TableSizeBytes = description.counts.bytes;
    out.KeySchema = key_schema(table.keys);
    out.AttributeDefinitions.emplace();
    for (const KeyAttribute& attribute : table.attributes) {
        api::AttributeDefinition& made = out.AttributeDefinitions->emplace_back();
        made.AttributeName = attribute.name;
        made.AttributeType = std::string(1, attribute.type);
    }
    add_billing(table, description.now_ms, out);
    add_indexes(table, description, out);
    if (table.stream) {
        out.LatestStreamArn = table.stream_arn();
        out.LatestStreamLabel = table.stream->label;
        if (table.stream->enabled) {
            out.StreamSpecification.emplace();
            out.StreamSpecification->StreamEnabled = true;
            out.StreamSpecification->StreamViewType = table.stream->view;
        }
    }
    if (!table.table_class.empty()) {
        out.TableClassSummary.emplace();
        out.TableClassSummary->TableClass = table.table_class;
    }
    if (!table.kms_key_arn.empty()) {
        out.SSEDescription.emplace();
        out.SSEDescription->Status = "ENABLED";
        out.SSEDescription->SSEType = "KMS";
        out.SSEDescription->KMSMasterKeyArn = table.kms_key_arn;
    }
    out.OnDemandThroughput = on_demand_throughput(table.limits);
    out.DeletionProtectionEnabled = table.is_protected;
    if (!table.replicas.empty()) {
        out.GlobalTableVersion = "2019.11.21";
        out.GlobalTableSettingsReplicationMode = kSameAccountMode;
        if (table.is_strong) {
            out.MultiRegionConsistency = "STRONG";
        } else {
            out.DisassociationProtectionEnabled = !table.is_disassociable;
        }
        if (!table.witness.empty()) {
            auto& witness = out.GlobalTableWitnesses.emplace().emplace_back();
            witness.RegionName = table.witness;
            witness.WitnessStatus = "ACTIVE";
        }
        out.Replicas.emplace();
        for (const Table& replica : description.replicas) out.Replicas->push_back(describe_replica(replica));
    }
    out.RestoreSummary = restore_summary(table);
    return out;
}

}  // namespace fogbank::dynamodb
