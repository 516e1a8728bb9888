#include "services/dynamodb/table.h"

#include "services/dynamodb/scaling.h"
#include "src/base/json.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace fogbank::dynamodb {
namespace {

constexpr std::array<std::string_view, 3> kProjections{"ALL", "KEYS_ONLY", "INCLUDE"};

void write_attribute(json::Writer& out, const KeyAttribute& attribute) {
    out.begin_object()
        .field("name", attribute.name)
        .field("type", std::string_view(&attribute.type, 1))
        .end_object();
}

void write_keys(json::Writer& out, const KeySchema& keys) {
    out.begin_array();
    write_attribute(out, keys.hash);
    if (keys.range) write_attribute(out, *keys.range);
    out.end_array();
}

void write_more(json::Writer& out, const char* name, const std::vector<KeyAttribute>& attributes) {
    if (attributes.empty()) return;
    out.key(name).begin_array();
    for (const KeyAttribute& attribute : attributes) write_attribute(out, attribute);
    out.end_array();
}

void write_throughput(json::Writer& out, const Throughput& throughput) {
    out.key("throughput").begin_array().integer(throughput.read).integer(throughput.write).end_array();
}

void write_changes(json::Writer& out, const ThroughputChanges& changes) {
    if (changes.raised_ms == 0 && changes.lowered_ms == 0) return;
    out.key("changes").begin_object().field("raised_ms", changes.raised_ms);
    out.field("lowered_ms", changes.lowered_ms).field("lowered_times", changes.lowered_times).end_object();
}

void write_pair(json::Writer& out, const char* name, std::int64_t first, std::int64_t second) {
    out.key(name).begin_array().integer(first).integer(second).end_array();
}

void write_index(json::Writer& out, const Index& index) {
    out.begin_object();
    out.field("number", index.number).field("name", index.name).field("global", index.is_global);
    out.key("keys");
    write_keys(out, index.keys);
    write_more(out, "more_hashes", index.keys.more_hashes);
    write_more(out, "more_ranges", index.keys.more_ranges);
    out.field("projection", kProjections[static_cast<std::size_t>(index.projection)]);
    out.key("included").begin_array();
    for (const std::string& name : index.included) out.string(name);
    out.end_array();
    write_throughput(out, index.throughput);
    write_changes(out, index.changes);
    write_pair(out, "limits", index.limits.reads, index.limits.writes);
    write_pair(out, "warm", index.warm.read, index.warm.write);
    write_scaling(out, "read_scaling", index.read_scaling);
    write_scaling(out, "write_scaling", index.write_scaling);
    out.field("filling", index.is_filling).field("read_override", index.read_override).end_object();
}

void write_stream(json::Writer& out, const TableStream& stream) {
    out.begin_object().field("number", stream.number).field("label", stream.label).field("view", stream.view);
    out.field("enabled", stream.enabled).end_object();
}

// Of a global table.
void write_group(json::Writer& out, const Table& table) {
    if (table.is_strong) out.field("strong", true).field("witness", table.witness);
    if (table.is_disassociable) out.field("disassociable", true);
    if (!table.departures.empty()) {
        out.key("departures").begin_array();
        for (const Departure& each : table.departures) {
            out.begin_object().field("region", each.region).field("last_sequence", each.last_sequence);
            out.end_object();
        }
        out.end_array();
    }
    if (table.legacy_group) {
        out.key("legacy_group").begin_object().field("created_ms", table.legacy_group->created_ms);
        out.key("regions").begin_array();
        for (const std::string& region : table.legacy_group->regions) out.string(region);
        out.end_array().end_object();
    }
}

void write_origin(json::Writer& out, const char* name, const std::optional<Restoring>& origin) {
    if (!origin) return;
    out.key(name).begin_object().field("backup", origin->backup_arn).field("table", origin->table_arn);
    out.field("time_ms", origin->time_ms).field("import", origin->import_arn);
    out.field("replica", origin->replica_of).end_object();
}

void write_settings(json::Writer& out, const Table& table) {
    out.field("kms_key", table.kms_key_arn);
    write_pair(out, "limits", table.limits.reads, table.limits.writes);
    write_pair(out, "warm", table.warm.read, table.warm.write);
    out.key("insights").begin_array();
    for (const Insight& insight : table.insights) {
        out.begin_object().field("index", insight.index).field("enabled", insight.enabled);
        out.field("mode", insight.mode).field("changed_ms", insight.changed_ms).end_object();
    }
    out.end_array();
    out.field("recovery_since_ms", table.recovery.since_ms).field("recovery_days", table.recovery.days);
    out.field("copies", table.copies);
    out.key("destinations").begin_array();
    for (const KinesisDestination& each : table.destinations) {
        out.begin_object().field("stream", each.stream_arn).field("precision", each.precision);
        out.field("active", each.active).end_object();
    }
    out.end_array().key("replicas").begin_array();
    for (const std::string& region : table.replicas) out.string(region);
    out.end_array().key("overrides").begin_object().field("kms_key", table.overrides.kms_key);
    out.field("reads", table.overrides.reads).field("on_demand_reads", table.overrides.on_demand_reads);
    out.end_object();
    write_scaling(out, "read_scaling", table.read_scaling);
    write_scaling(out, "write_scaling", table.write_scaling);
    write_group(out, table);
    write_origin(out, "restoring", table.restoring);
    write_origin(out, "restored", table.restored);
}

std::string text(json::Value in, std::string_view name) {
    const json::Value found = in.find(name);
    return found && found.is_string() ? std::string(found.string()) : std::string();
}

std::int64_t integer(json::Value in, std::string_view name) {
    const json::Value found = in.find(name);
    return found && found.is_number() ? found.integer() : 0;
}

bool truth(json::Value in, std::string_view name) {
    const json::Value found = in.find(name);
    return found && found.type() == json::Type::boolean && found.boolean();
}

KeyAttribute read_attribute(json::Value in) {
    const std::string type = text(in, "type");
    return {text(in, "name"), type.empty() ? 'S' : type[0]};
}

KeySchema read_keys(json::Value in) {
    KeySchema keys;
    bool is_first = true;
    for (const json::Value element : in.elements()) {
        if (is_first) {
            keys.hash = read_attribute(element);
        } else {
            keys.range = read_attribute(element);
        }
        is_first = false;
    }
    return keys;
}

std::vector<KeyAttribute> read_attributes(json::Value in) {
    std::vector<KeyAttribute> out;
    if (!in) return out;
    for (const json::Value each : in.elements()) out.push_back(read_attribute(each));
    return out;
}

void read_pair(json::Value in, const char* name, std::int64_t& first, std::int64_t& second) {
    const json::Value pair = in.find(name);
    if (!pair) return;
    std::int64_t* next = &first;
    for (const json::Value each : pair.elements()) {
        *next = each.integer();
        next = &second;
    }
}

Throughput read_throughput(json::Value in) {
    Throughput out;
    std::int64_t* next = &out.read;
    for (const json::Value element : in.find("throughput").elements()) {
        *next = element.integer();
        next = &out.write;
    }
    return out;
}

ThroughputChanges read_changes(json::Value in) {
    const json::Value changes = in.find("changes");
    if (!changes) return {};
    return {integer(changes, "raised_ms"), integer(changes, "lowered_ms"), integer(changes, "lowered_times")};
}

Index read_index(json::Value in) {
    Index index;
    index.number = integer(in, "number");
    index.name = text(in, "name");
    index.is_global = truth(in, "global");
    index.keys = read_keys(in.find("keys"));
    index.keys.more_hashes = read_attributes(in.find("more_hashes"));
    index.keys.more_ranges = read_attributes(in.find("more_ranges"));
    const std::string projection = text(in, "projection");
    const auto found = std::find(kProjections.begin(), kProjections.end(), projection);
    index.projection = static_cast<ProjectionType>(found - kProjections.begin());
    for (const json::Value name : in.find("included").elements()) index.included.emplace_back(name.string());
    index.throughput = read_throughput(in);
    index.changes = read_changes(in);
    read_pair(in, "limits", index.limits.reads, index.limits.writes);
    read_pair(in, "warm", index.warm.read, index.warm.write);
    index.read_scaling = read_scaling(in, "read_scaling");
    index.write_scaling = read_scaling(in, "write_scaling");
    index.is_filling = truth(in, "filling");
    index.read_override = integer(in, "read_override");
    return index;
}

TableStream read_stream(json::Value in) {
    return {integer(in, "number"), text(in, "label"), text(in, "view"), truth(in, "enabled")};
}

void read_group(json::Value in, Table& table) {
    table.is_strong = truth(in, "strong");
    table.witness = text(in, "witness");
    table.is_disassociable = truth(in, "disassociable");
    if (const json::Value departures = in.find("departures")) {
        for (const json::Value each : departures.elements()) {
            table.departures.push_back({text(each, "region"), integer(each, "last_sequence")});
        }
    }
    if (const json::Value group = in.find("legacy_group")) {
        LegacyGroup& read = table.legacy_group.emplace();
        read.created_ms = integer(group, "created_ms");
        for (const json::Value each : group.find("regions").elements()) {
            read.regions.emplace_back(each.string());
        }
    }
}

std::optional<Restoring> read_origin(json::Value in) {
    if (!in) return std::nullopt;
    return Restoring{text(in, "backup"), text(in, "table"), integer(in, "time_ms"), text(in, "import"),
                     text(in, "replica")};
}

void read_settings(json::Value in, Table& table) {
    table.kms_key_arn = text(in, "kms_key");
    read_pair(in, "limits", table.limits.reads, table.limits.writes);
    read_pair(in, "warm", table.warm.read, table.warm.write);
    if (const json::Value insights = in.find("insights")) {
        for (const json::Value each : insights.elements()) {
            table.insights.push_back({text(each, "index"), truth(each, "enabled"), text(each, "mode"),
                                      integer(each, "changed_ms")});
        }
    }
    table.recovery.since_ms = integer(in, "recovery_since_ms");
    if (const std::int64_t days = integer(in, "recovery_days"); days != 0) table.recovery.days = days;
    table.copies = integer(in, "copies");
    if (const json::Value destinations = in.find("destinations")) {
        for (const json::Value each : destinations.elements()) {
            table.destinations.push_back(
                {text(each, "stream"), text(each, "precision"), truth(each, "active")});
        }
    }
    table.read_scaling = read_scaling(in, "read_scaling");
    table.write_scaling = read_scaling(in, "write_scaling");
    if (const json::Value replicas = in.find("replicas")) {
        for (const json::Value each : replicas.elements()) table.replicas.emplace_back(each.string());
    }
    read_group(in, table);
    if (const json::Value overrides = in.find("overrides")) {
        table.overrides = {text(overrides, "kms_key"), integer(overrides, "reads"),
                           integer(overrides, "on_demand_reads")};
    }
    table.restoring = read_origin(in.find("restoring"));
    table.restored = read_origin(in.find("restored"));
}

}  // namespace

bool KeySchema::has(std::string_view name) const {
    bool found = false;
    each([&](const KeyAttribute& attribute) { found = found || attribute.name == name; });
    return found;
}

const Index* Table::find_index(std::string_view index_name) const {
    const auto found = std::find_if(indexes.begin(), indexes.end(),
                                    [&](const Index& index) { return index.name == index_name; });
    return found == indexes.end() ? nullptr : &*found;
}

const auth::Policy* Table::find_stream_policy(std::string_view label) const {
    const auto found = std::find_if(stream_policies.begin(), stream_policies.end(),
                                    [&](const auto& each) { return each.first == label; });
    return found == stream_policies.end() ? nullptr : found->second.get();
}

bool Table::has_local_index() const {
    return std::any_of(indexes.begin(), indexes.end(), [](const Index& index) { return !index.is_global; });
}

bool Table::has_destination() const {
    return std::any_of(destinations.begin(), destinations.end(),
                       [](const KinesisDestination& each) { return each.active; });
}

std::string to_json(const Table& table) {
    std::string out_text;
    json::Writer out(out_text);
    out.begin_object().field("id", table.id).field("created_ms", table.created_ms);
    out.key("attributes").begin_array();
    for (const KeyAttribute& attribute : table.attributes) write_attribute(out, attribute);
    out.end_array().key("keys");
    write_keys(out, table.keys);
    out.key("indexes").begin_array();
    for (const Index& index : table.indexes) write_index(out, index);
    out.end_array();
    out.field("next_index", table.next_index).field("on_demand", table.is_on_demand);
    out.field("was_on_demand", table.was_on_demand).field("on_demand_since_ms", table.on_demand_since_ms);
    write_throughput(out, table.throughput);
    write_changes(out, table.changes);
    if (table.stream) {
        out.key("stream");
        write_stream(out, *table.stream);
    }
    out.field("protected", table.is_protected).field("class", table.table_class);
    out.key("tags").begin_array();
    for (const auto& [key, value] : table.tags) out.begin_array().string(key).string(value).end_array();
    out.end_array();
    out.field("ttl", table.ttl_attribute).field("ttl_changed_ms", table.ttl_changed_ms);
    write_settings(out, table);
    out.end_object();
    return out_text;
}

void from_json(std::string_view stored, Table& table) {
    const auto document = json::parse(stored);
    if (!document) throw std::runtime_error("a stored table is no JSON");
    const json::Value in = document->root();
    table.id = text(in, "id");
    table.created_ms = integer(in, "created_ms");
    for (const json::Value each : in.find("attributes").elements())
        table.attributes.push_back(read_attribute(each));
    table.keys = read_keys(in.find("keys"));
    for (const json::Value each : in.find("indexes").elements()) table.indexes.push_back(read_index(each));
    table.next_index = integer(in, "next_index");
    table.is_on_demand = truth(in, "on_demand");
    table.was_on_demand = truth(in, "was_on_demand");
    table.on_demand_since_ms = integer(in, "on_demand_since_ms");
    table.throughput = read_throughput(in);
    table.changes = read_changes(in);
    if (const json::Value stream = in.find("stream")) table.stream = read_stream(stream);
    table.is_protected = truth(in, "protected");
    table.table_class = text(in, "class");
    table.ttl_attribute = text(in, "ttl");
    table.ttl_changed_ms = integer(in, "ttl_changed_ms");
    read_settings(in, table);
    for (const json::Value tag : in.find("tags").elements()) {
        std::vector<std::string> pair;
        for (const json::Value part : tag.elements()) pair.emplace_back(part.string());
        if (pair.size() == 2) table.tags.emplace_back(pair[0], pair[1]);
    }
}

}  // namespace fogbank::dynamodb
