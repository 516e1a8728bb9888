// Errors on the wire.
#include "src/base/xml.h"
#include "src/protocol/cbor_body.h"
#include "src/protocol/codec.h"
#include "src/protocol/json_body.h"
#include "src/protocol/service_traits.h"

#include <algorithm>
#include <array>
#include <optional>

namespace fogbank::protocol {
namespace {

using model::Protocol;

// Errors of the front end itself, which every JSON 1.0 service has under Coral's own name.
constexpr std::array kFrontEndErrors = {
    "AccessDeniedException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ServiceUnavailableException",
    "SignatureDoesNotMatch",
    "UnknownOperationException",
    "UnrecognizedClientException",
};

bool is_front_end(std::string_view name) {
    return std::find(kFrontEndErrors.begin(), kFrontEndErrors.end(), name) != kFrontEndErrors.end();
}

// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
std::string type_of(const model::Service& service, const Error& error) {
    if (json_dialect(service) != JsonDialect::namespaced) return error.name();
    if (is_front_end(error.name())) return "com.amazon.coral.service#" + error.name();
    // aws: DynamoDB's validation errors come from Coral's validator (dynalite's suite).
    if (error.name() == "ValidationException") return "com.amazon.coral.validate#" + error.name();
    return java_package(service) + "#" + error.name();
}

bool has_detail(const Error& error, std::string_view name) {
    for (const Error::Detail& detail : error.details()) {
        if (detail.name == name) return true;
    }
    return false;
}

const ErrorShape* shape_of(const model::Service& service, const Error& error) {
    for (const ErrorShape* shape : service.errors) {
        if (error.name() == shape->name) return shape;
    }
    return nullptr;
}

// The member that holds the text. SDKs that read error structures strictly tell "message" and "Message"
// apart.
const char* message_member(const model::Service& service, const ErrorShape* shape, const Error& error) {
    if (shape != nullptr) return shape->message_member;
    // aws: what the front end itself says is in "Message" (dynalite's and kinesalite's suites).
    const bool capital = error.name() == "SerializationException" || error.name() == "AccessDeniedException";
    return capital && service.protocol == Protocol::json ? "Message" : "message";
}

struct JsonErrorParts {
    std::string type = {};               // "__type"; empty: the type is in a header
    const char* fault_member = nullptr;  // tells "User" from "Service"
    const char* message_member = "message";
};

void write_json_error(const JsonErrorParts& parts, const Error& error, std::string& text) {
    json::Writer writer(text);
    writer.begin_object();
    if (!parts.type.empty()) writer.field("__type", std::string_view(parts.type));
    if (parts.fault_member != nullptr && !has_detail(error, parts.fault_member)) {
        writer.field(parts.fault_member, error.sender_fault() ? "User" : "Service");
    }
    if (!error.message().empty() && !has_detail(error, parts.message_member)) {
        writer.field(parts.message_member, std::string_view(error.message()));
    }
    for (const Error::Detail& detail : error.details()) {
        writer.key(detail.name);
        if (detail.is_json) {
            writer.raw(detail.value);
        } else {
            writer.string(detail.value);
        }
    }
    writer.end_object();
}

void encode_aws_cbor_error(const model::Service& service, const Error& error, http::Response& out) {
    out.headers.add("Content-Type", std::string(kCborType));
    out.headers.add("x-amzn-ErrorType", error.name());
    const char* message = message_member(service, shape_of(service, error), error);
    std::string text;
    cbor::Writer writer(text);
    writer.begin_map();
    writer.text("__type");
    writer.text(error.name());
    if (!error.message().empty() && !has_detail(error, message)) {
        writer.text(message);
        writer.text(error.message());
    }
    for (const Error::Detail& detail : error.details()) {
        writer.text(detail.name);
        const std::optional<json::Document> parsed =
            detail.is_json ? json::parse(detail.value) : std::optional<json::Document>();
        if (parsed) {
            encode_cbor(parsed->root(), writer);
        } else {
            writer.text(detail.value);
        }
    }
    writer.end();
    out.body = std::move(text);
}

void encode_aws_json_error(const model::Service& service, const Error& error, http::Response& out) {
    if (error.http_status() == 404 && error.name() == "UnknownOperationException") {
        // aws: where the content type is none that the front end reads, it answers in XML (dynalite's suite).
        out.body = "<UnknownOperationException/>\n";
        return;
    }
    out.headers.add("Content-Type", "application/x-amz-json-" + std::string(service.json_version));
    if (service.query_compatible && error.code() != error.name()) {
        out.headers.add("x-amzn-query-error",
                        error.code() + (error.sender_fault() ? ";Sender" : ";Receiver"));
    }
    std::string text;
    const ErrorShape* shape = shape_of(service, error);
    write_json_error({type_of(service, error), nullptr, message_member(service, shape, error)}, error, text);
    out.body = std::move(text);
}

void encode_rest_json_error(const model::Service& service, const Error& error, http::Response& out) {
    out.headers.add("Content-Type", "application/json");
    out.headers.add("x-amzn-ErrorType", error.name());
    std::string text;
    const ErrorShape* shape = shape_of(service, error);
    const char* fault_member = shape == nullptr ? nullptr : shape->type_member;
    write_json_error({{}, fault_member, message_member(service, shape, error)}, error, text);
    out.body = std::move(text);
}

// A detail given as JSON becomes elements of the same names.
void write_element(std::string_view name, json::Value value, xml::Writer& writer) {
    writer.begin(name);
    if (value.is_object()) {
        for (const auto [child, inner] : value.members()) write_element(child, inner, writer);
    } else if (value.is_array()) {
        for (const json::Value inner : value.elements()) write_element("member", inner, writer);
    } else if (value.is_string()) {
        writer.text(value.string());
    } else if (!value.is_null()) {
        std::string text;
        json::Writer scalar(text);
        json::write(scalar, value);
        writer.text(text);
    }
    writer.end(name);
}

void write_details(const Error& error, xml::Writer& writer) {
    for (const Error::Detail& detail : error.details()) {
        const std::optional<json::Document> parsed =
            detail.is_json ? json::parse(detail.value) : std::optional<json::Document>();
        if (parsed) {
            write_element(detail.name, parsed->root(), writer);
        } else {
            writer.element(detail.name, detail.value);
        }
    }
}

// <Error> as S3 has it, without a wrapper.
void encode_s3_error(const Error& error, const ResponseIds& ids, http::Response& out) {
    out.headers.add("Content-Type", "application/xml");
    std::string text;
    xml::Writer writer(text);
    writer.declaration();
    writer.begin("Error");
    writer.element("Code", error.code());
    writer.element("Message", error.message());
    write_details(error, writer);
    writer.element("RequestId", ids.request_id);
    if (!ids.host_id.empty()) writer.element("HostId", ids.host_id);
    writer.end("Error");
    out.body = std::move(text);
}

void encode_xml_error(const char* name_space, const Error& error, const ResponseIds& ids,
                      http::Response& out) {
    out.headers.add("Content-Type", "text/xml");
    std::string text;
    xml::Writer writer(text);
    writer.begin("ErrorResponse");
    if (name_space != nullptr) writer.attribute("xmlns", name_space);
    writer.begin("Error");
    writer.element("Type", error.sender_fault() ? "Sender" : "Receiver");
    writer.element("Code", error.code());
    writer.element("Message", error.message());
    write_details(error, writer);
    writer.end("Error");
    writer.element("RequestId", ids.request_id);
    writer.end("ErrorResponse");
    out.body = std::move(text);
}

void start_error(const Error& error, std::string_view id_header, const ResponseIds& ids,
                 http::Response& out) {
    out.status = error.http_status();
    out.headers.add(std::string(id_header), std::string(ids.request_id));
    if (!ids.host_id.empty()) out.headers.add("x-amz-id-2", std::string(ids.host_id));
    for (const auto& [name, value] : error.headers()) out.headers.add(name, value);
}

}  // namespace

void encode_error(const model::Service& service, const Error& error, const ResponseIds& ids,
                  http::Response& out) {
    start_error(error, request_id_header(service), ids, out);
    if (error.http_status() == 304) return;  // HTTP: has no body
    switch (service.protocol) {
        case Protocol::json:
            if (ids.format == BodyFormat::cbor) return encode_aws_cbor_error(service, error, out);
            encode_aws_json_error(service, error, out);
            break;
        case Protocol::rest_json:
            encode_rest_json_error(service, error, out);
            break;
        case Protocol::rest_xml:
            if (is_s3(service)) return encode_s3_error(error, ids, out);
            [[fallthrough]];
        case Protocol::query:
        case Protocol::ec2:
            encode_xml_error(xml_namespace(service), error, ids, out);
            break;
    }
}

void encode_error(const WireRequest& request, const Error& error, const ResponseIds& ids,
                  http::Response& out) {
    const std::string_view type = request.headers.get("Content-Type");
    const bool form = type.find("x-www-form-urlencoded") != std::string_view::npos ||
                      request.query.find("Action=") != std::string_view::npos;
    start_error(error, "x-amzn-RequestId", ids, out);
    if (form) return encode_xml_error(nullptr, error, ids, out);
    const bool aws_json = type.find("x-amz-json") != std::string_view::npos;
    out.headers.add("Content-Type",
                    aws_json ? std::string(type.substr(0, type.find(';'))) : "application/json");
    if (!aws_json) out.headers.add("x-amzn-ErrorType", error.name());
    std::string text;
    write_json_error({aws_json ? error.name() : std::string()}, error, text);
    out.body = std::move(text);
}

}  // namespace fogbank::protocol
