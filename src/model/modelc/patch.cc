#include "src/model/modelc/patch.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string_view>

namespace fogbank::modelc {
namespace {

using Json = rapidjson::Value;

std::string text(const Json& entry, const char* name, const std::string& fallback) {
    const auto found = entry.FindMember(name);
    if (found == entry.MemberEnd()) return fallback;
    if (!found->value.IsString()) throw ModelError(std::string("'") + name + "' is no string");
    return found->value.GetString();
}

std::string text(const Json& entry, const char* name) {
    if (!entry.HasMember(name)) throw ModelError(std::string("'") + name + "' is missing");
    return text(entry, name, "");
}

bool flag(const Json& entry, const char* name, bool fallback) {
    const auto found = entry.FindMember(name);
    if (found == entry.MemberEnd()) return fallback;
    if (!found->value.IsBool()) throw ModelError(std::string("'") + name + "' is no boolean");
    return found->value.GetBool();
}

int status(const Json& entry, const char* name, int fallback) {
    const auto found = entry.FindMember(name);
    if (found == entry.MemberEnd()) return fallback;
    if (!found->value.IsInt()) throw ModelError(std::string("'") + name + "' is no number");
    return found->value.GetInt();
}

// Every entry says why, and a misspelt key is no silent no-op.
void check_entry(const Json& entry, std::initializer_list<std::string_view> keys) {
    if (!entry.IsObject()) throw ModelError("an entry is no object");
    if (text(entry, "reason").empty()) throw ModelError("an entry gives no reason");
    for (const auto& member : entry.GetObject()) {
        const std::string_view name = member.name.GetString();
        bool known = name == "reason";
        for (std::string_view key : keys) known = known || name == key;
        if (!known) throw ModelError("unknown key '" + std::string(name) + "'");
    }
}

void patch_error(const Json& entry, ServiceModel& service) {
    check_entry(entry, {"name", "code", "status", "fault", "message_member"});
    const std::string name = text(entry, "name");
    ErrorModel& error = service.errors[name];
    error.name = name;
    error.code = text(entry, "code", error.code.empty() ? name : error.code);
    error.sender_fault = !flag(entry, "fault", !error.sender_fault);
    error.http_status = status(entry, "status", error.http_status);
    error.message_member = text(entry, "message_member", error.message_member);
}

void patch_type(const std::string& name, const Json& entry, ServiceModel& service) {
    check_entry(entry, {"cpp", "header", "access"});
    service.shape(name).custom = CustomType{text(entry, "cpp"), text(entry, "header"), text(entry, "access")};
}

void patch_limit(const Json& entry, const char* name, std::optional<std::int64_t>& limit) {
    const auto found = entry.FindMember(name);
    if (found == entry.MemberEnd()) return;
    if (!found->value.IsInt64() && !found->value.IsNull()) {
        throw ModelError(std::string("'") + name + "' is neither number nor null");
    }
    limit = found->value.IsNull() ? std::nullopt : std::optional<std::int64_t>(found->value.GetInt64());
}

void patch_limits(const Json& entry, ShapeModel& shape) {
    patch_limit(entry, "min", shape.min);
    patch_limit(entry, "max", shape.max);
    const auto pattern = entry.FindMember("pattern");
    if (pattern != entry.MemberEnd())
        shape.pattern = pattern->value.IsString() ? pattern->value.GetString() : "";
    const auto values = entry.FindMember("enum");
    if (values == entry.MemberEnd()) return;
    shape.enum_values.clear();
    if (!values->value.IsArray()) return;
    for (const auto& value : values->value.GetArray()) shape.enum_values.emplace_back(value.GetString());
}

Reference& member_of(ShapeModel& shape, const std::string& name) {
    for (Reference& member : shape.members) {
        if (member.name == name) return member;
    }
    throw ModelError("shape '" + shape.name + "' has no member '" + name + "'");
}

void patch_constraint(const Json& entry, ServiceModel& service) {
    check_entry(entry, {"shape", "member", "min", "max", "pattern", "enum", "required"});
    ShapeModel& shape = service.shape(text(entry, "shape"));
    if (!entry.HasMember("member")) {
        if (entry.HasMember("required")) throw ModelError("'required' belongs to a member");
        patch_limits(entry, shape);
        return;
    }
    Reference& member = member_of(shape, text(entry, "member"));
    member.required = flag(entry, "required", member.required);
    if (!entry.HasMember("min") && !entry.HasMember("max") && !entry.HasMember("pattern") &&
        !entry.HasMember("enum")) {
        return;
    }
    // The limits belong to the member's shape, which others use too: this member gets a copy of its own.
    ShapeModel copy = service.shape(member.shape);
    if (copy.type == "structure") throw ModelError("a structure has no limits");
    copy.shown_name = copy.shown_name.empty() ? copy.name : copy.shown_name;
    copy.name = copy.shown_name + "Of" + shape.name + member.name;
    patch_limits(entry, copy);
    member.shape = copy.name;
    service.shapes[copy.name] = copy;
}

// Flattened lists become one, whose entries are a union of theirs: XML that mixes them keeps its order.
void patch_choice(const Json& entry, const std::string& owner, ServiceModel& service) {
    if (!entry.IsObject() || !entry.HasMember("of") || !entry["of"].IsArray() || entry["of"].Empty()) {
        throw ModelError("'choice' names no lists");
    }
    ShapeModel kinds;
    kinds.name = text(entry, "shape");
    kinds.type = "structure";
    kinds.is_union = true;
    std::vector<Reference>& members = service.shape(owner).members;
    auto place = members.end();
    for (const auto& each : entry["of"].GetArray()) {
        const std::string name = each.GetString();
        Reference kind = member_of(service.shape(owner), name);
        const ShapeModel& list = service.shape(kind.shape);
        if (list.type != "list" || !(list.flattened || kind.flattened)) {
            throw ModelError("'" + name + "' is no flattened list");
        }
        if (kind.location_name.empty()) kind.location_name = name;
        kind.name = kind.location_name;
        kind.shape = list.element.shape;
        kind.flattened = false;
        kinds.members.push_back(kind);
        place = std::find_if(members.begin(), members.end(),
                             [&name](const Reference& member) { return member.name == name; });
        place = members.erase(place);
    }
    ShapeModel list;
    list.name = kinds.name + "List";
    list.type = "list";
    list.flattened = true;
    list.element.shape = kinds.name;
    Reference member;
    member.name = text(entry, "member");
    member.shape = list.name;
    member.flattened = member.choice = true;
    members.insert(place, member);
    for (const ShapeModel& shape : {kinds, list}) {
        if (!service.shapes.emplace(shape.name, shape).second) {
            throw ModelError("there is a shape '" + shape.name + "' already");
        }
    }
}

void patch_structure(const std::string& name, const Json& entry, ServiceModel& service) {
    check_entry(entry, {"xml_name", "header", "shape", "choice"});
    if (entry.HasMember("choice")) patch_choice(entry["choice"], name, service);
    ShapeModel& shape = service.shape(name);
    shape.xml_name = text(entry, "xml_name", shape.xml_name);
    if (!entry.HasMember("header")) return;
    Reference member;
    member.shape = member.name = text(entry, "shape");
    service.shape(member.shape);
    member.location = "header";
    member.location_name = text(entry, "header");
    shape.members.push_back(member);
}

void patch_operation(const std::string& name, const Json& entry, ServiceModel& service) {
    check_entry(entry, {"status", "uri", "method", "no_auth"});
    const auto found = service.operations.find(name);
    if (found == service.operations.end()) throw ModelError("no operation '" + name + "'");
    OperationModel& operation = found->second;
    operation.success_status = status(entry, "status", operation.success_status);
    operation.request_uri = text(entry, "uri", operation.request_uri);
    operation.http_method = text(entry, "method", operation.http_method);
    operation.no_auth = flag(entry, "no_auth", operation.no_auth);
}

// Runs `apply`; an error says where in the patch it arose.
void at(const std::string& place, const std::function<void()>& apply) {
    try {
        apply();
    } catch (const ModelError& error) {
        throw ModelError(place + ": " + error.what());
    }
}

void apply_section(const std::string& name, const Json& section, ServiceModel& service) {
    if (name == "errors" || name == "constraints") {
        if (!section.IsArray()) throw ModelError("is no array");
        for (rapidjson::SizeType i = 0; i < section.Size(); ++i) {
            at("[" + std::to_string(i) + "]", [&] {
                if (name == "errors") return patch_error(section[i], service);
                patch_constraint(section[i], service);
            });
        }
    } else if (name == "types" || name == "operations" || name == "structures") {
        if (!section.IsObject()) throw ModelError("is no object");
        for (const auto& entry : section.GetObject()) {
            const std::string key = entry.name.GetString();
            at(key, [&] {
                if (name == "types") return patch_type(key, entry.value, service);
                if (name == "structures") return patch_structure(key, entry.value, service);
                patch_operation(key, entry.value, service);
            });
        }
    } else if (name != "sources") {  // read by CMake
        throw ModelError("unknown section");
    }
}

}  // namespace

void apply_patch(const std::string& json, ServiceModel& service) {
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    if (document.HasParseError()) {
        throw ModelError(std::string("no JSON: ") + rapidjson::GetParseError_En(document.GetParseError()) +
                         " at byte " + std::to_string(document.GetErrorOffset()));
    }
    if (!document.IsObject()) throw ModelError("no object");
    for (const auto& section : document.GetObject()) {
        at(section.name.GetString(),
           [&] { apply_section(section.name.GetString(), section.value, service); });
    }
}

}  // namespace fogbank::modelc
