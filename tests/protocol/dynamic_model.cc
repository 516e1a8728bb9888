#include "tests/protocol/dynamic_model.h"

#include <array>
#include <stdexcept>

namespace fogbank::protocol_test {
namespace {

using model::Kind;
using model::Location;
using model::TimestampFormat;

template <Kind kind>
constexpr model::Holder kHolder{[](void* holder) -> void* {
                                    Slot& slot = *static_cast<Slot*>(holder);
                                    slot.present = true;
                                    return address_of(slot, kind);
                                },
                                [](const void* holder) -> const void* {
                                    Slot& slot = *static_cast<Slot*>(const_cast<void*>(holder));
                                    return slot.present ? address_of(slot, kind) : nullptr;
                                }};

using List = std::vector<std::unique_ptr<Slot>>;
using Map = std::map<std::string, std::unique_ptr<Slot>, std::less<>>;

template <Kind kind>
constexpr model::ListAccess kList{
    [](const void* list) { return static_cast<const List*>(list)->size(); },
    [](const void* list, std::size_t index) -> const void* {
        return address_of(*(*static_cast<const List*>(list))[index], kind);
    },
    [](void* list) -> void* {
        return address_of(*static_cast<List*>(list)->emplace_back(std::make_unique<Slot>()), kind);
    }};

template <Kind kind>
constexpr model::MapAccess kMap{
    [](const void* map) { return static_cast<const Map*>(map)->size(); },
    [](void* map, std::string_view key) -> void* {
        auto& slot = static_cast<Map*>(map)->try_emplace(std::string(key)).first->second;
        if (slot == nullptr) slot = std::make_unique<Slot>();
        return address_of(*slot, kind);
    },
    [](const void* map, void* context, void (*visit)(void*, std::string_view, const void*)) {
        for (const auto& [key, slot] : *static_cast<const Map*>(map))
            visit(context, key, address_of(*slot, kind));
    }};

constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::custom);

template <std::size_t... I>
constexpr auto holders(std::index_sequence<I...>) {
    return std::array<const model::Holder*, sizeof...(I)>{&kHolder<static_cast<Kind>(I)>...};
}
template <std::size_t... I>
constexpr auto lists(std::index_sequence<I...>) {
    return std::array<const model::ListAccess*, sizeof...(I)>{&kList<static_cast<Kind>(I)>...};
}
template <std::size_t... I>
constexpr auto maps(std::index_sequence<I...>) {
    return std::array<const model::MapAccess*, sizeof...(I)>{&kMap<static_cast<Kind>(I)>...};
}

const model::Holder* holder_of(Kind kind) {
    return holders(std::make_index_sequence<kKinds>())[static_cast<std::size_t>(kind)];
}
const model::ListAccess* list_of(Kind kind) {
    return lists(std::make_index_sequence<kKinds>())[static_cast<std::size_t>(kind)];
}
const model::MapAccess* map_of(Kind kind) {
    return maps(std::make_index_sequence<kKinds>())[static_cast<std::size_t>(kind)];
}

std::string_view text_of(json::Value value, std::string_view otherwise = {}) {
    return value && value.is_string() ? value.string() : otherwise;
}
bool flag_of(json::Value value) {
    return value && value.type() == json::Type::boolean && value.boolean();
}

Kind kind_of(json::Value shape) {
    if (flag_of(shape.find("document"))) return Kind::document;
    const std::string_view type = text_of(shape.find("type"));
    static const std::map<std::string_view, Kind> kinds{{"boolean", Kind::boolean},
                                                        {"integer", Kind::integer},
                                                        {"long", Kind::long_integer},
                                                        {"float", Kind::float_number},
                                                        {"double", Kind::double_number},
                                                        {"string", Kind::string},
                                                        {"blob", Kind::blob},
                                                        {"timestamp", Kind::timestamp},
                                                        {"list", Kind::list},
                                                        {"map", Kind::map},
                                                        {"structure", Kind::structure}};
    return kinds.at(type);
}

Location location_of(json::Value member) {
    const std::string_view location = text_of(member.find("location"));
    if (location == "header") return Location::header;
    if (location == "headers") return Location::headers;
    if (location == "uri") return Location::uri;
    if (location == "querystring") return Location::querystring;
    if (location == "statusCode") return Location::status_code;
    return Location::body;
}

TimestampFormat format_of(json::Value holder) {
    const std::string_view format = text_of(holder.find("timestampFormat"));
    if (format == "iso8601") return TimestampFormat::iso8601;
    if (format == "rfc822") return TimestampFormat::rfc822;
    if (format == "unixTimestamp") return TimestampFormat::unix_timestamp;
    return TimestampFormat::unspecified;
}

// {"uri": ...} or the text itself.
std::string_view namespace_of(json::Value space) {
    return space.is_object() ? space.find("uri").string() : space.string();
}

model::Protocol protocol_of(std::string_view name) {
    if (name == "json") return model::Protocol::json;
    // Only its bodies are looked at (cbor_vectors_test.cc).
    if (name == "smithy-rpc-v2-cbor") return model::Protocol::json;
    if (name == "rest-json") return model::Protocol::rest_json;
    if (name == "rest-xml") return model::Protocol::rest_xml;
    if (name == "query") return model::Protocol::query;
    if (name == "ec2") return model::Protocol::ec2;
    throw std::runtime_error("unknown protocol");
}

}  // namespace

void* address_of(Slot& slot, Kind kind) {
    switch (kind) {
        case Kind::boolean:
            return &slot.boolean;
        case Kind::integer:
            return &slot.integer;
        case Kind::long_integer:
            return &slot.long_integer;
        case Kind::float_number:
            return &slot.float_number;
        case Kind::double_number:
            return &slot.double_number;
        case Kind::string:
            return &slot.string;
        case Kind::blob:
            return &slot.blob;
        case Kind::timestamp:
            return &slot.timestamp;
        case Kind::list:
            return &slot.list;
        case Kind::map:
            return &slot.map;
        case Kind::document:
            return &slot.document;
        case Kind::structure:
            if (slot.members == nullptr) slot.members = std::make_unique<Slot[]>(kMostMembers);
            return slot.members.get();
        case Kind::custom:
            break;
    }
    return nullptr;
}

DynamicModel::DynamicModel(json::Value suite) : empty_{.kind = Kind::structure, .name = ""} {
    const json::Value metadata = suite.find("metadata");
    const auto meta = [&](const char* name, const char* otherwise) {
        return metadata.find(name) ? keep(metadata.find(name).string()) : otherwise;
    };
    service_.id = "vectors";
    service_.service_id = "Vectors";
    service_.endpoint_prefix = meta("endpointPrefix", "vectors");
    service_.signing_name = meta("signingName", "vectors");
    service_.api_version = meta("apiVersion", "");
    service_.target_prefix = meta("targetPrefix", nullptr);
    service_.json_version = meta("jsonVersion", nullptr);
    service_.xml_namespace = nullptr;
    service_.protocol = protocol_of(text_of(metadata.find("protocol")));
    service_.query_compatible = bool(metadata.find("awsQueryCompatible"));
    for (const auto [name, text] : suite.find("shapes").members()) define(name, text);
    for (const json::Value item : suite.find("cases").elements()) {
        const json::Value given = item.find("given");
        bool known = false;
        for (const model::Operation& other : operations_)
            known = known || other.name == text_of(given.find("name"));
        if (!known) add_operation(given);
    }
    for (const model::Operation& operation : operations_) operation_list_.push_back(&operation);
    service_.operations = operation_list_;
    service_.errors = errors_;
}

const char* DynamicModel::keep(std::string_view text) {
    return texts_.emplace_back(text).c_str();
}
const char* DynamicModel::keep_or_null(json::Value text) {
    return text ? keep(text.string()) : nullptr;
}

model::Shape& DynamicModel::declare(std::string_view name) {
    const auto found = shapes_.find(name);
    if (found != shapes_.end()) return found->second;
    return shapes_.emplace(std::string(name), model::Shape{.kind = Kind::structure, .name = keep(name)})
        .first->second;
}

const model::Shape* DynamicModel::shape(std::string_view name) const {
    const auto found = shapes_.find(name);
    return found == shapes_.end() ? nullptr : &found->second;
}

const ErrorShape* DynamicModel::error(std::string_view code) const {
    for (const ErrorShape& shape : error_shapes_) {
        if (code == shape.code || code == shape.name) return &shape;
    }
    return nullptr;
}

const model::Operation& DynamicModel::operation(std::string_view name) const {
    for (const model::Operation& operation : operations_) {
        if (operation.name == name) return operation;
    }
    throw std::runtime_error("no operation");
}

void DynamicModel::define(std::string_view name, json::Value text) {
    model::Shape& shape = declare(name);
    shape.kind = kind_of(text);
    shape.timestamp_format = format_of(text);
    shape.flattened = flag_of(text.find("flattened"));
    if (json::Value space = text.find("xmlNamespace")) shape.xml_namespace = keep(namespace_of(space));
    if (shape.kind == Kind::structure) define_structure(shape, text);
    if (shape.kind == Kind::list || shape.kind == Kind::map) {
        const bool map = shape.kind == Kind::map;
        const json::Value element = text.find(map ? "value" : "member");
        shape.element = &declare(text_of(element.find("shape")));
        shape.element_wire = keep_or_null(element.find("locationName"));
        if (map) {
            shape.key = &declare(text_of(text.find("key").find("shape")));
            shape.key_wire = keep_or_null(text.find("key").find("locationName"));
        }
    }
    if (flag_of(text.find("exception"))) add_error(name, text);
}

void DynamicModel::define_structure(model::Shape& shape, json::Value text) {
    shape.is_union = flag_of(text.find("union"));
    shape.xml_name = keep_or_null(text.find("locationName"));
    const json::Value members = text.find("members");
    const std::string_view payload = text_of(text.find("payload"));
    if (members.size() > kMostMembers) throw std::runtime_error("raise kMostMembers");
    auto& rows = members_.emplace_back(members.size());
    std::size_t index = 0;
    for (const auto [name, member] : members.members()) {
        fill_member(rows[index], name, member, index);
        if (name == payload) {
            rows[index].location = Location::payload;
            shape.payload = &rows[index];
        }
        ++index;
    }
    if (json::Value required = text.find("required")) {
        for (const json::Value name : required.elements()) {
            for (model::Member& row : rows) row.required = row.required || name.string() == row.name;
        }
    }
    shape.members = rows;
}

void DynamicModel::fill_member(model::Member& member, std::string_view name, json::Value text,
                               std::size_t index) {
    member.name = keep(name);
    member.wire = text.find("locationName") ? keep(text.find("locationName").string()) : member.name;
    member.shape = &declare(text_of(text.find("shape")));
    member.offset = static_cast<std::uint32_t>(index * sizeof(Slot));
    member.location = location_of(text);
    member.timestamp_format = format_of(text);
    member.flattened = flag_of(text.find("flattened"));
    member.xml_attribute = flag_of(text.find("xmlAttribute"));
    member.idempotency_token = flag_of(text.find("idempotencyToken"));
    member.streaming = flag_of(text.find("streaming"));
    member.host_label = flag_of(text.find("hostLabel"));
    member.json_value = flag_of(text.find("jsonvalue"));
    member.query_name = keep_or_null(text.find("queryName"));
    if (json::Value space = text.find("xmlNamespace")) {
        member.xml_namespace = keep(namespace_of(space));
        if (space.is_object()) member.xml_prefix = keep_or_null(space.find("prefix"));
    }
}

void DynamicModel::add_error(std::string_view name, json::Value text) {
    ErrorShape row{.name = keep(name), .code = nullptr, .http_status = 400};
    row.code = row.name;
    row.sender_fault = !flag_of(text.find("fault"));
    if (!row.sender_fault) row.http_status = 500;
    if (json::Value error = text.find("error"); error && error.is_object()) {
        if (json::Value code = error.find("code")) row.code = keep(code.string());
        if (json::Value status = error.find("httpStatusCode"))
            row.http_status = static_cast<int>(status.integer());
    }
    for (const auto [member, unused] : text.find("members").members()) {
        if (member == "message" || member == "Message") row.message_member = keep(member);
    }
    errors_.push_back(&error_shapes_.emplace_back(row));
}

const model::Shape* DynamicModel::body_shape(json::Value reference) {
    if (!reference) return &empty_;
    model::Shape& shape = declare(text_of(reference.find("shape")));
    if (reference.find("locationName")) shape.xml_name = keep(reference.find("locationName").string());
    return &shape;
}

void DynamicModel::add_operation(json::Value given) {
    model::Operation operation{};
    operation.name = keep(text_of(given.find("name")));
    operation.service = &service_;
    const json::Value http = given.find("http");
    operation.http_method = keep(text_of(http.find("method"), "POST"));
    operation.request_uri = keep(text_of(http.find("requestUri"), "/"));
    operation.success_status =
        http.find("responseCode") ? static_cast<int>(http.find("responseCode").integer()) : 200;
    operation.input = body_shape(given.find("input"));
    operation.output = body_shape(given.find("output"));
    // As botocore's own test does: the query vectors leave the wrapper to convention.
    if (service_.protocol == model::Protocol::query && !operation.output->members.empty()) {
        operation.output_wrapper = keep(std::string(operation.name) + "Result");
    }
    for (const model::Member& member : operation.input->members) {
        if (member.streaming) operation.input_stream = &member;
    }
    for (const model::Member& member : operation.output->members) {
        if (member.streaming) operation.output_stream = &member;
    }
    operations_.push_back(operation);
    // Holders need the kinds, which are known once every shape is defined.
    for (auto& rows : members_) {
        for (model::Member& row : rows) {
            row.holder = row.streaming ? nullptr : holder_of(row.shape->kind);
            const bool collection = row.shape->kind == Kind::list || row.shape->kind == Kind::map;
            row.flattened = row.flattened || (collection && row.shape->flattened);
        }
    }
    for (auto& [name, shape] : shapes_) {
        if (shape.kind == Kind::list) shape.list = list_of(shape.element->kind);
        if (shape.kind == Kind::map) shape.map = map_of(shape.element->kind);
    }
}

}  // namespace fogbank::protocol_test
