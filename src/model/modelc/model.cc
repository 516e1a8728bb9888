#include "src/model/modelc/model.h"

#include <rapidjson/document.h>
#include <zlib.h>

#include <fstream>
#include <iterator>
#include <memory>

namespace fogbank::modelc {
namespace {

using Json = rapidjson::Value;

std::string text(const Json& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

bool flag(const Json& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsBool() && found->value.GetBool();
}

const Json* object_at(const Json& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsObject() ? &found->value : nullptr;
}

// The models write some limits as floats (1.0); a limit with a fraction has no place in Shape.
std::optional<std::int64_t> number(const Json& object, const char* name) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsNumber()) return std::nullopt;
    if (found->value.IsInt64()) return found->value.GetInt64();
    const double value = found->value.GetDouble();
    if (value < -9e18 || value > 9e18) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) != value) {
        throw ModelError(std::string("the limit '") + name + "' has a fraction");
    }
    return whole;
}

Reference parse_reference(const std::string& name, const Json& json) {
    Reference out;
    out.name = name;
    out.shape = text(json, "shape");
    out.location = text(json, "location");
    out.location_name = text(json, "locationName");
    out.timestamp_format = text(json, "timestampFormat");
    out.query_name = text(json, "queryName");
    out.flattened = flag(json, "flattened");
    out.xml_attribute = flag(json, "xmlAttribute");
    out.idempotency_token = flag(json, "idempotencyToken");
    out.streaming = flag(json, "streaming");
    out.host_label = flag(json, "hostLabel");
    out.json_value = flag(json, "jsonvalue");
    if (const Json* ns = object_at(json, "xmlNamespace")) {
        out.xml_namespace = text(*ns, "uri");
        out.xml_prefix = text(*ns, "prefix");
    }
    return out;
}

void parse_members(const Json& json, ShapeModel& out) {
    if (const Json* members = object_at(json, "members")) {
        for (const auto& member : members->GetObject()) {
            out.members.push_back(parse_reference(member.name.GetString(), member.value));
        }
    }
    const auto required = json.FindMember("required");
    if (required == json.MemberEnd() || !required->value.IsArray()) return;
    for (const auto& name : required->value.GetArray()) {
        for (Reference& member : out.members) {
            if (member.name == name.GetString()) member.required = true;
        }
    }
}

void parse_error_traits(const Json& json, ShapeModel& out) {
    const Json* error = object_at(json, "error");
    out.is_exception = flag(json, "exception") || error != nullptr;
    out.error.fault = flag(json, "fault");
    if (error == nullptr) return;
    out.error.code = text(*error, "code");
    out.error.http_status = static_cast<int>(number(*error, "httpStatusCode").value_or(0));
    out.error.fault = out.error.fault || flag(*error, "fault");
}

ShapeModel parse_shape(const std::string& name, const Json& json) {
    ShapeModel out;
    out.name = name;
    out.type = text(json, "type");
    parse_members(json, out);
    out.payload = text(json, "payload");
    if (const Json* element = object_at(json, "member")) out.element = parse_reference("", *element);
    if (const Json* value = object_at(json, "value")) out.element = parse_reference("", *value);
    if (const Json* key = object_at(json, "key")) out.key = parse_reference("", *key);
    out.min = number(json, "min");
    out.max = number(json, "max");
    out.pattern = text(json, "pattern");
    const auto values = json.FindMember("enum");
    if (values != json.MemberEnd() && values->value.IsArray()) {
        for (const auto& value : values->value.GetArray()) out.enum_values.emplace_back(value.GetString());
    }
    out.timestamp_format = text(json, "timestampFormat");
    out.xml_name = text(json, "locationName");
    if (const Json* ns = object_at(json, "xmlNamespace")) {
        out.xml_namespace = text(*ns, "uri");
        out.xml_prefix = text(*ns, "prefix");
    }
    out.flattened = flag(json, "flattened");
    out.sparse = flag(json, "sparse");
    out.sensitive = flag(json, "sensitive");
    out.streaming = flag(json, "streaming");
    out.is_union = flag(json, "union");
    out.is_document = flag(json, "document");
    out.is_event_stream = flag(json, "eventstream");
    parse_error_traits(json, out);
    return out;
}

bool is_anonymous(const Json& json) {
    if (text(json, "authtype") == "none") return true;
    const auto auth = json.FindMember("auth");
    if (auth == json.MemberEnd() || !auth->value.IsArray()) return false;
    for (const auto& scheme : auth->value.GetArray()) {
        if (std::string_view(scheme.GetString()) == "smithy.api#noAuth") return true;
    }
    return false;
}

OperationModel parse_operation(const std::string& name, const Json& json) {
    OperationModel out;
    out.name = name;
    if (const Json* http = object_at(json, "http")) {
        out.http_method = text(*http, "method");
        out.request_uri = text(*http, "requestUri");
        out.success_status = static_cast<int>(number(*http, "responseCode").value_or(200));
    }
    if (const Json* input = object_at(json, "input")) {
        out.input = text(*input, "shape");
        out.input_xml_name = text(*input, "locationName");
        if (const Json* ns = object_at(*input, "xmlNamespace")) out.input_xml_namespace = text(*ns, "uri");
    }
    if (const Json* output = object_at(json, "output")) {
        out.output = text(*output, "shape");
        out.output_wrapper = text(*output, "resultWrapper");
    }
    const Json* checksum = object_at(json, "httpChecksum");
    out.checksum_required = flag(json, "httpChecksumRequired") ||
                            (checksum != nullptr && flag(*checksum, "requestChecksumRequired"));
    out.no_auth = is_anonymous(json);
    return out;
}

// aws: the query and XML protocols carry the error's own code, the JSON protocols the name of its shape; a
// service that moved from query to JSON (awsQueryCompatible) keeps its old codes for x-amzn-query-error.
ErrorModel parse_error(const ServiceModel& service, const ShapeModel& shape) {
    ErrorModel out;
    out.name = shape.name;
    const bool own_code = service.protocol == "query" || service.protocol == "ec2" ||
                          service.protocol == "rest-xml" || service.query_compatible;
    out.code = own_code && !shape.error.code.empty() ? shape.error.code : shape.name;
    out.http_status =
        shape.error.http_status != 0 ? shape.error.http_status : (shape.error.fault ? 500 : 400);
    out.sender_fault = !shape.error.fault;
    for (const Reference& member : shape.members) {
        if (member.name == "message" || member.name == "Message") out.message_member = member.name;
        if (member.name == "Type") out.type_member = member.name;
    }
    return out;
}

void parse_metadata(const Json& json, ServiceModel& out) {
    out.service_id = text(json, "serviceId");
    out.endpoint_prefix = text(json, "endpointPrefix");
    out.signing_name = text(json, "signingName");
    if (out.signing_name.empty()) out.signing_name = out.endpoint_prefix;
    out.api_version = text(json, "apiVersion");
    out.target_prefix = text(json, "targetPrefix");
    out.json_version = text(json, "jsonVersion");
    out.xml_namespace = text(json, "xmlNamespace");
    out.protocol = text(json, "protocol");
    out.query_compatible = object_at(json, "awsQueryCompatible") != nullptr;
}

std::string gunzip(const std::string& path) {
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
    if (!file) throw ModelError("cannot open " + path);
    std::string out;
    char piece[65536];
    int got = 0;
    while ((got = gzread(file.get(), piece, sizeof piece)) > 0)
        out.append(piece, static_cast<std::size_t>(got));
    if (got < 0) throw ModelError("cannot read " + path);
    return out;
}

}  // namespace

ShapeModel& ServiceModel::shape(const std::string& name) {
    const auto found = shapes.find(name);
    if (found == shapes.end()) throw ModelError("no shape '" + name + "'");
    return found->second;
}

const ShapeModel& ServiceModel::shape(const std::string& name) const {
    return const_cast<ServiceModel*>(this)->shape(name);
}

std::string read_file(const std::string& path) {
    if (path.ends_with(".gz")) return gunzip(path);
    std::ifstream in(path, std::ios::binary);
    if (!in) throw ModelError("cannot open " + path);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

ServiceModel parse_model(const std::string& id, const std::string& json) {
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    const Json* metadata = document.IsObject() ? object_at(document, "metadata") : nullptr;
    const Json* operations = document.IsObject() ? object_at(document, "operations") : nullptr;
    const Json* shapes = document.IsObject() ? object_at(document, "shapes") : nullptr;
    if (metadata == nullptr || operations == nullptr || shapes == nullptr) {
        throw ModelError("no service model: metadata, operations or shapes are missing");
    }
    ServiceModel out;
    out.id = id;
    parse_metadata(*metadata, out);
    for (const auto& entry : shapes->GetObject()) {
        const std::string name = entry.name.GetString();
        out.shapes[name] = parse_shape(name, entry.value);
        if (out.shapes[name].is_exception) out.errors[name] = parse_error(out, out.shapes[name]);
    }
    for (const auto& entry : operations->GetObject()) {
        const std::string name = entry.name.GetString();
        out.operations[name] = parse_operation(name, entry.value);
    }
    return out;
}

}  // namespace fogbank::modelc
