#include "src/model/modelc/emit.h"

#include "src/model/modelc/names.h"

#include <sstream>

namespace fogbank::modelc {
namespace {

std::string kind_of(const ShapeModel& shape) {
    if (shape.custom) return "custom";
    if (shape.is_document) return "document";
    static const std::map<std::string, std::string> kinds{
        {"boolean", "boolean"},
        {"integer", "integer"},
        {"long", "long_integer"},
        {"float", "float_number"},
        {"double", "double_number"},
        {"string", "string"},
        {"character", "string"},
        {"blob", "blob"},
        {"timestamp", "timestamp"},
        {"list", "list"},
        {"map", "map"},
        {"structure", "structure"},
        {"short", "integer"},
        {"byte", "integer"},
        {"bigdecimal", "double_number"},
        {"bigDecimal", "double_number"},
        {"bigInteger", "long_integer"},
    };
    return kinds.at(shape.type);
}

std::string location_of(const Plan& plan, const std::string& owner, const Reference& member) {
    static const std::map<std::string, std::string> locations{
        {"", "body"},   {"header", "header"},           {"headers", "headers"},
        {"uri", "uri"}, {"querystring", "querystring"}, {"statusCode", "status_code"},
    };
    if (plan.service().shape(owner).payload == member.name) return "payload";
    const auto found = locations.find(member.location);
    if (found == locations.end()) throw ModelError("unknown location '" + member.location + "'");
    return found->second;
}

std::string timestamp_format(const std::string& name) {
    static const std::map<std::string, std::string> formats{
        {"iso8601", "iso8601"}, {"rfc822", "rfc822"}, {"unixTimestamp", "unix_timestamp"}};
    const auto found = formats.find(name);
    if (found == formats.end()) throw ModelError("unknown timestamp format '" + name + "'");
    return "model::TimestampFormat::" + found->second;
}

void field(std::string& out, const char* name, const std::string& value) {
    out += std::string(", .") + name + " = " + value;
}

void flag(std::string& out, const char* name, bool value) {
    if (value) field(out, name, "true");
}

void text_field(std::string& out, const char* name, const std::string& value) {
    if (!value.empty()) field(out, name, literal(value));
}

std::string member_row(const Plan& plan, const std::string& owner, const Reference& member) {
    const ShapeModel& target = plan.service().shape(member.shape);
    const std::string wire = member.location_name.empty() ? member.name : member.location_name;
    std::string out = "    {.name = " + literal(member.name) + ", .wire = " + literal(wire);
    field(out, "shape", "&" + plan.shape_symbol(member.shape));
    if (plan.has_field(member)) {
        field(out, "holder", "&model::kHolder<" + plan.field_type(owner, member) + ">");
        field(out, "offset",
              "offsetof(api::" + plan.struct_name(owner) + ", " + identifier(member.name) + ")");
    } else {
        out += ", .holder = nullptr, .offset = 0";
    }
    const std::string location = location_of(plan, owner, member);
    if (location != "body") field(out, "location", "model::Location::" + location);
    const std::string& format =
        member.timestamp_format.empty() ? target.timestamp_format : member.timestamp_format;
    if (!format.empty()) field(out, "timestamp_format", timestamp_format(format));
    flag(out, "required", member.required);
    flag(out, "flattened", member.flattened || target.flattened);
    flag(out, "choice", member.choice);
    flag(out, "xml_attribute", member.xml_attribute);
    flag(out, "idempotency_token", member.idempotency_token);
    flag(out, "streaming", plan.is_streaming(member));
    flag(out, "host_label", member.host_label);
    text_field(out, "query_name", member.query_name);
    const bool own_namespace = !member.xml_namespace.empty();
    text_field(out, "xml_namespace", own_namespace ? member.xml_namespace : target.xml_namespace);
    text_field(out, "xml_prefix", own_namespace ? member.xml_prefix : target.xml_prefix);
    flag(out, "json_value", member.json_value);
    return out + "},\n";
}

std::string structure_fields(const Plan& plan, const ShapeModel& shape) {
    std::string out;
    if (!shape.members.empty()) field(out, "members", plan.members_symbol(shape.name));
    for (std::size_t i = 0; i < shape.members.size(); ++i) {
        if (shape.members[i].name == shape.payload) {
            field(out, "payload", "&" + plan.members_symbol(shape.name) + "[" + std::to_string(i) + "]");
        }
    }
    flag(out, "is_union", shape.is_union);
    text_field(out, "xml_name", shape.xml_name);
    text_field(out, "xml_namespace", shape.xml_namespace);
    return out;
}

std::string container_fields(const Plan& plan, const ShapeModel& shape) {
    std::string out;
    const bool is_map = shape.type == "map";
    field(out, "element", "&" + plan.shape_symbol(shape.element.shape));
    if (is_map) field(out, "key", "&" + plan.shape_symbol(shape.key.shape));
    const std::string element = plan.cpp_type(shape.element.shape);
    if (is_map) {
        field(out, "map", "&model::kMapAccess<" + element + ">");
    } else {
        field(out, "list", "&model::kListAccess<" + element + ">");
    }
    text_field(out, "element_wire", shape.element.location_name);
    text_field(out, "key_wire", shape.key.location_name);
    flag(out, "flattened", shape.flattened);
    flag(out, "sparse", shape.sparse);
    return out;
}

std::string constraint_fields(const ShapeModel& shape) {
    std::string out;
    if (shape.min) field(out, "min", std::to_string(*shape.min));
    if (shape.max) field(out, "max", std::to_string(*shape.max));
    text_field(out, "pattern", shape.pattern);
    if (!shape.enum_values.empty()) field(out, "enum_values", "kEnum" + identifier(shape.name));
    flag(out, "sensitive", shape.sensitive);
    if (shape.custom) field(out, "custom", "&::" + shape.custom->access);
    return out;
}

std::string special_members(const Plan& plan, const std::string& shape) {
    if (!plan.may_have_constructors(shape)) return "";
    const std::string name = plan.struct_name(shape);
    const std::string type = "api::" + name;
    const std::string scope = type + "::";
    return scope + name + "() = default;\n" + scope + name + "(const " + name + "&) = default;\n" + scope +
           name + "(" + name + "&&) noexcept = default;\n" + type + "& " + scope + "operator=(const " + name +
           "&) = default;\n" + type + "& " + scope + "operator=(" + name + "&&) noexcept = default;\n" +
           scope + "~" + name + "() = default;\n";
}

std::string shape_definition(const Plan& plan, const std::string& name) {
    const ShapeModel& shape = plan.service().shape(name);
    std::string out;
    if (!shape.enum_values.empty()) {
        out += "constexpr const char* kEnum" + identifier(name) + "[] = {";
        for (const std::string& value : shape.enum_values) out += literal(value) + ", ";
        out += "};\n";
    }
    if (plan.is_struct(name) && !shape.members.empty()) {
        out += "constinit const model::Member " + plan.members_symbol(name) + "[] = {\n";
        for (const Reference& member : shape.members) out += member_row(plan, name, member);
        out += "};\n";
    }
    const std::string& shown = shape.shown_name.empty() ? name : shape.shown_name;
    out += "constinit const model::Shape " + plan.shape_symbol(name) +
           "{.kind = model::Kind::" + kind_of(shape) + ", .name = " + literal(shown);
    if (!shape.timestamp_format.empty())
        field(out, "timestamp_format", timestamp_format(shape.timestamp_format));
    if (plan.is_struct(name)) out += structure_fields(plan, shape);
    if (!shape.custom && (shape.type == "list" || shape.type == "map")) out += container_fields(plan, shape);
    out += constraint_fields(shape) + "};\n";
    return plan.is_struct(name) ? out + special_members(plan, name) : out;
}

std::string declarations(const Plan& plan) {
    std::string out = "// Generated by modelc; for the tables only.\n#pragma once\n\n#include \"" +
                      plan.include_root() + "version.h\"\n#include \"src/model/shape.h\"\n\nnamespace " +
                      plan.api_namespace() + "::shapes {\n";
    for (const std::string& name : plan.shapes()) {
        out += "extern const model::Shape k" + identifier(name) + ";\n";
    }
    out += "}\n\nnamespace " + plan.api_namespace() + "::members {\n";
    for (const std::string& name : plan.shapes()) {
        const std::size_t count = plan.service().shape(name).members.size();
        if (!plan.is_struct(name) || count == 0) continue;
        out += "extern const model::Member k" + identifier(name) + "[" + std::to_string(count) + "];\n";
    }
    return out + "}\n";
}

// What a shape adds to the time its file takes to compile, roughly.
std::size_t weight(const Plan& plan, const std::string& name) {
    return 2 + 3 * plan.service().shape(name).members.size();
}

std::string table_file(const Plan& plan, const std::vector<std::string>& names) {
    std::set<std::string> includes;
    std::string body;
    for (const std::string& name : names) {
        for (const std::string& type : plan.named_types(name)) {
            const ShapeModel& shape = plan.service().shape(type);
            includes.insert(shape.custom ? shape.custom->header : plan.type_header(type));
        }
        body += shape_definition(plan, name);
    }
    std::string out = "// Generated by modelc.\n#include \"" + plan.include_root() + "tables.h\"\n";
    for (const std::string& path : includes) out += "#include \"" + path + "\"\n";
    // The structures hold standard containers only, for which offsetof means what it says on every compiler
    // we use.
    out += "\n#include <cstddef>\n\n#pragma GCC diagnostic ignored \"-Winvalid-offsetof\"\n\nnamespace " +
           plan.api_namespace() + " {\n\n";
    return out + body + "\n}  // namespace " + plan.api_namespace() + "\n";
}

}  // namespace

void emit_tables(const Plan& plan, int parts, OutputFolder& out) {
    out.add("tables.h", declarations(plan));
    std::size_t total = 0;
    for (const std::string& name : plan.shapes()) total += weight(plan, name);
    std::vector<std::vector<std::string>> files(static_cast<std::size_t>(parts));
    std::size_t before = 0;
    for (const std::string& name : plan.shapes()) {
        files[before * files.size() / total].push_back(name);
        before += weight(plan, name);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        out.add("tables_" + std::to_string(i) + ".cc", table_file(plan, files[i]));
    }
}

}  // namespace fogbank::modelc
