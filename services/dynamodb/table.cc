#include "services/dynamodb/table.h"

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

void write_throughput(json::Writer& out, const Throughput& throughput) {
    out.key("throughput").begin_array().integer(throughput.read).integer(throughput.write).end_array();
}

void write_index(json::Writer& out, const Index& index) {
    out.begin_object();
    out.field("number", index.number).field("name", index.name).field("global", index.is_global);
    out.key("keys");
    write_keys(out, index.keys);
    out.field("projection", kProjections[static_cast<std::size_t>(index.projection)]);
    out.key("included").begin_array();
    for (const std::string& name : index.included) out.string(name);
    out.end_array();
    write_throughput(out, index.throughput);
    out.field("filling", index.is_filling).field("read_override", index.read_override).end_object();
}

void write_stream(json::Writer& out, const TableStream& stream) {
    out.begin_object().field("number", stream.number).field("label", stream.label).field("view", stream.view);
    out.field("enabled", stream.enabled).end_object();
}

void write_settings(json::Writer& out, const Table& table) {
    out.field("kms_key", table.kms_key_arn);
    out.key("limits").begin_array().integer(table.limits.reads).integer(table.limits.writes).end_array();
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
    if (!table.restoring) return;
    out.key("restoring").begin_object().field("backup", table.restoring->backup_arn);
    out.field("table", table.restoring->table_arn).field("time_ms", table.restoring->time_ms);
    out.field("import", table.restoring->import_arn).field("replica", table.restoring->replica_of);
    out.end_object();
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

Throughput read_throughput(json::Value in) {
    Throughput out;
    std::int64_t* next = &out.read;
    for (const json::Value element : in.find("throughput").elements()) {
        *next = element.integer();
        next = &out.write;
    }
    return out;
}

Index read_index(json::Value in) {
    Index index;
    index.number = integer(in, "number");
    index.name = text(in, "name");
    index.is_global = truth(in, "global");
    index.keys = read_keys(in.find("keys"));
    const std::string projection = text(in, "projection");
    const auto found = std::find(kProjections.begin(), kProjections.end(), projection);
    index.projection = static_cast<ProjectionType>(found - kProjections.begin());
    for (const json::Value name : in.find("included").elements()) index.included.emplace_back(name.string());
    index.throughput = read_throughput(in);
    index.is_filling = truth(in, "filling");
    index.read_override = integer(in, "read_override");
    return index;
}

TableStream read_stream(json::Value in) {
    return {integer(in, "number"), text(in, "label"), text(in, "view"), truth(in, "enabled")};
}

void read_settings(json::Value in, Table& table) {
    table.kms_key_arn = text(in, "kms_key");
    if (const json::Value limits = in.find("limits")) {
        std::int64_t* next = &table.limits.reads;
        for (const json::Value each : limits.elements()) {
            *next = each.integer();
            next = &table.limits.writes;
        }
    }
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
    if (const json::Value replicas = in.find("replicas")) {
        for (const json::Value each : replicas.elements()) table.replicas.emplace_back(each.string());
    }
    if (const json::Value overrides = in.find("overrides")) {
        table.overrides = {text(overrides, "kms_key"), integer(overrides, "reads"),
                           integer(overrides, "on_demand_reads")};
    }
    if (const json::Value restoring = in.find("restoring")) {
        table.restoring =
            Restoring{text(restoring, "backup"), text(restoring, "table"), integer(restoring, "time_ms"),
                      text(restoring, "import"), text(restoring, "replica")};
    }
}

}  // namespace

const Index* Table::find_index(std::string_view index_name) const {
    const auto found = std::find_if(indexes.begin(), indexes.end(),
                                    [&](const Index& index) { return index.name == index_name; });
    return found == indexes.end() ? nullptr : &*found;
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
