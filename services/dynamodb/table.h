// What a table is: its keys, indexes, stream and settings. A value, read from storage once per version.
#pragma once

#include "src/auth/policy.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

struct KeyAttribute {
    std::string name;
    char type = 'S';  // S, N or B
    bool operator==(const KeyAttribute&) const = default;
};

// A global index may have up to four attributes of each kind.
struct KeySchema {
    KeyAttribute hash;
    std::optional<KeyAttribute> range;
    std::vector<KeyAttribute> more_hashes;  // after `hash`
    std::vector<KeyAttribute> more_ranges;  // after `range`

    bool has(std::string_view name) const;
    bool is_simple() const { return more_hashes.empty() && more_ranges.empty(); }
    // In the order of the schema.
    template <class Visit>
    void each_hash(Visit visit) const {
        visit(hash);
        for (const KeyAttribute& each : more_hashes) visit(each);
    }
    template <class Visit>
    void each_range(Visit visit) const {
        if (range) visit(*range);
        for (const KeyAttribute& each : more_ranges) visit(each);
    }
    template <class Visit>
    void each(Visit visit) const {
        each_hash(visit);
        each_range(visit);
    }
};

struct Throughput {
    std::int64_t read = 0;  // units a second; 0 with PAY_PER_REQUEST
    std::int64_t write = 0;
};

// When provisioned units were raised and lowered; 0: never.
struct ThroughputChanges {
    std::int64_t raised_ms = 0;
    std::int64_t lowered_ms = 0;
    std::int64_t lowered_times = 0;  // on the day (UTC) of lowered_ms
};

// OnDemandThroughput; -1: no limit, 0: never given.
struct OnDemandLimits {
    std::int64_t reads = 0;
    std::int64_t writes = 0;
};

// Auto scaling of one capacity.
struct ScalingSettings {
    std::int64_t minimum = 0;  // units; 0: not given
    std::int64_t maximum = 0;
    bool is_disabled = false;
    std::string role;
    std::string policy;
    double target = 0;              // percent; 0: no policy
    bool keeps_from_below = false;  // DisableScaleIn
    std::int32_t in_cooldown_s = 0;
    std::int32_t out_cooldown_s = 0;
};

enum class Billing : std::uint8_t { provisioned, on_demand };

enum class ProjectionType : std::uint8_t { all, keys_only, include };

struct Index {
    std::int64_t number = 0;  // within the table; never used again
    std::string name;
    bool is_global = false;
    KeySchema keys;
    ProjectionType projection = ProjectionType::all;
    std::vector<std::string> included;  // NonKeyAttributes
    Throughput throughput;              // of a global index
    ThroughputChanges changes;          // of `throughput`
    bool is_filling = false;            // made by UpdateTable, and not yet of all items
    std::int64_t read_override = 0;     // of a replica: ProvisionedThroughputOverride; 0: none
    OnDemandLimits limits;
    Throughput warm;  // WarmThroughput as asked for; 0: never
    std::optional<ScalingSettings> read_scaling;
    std::optional<ScalingSettings> write_scaling;
};

struct TableStream {
    std::int64_t number = 0;
    std::string label;
    std::string view;  // KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES
    bool enabled = false;
};

// Contributor insights of a table (no index) or of one of its global indexes.
struct Insight {
    std::string index;
    bool enabled = false;
    std::string mode;
    std::int64_t changed_ms = 0;
};

// Point-in-time recovery.
struct Recovery {
    std::int64_t since_ms = 0;  // 0: disabled
    std::int64_t days = 35;
};

// A Kinesis stream that the table's changes go to.
struct KinesisDestination {
    std::string stream_arn;
    std::string precision;  // MILLISECOND, MICROSECOND
    bool active = false;    // false: DISABLED
};

// Where a table comes from that is being restored or imported.
struct Restoring {
    std::string backup_arn;  // empty: from a point in time
    std::string table_arn;
    std::int64_t time_ms = 0;
    std::string import_arn;  // being imported: the others are empty
    std::string replica_of;  // a replica that is being filled: likewise

    bool is_restore() const { return import_arn.empty() && replica_of.empty(); }
};

// What a replica of a global table was given of its own; 0 and empty: nothing.
struct ReplicaOverrides {
    std::string kms_key;
    std::int64_t reads = 0;
    std::int64_t on_demand_reads = 0;
};

// A region that left the table's group, and its last change of before: those up to it are still on their way.
struct Departure {
    std::string region;
    std::int64_t last_sequence = 0;
};

// A global table of version 2017.11.29: tables that were made by themselves, and joined.
struct LegacyGroup {
    std::vector<std::string> regions;  // of all its replicas
    std::int64_t created_ms = 0;
};

struct Table {
    std::int64_t number = 0;
    std::int64_t version = 0;
    std::string account;
    std::string region;
    std::string name;
    std::string arn;

    std::string id;
    std::int64_t created_ms = 0;
    std::vector<KeyAttribute> attributes;  // AttributeDefinitions
    KeySchema keys;
    std::vector<Index> indexes;
    std::int64_t next_index = 1;
    bool is_on_demand = false;
    bool was_on_demand = false;  // a BillingModeSummary is shown from then on
    std::int64_t on_demand_since_ms = 0;
    Throughput throughput;
    ThroughputChanges changes;          // of `throughput`
    std::optional<TableStream> stream;  // the latest one
    bool is_protected = false;          // DeletionProtectionEnabled
    std::string table_class;            // as asked for; empty: not given
    std::vector<std::pair<std::string, std::string>> tags;
    std::string ttl_attribute;  // of time to live; empty: disabled
    std::int64_t ttl_changed_ms = 0;
    std::string kms_key_arn;  // of SSESpecification; empty: AWS's own key
    OnDemandLimits limits;
    Throughput warm;  // WarmThroughput as asked for; 0: never
    std::vector<Insight> insights;
    Recovery recovery;
    std::int64_t copies = 0;  // being made of the table as it was
    std::optional<Restoring> restoring;
    std::optional<Restoring> restored;  // the same, once it is done
    std::vector<KinesisDestination> destinations;
    std::vector<std::string> replicas;  // of a global table (version 2019.11.21): the other regions
    bool is_strong = false;             // MultiRegionConsistency STRONG
    std::string witness;                // the region of a strong group's witness; empty: none
    bool is_disassociable = false;      // DisassociationProtectionEnabled is false
    std::vector<Departure> departures;
    std::optional<LegacyGroup> legacy_group;
    ReplicaOverrides overrides;
    std::optional<ScalingSettings> read_scaling;
    std::optional<ScalingSettings> write_scaling;
    // Resource-based; null: none, or not loaded (TableCache loads it). Shared by copies of the definition.
    std::shared_ptr<const auth::Policy> policy;
    // The same of its streams, by label.
    std::vector<std::pair<std::string, std::shared_ptr<const auth::Policy>>> stream_policies;

    const Index* find_index(std::string_view index_name) const;
    bool has_local_index() const;
    const auth::Policy* find_stream_policy(std::string_view label) const;  // null: none
    std::string index_arn(const Index& index) const { return arn + "/index/" + index.name; }
    std::string stream_arn() const { return arn + "/stream/" + stream->label; }
    bool keeps_history() const { return recovery.since_ms != 0 || copies > 0; }
    bool has_destination() const;  // an active one
    Billing billing() const { return is_on_demand ? Billing::on_demand : Billing::provisioned; }
    bool is_replicated() const { return !replicas.empty() || legacy_group; }
    // Whether it matters whose write an item shows.
    bool stamps_writes() const { return is_replicated() || !departures.empty(); }
    bool is_streaming() const { return stream && stream->enabled; }
};

// The stored form: all below `arn`.
std::string to_json(const Table& table);
// Fills what to_json() kept.
void from_json(std::string_view text, Table& table);

}  // namespace fogbank::dynamodb
