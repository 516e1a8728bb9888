#include "src/protocol/codec.h"

#include "src/base/bytes.h"
#include "src/protocol/cbor_body.h"
#include "src/protocol/http_binding.h"
#include "src/protocol/json_body.h"
#include "src/protocol/query_body.h"
#include "src/protocol/request_errors.h"
#include "src/protocol/service_traits.h"
#include "src/protocol/xml_body.h"

#include <cstring>

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::Location;
using model::Member;
using model::Protocol;

template <class F>
bool any_member(const model::Shape& shape, F is_in_body) {
    for (const Member& member : shape.members) {
        if (is_in_body(member, BodyMembers::unlocated)) return true;
    }
    return false;
}

void decode_rest_body(const model::Operation& operation, std::string_view body, void* input) {
    const model::Service& service = *operation.service;
    const model::Shape& shape = *operation.input;
    if (body.empty() || !any_member(shape, in_request_body)) return;
    if (service.protocol == Protocol::rest_json) {
        JsonDecoder(service).document(shape, body, input, BodyMembers::unlocated);
        return;
    }
    const std::optional<xml::Document> parsed = is_valid_utf8(body) ? xml::parse(body) : std::nullopt;
    if (!parsed) throw malformed_xml(service);
    decode_xml_structure(service, shape, parsed->root(), input, BodyMembers::unlocated);
}

void decode_xml_payload(const model::Service& service, const Member& member, std::string_view body,
                        void* input) {
    const std::optional<xml::Document> parsed = is_valid_utf8(body) ? xml::parse(body) : std::nullopt;
    // aws: S3 holds documents against its schema, whose root is this one element.
    if (!parsed || (is_s3(service) && parsed->root().name() != member.wire)) throw malformed_xml(service);
    decode_xml_structure(service, *member.shape, parsed->root(), emplace_field(member, input),
                         BodyMembers::all);
}

void decode_payload(const model::Operation& operation, const Member& member, std::string_view body,
                    void* input) {
    if (member.streaming) return;
    const model::Service& service = *operation.service;
    if (body.empty()) {
        if (member.required && member.shape->kind == Kind::structure && is_s3(service))
            throw missing_body(service);
        return;
    }
    switch (member.shape->kind) {
        case Kind::blob:
            static_cast<Bytes*>(emplace_field(member, input))->data = body;
            break;
        case Kind::string:
            if (!is_valid_utf8(body)) throw invalid_text(service);
            *static_cast<std::string*>(emplace_field(member, input)) = body;
            break;
        default:
            if (service.protocol == Protocol::rest_xml)
                return decode_xml_payload(service, member, body, input);
            JsonDecoder(service).document(*member.shape, body, emplace_field(member, input),
                                          BodyMembers::all);
    }
}

void decode_rest(const model::Operation& operation, const WireRequest& request, void* input) {
    decode_http_members(operation, request, input);
    if (operation.input_stream != nullptr) return;
    if (const Member* payload = operation.input->payload) {
        decode_payload(operation, *payload, request.body, input);
    } else {
        decode_rest_body(operation, request.body, input);
    }
}

void decode_aws_json(const model::Operation& operation, const WireRequest& request, void* input) {
    const std::string_view body = request.body;
    if (body_format(*operation.service, request.headers) == BodyFormat::cbor)
        return CborDecoder(*operation.service).document(*operation.input, body, input);
    const JsonDecoder decoder(*operation.service);
    if (body.empty()) {
        // aws: DynamoDB takes no body for an empty object (dynalite's suite), Kinesis refuses it
        // (kinesalite's).
        if (json_dialect(*operation.service) == JsonDialect::namespaced) return;
        throw malformed_json(JsonDialect::plain);
    }
    decoder.document(*operation.input, body, input, BodyMembers::all);
}

IsoFraction fraction_of(const model::Service& service) {
    // aws: S3's XML has milliseconds even where they are zero ("2009-10-12T17:50:30.000Z").
    return is_s3(service) ? IsoFraction::millis : IsoFraction::shortest;
}

void set_content_type(http::Response& out, std::string_view type) {
    if (!out.headers.has("Content-Type")) out.headers.add("Content-Type", std::string(type));
}

// A whole XML document: `shape` under the root `name`.
std::string xml_document(const model::Service& service, std::string_view name, const Member* member,
                         const model::Shape& shape, const void* value, BodyMembers members) {
    std::string text;
    xml::Writer writer(text);
    writer.declaration();
    writer.begin(name);
    XmlEncoder encoder(writer, fraction_of(service));
    if (member != nullptr && member->xml_namespace != nullptr) {
        encoder.namespace_of(*member);
    } else if (const char* space =
                   shape.xml_namespace != nullptr ? shape.xml_namespace : xml_namespace(service)) {
        writer.attribute("xmlns", space);
    }
    encoder.structure(shape, value, members);
    writer.end(name);
    return text;
}

// An answer that is one member's value in an element of that member's name has no other element around it:
// the structure bears the member's name then (S3's GetBucketLocation).
const Member* unwrapped_member(const model::Shape& shape) {
    if (shape.xml_name == nullptr || shape.members.size() != 1) return nullptr;
    const Member& only = shape.members[0];
    return std::string_view(only.wire) == shape.xml_name && is_scalar(*only.shape) ? &only : nullptr;
}

std::string unwrapped_document(const model::Service& service, const Member& member, const void* output) {
    std::string text;
    xml::Writer writer(text);
    writer.declaration();
    writer.begin(member.wire);
    if (const char* space = xml_namespace(service)) writer.attribute("xmlns", space);
    if (const void* field = field_of(member, output)) {
        std::string value;
        append_scalar(value, *member.shape, timestamp_format(member, model::TimestampFormat::iso8601), field);
        writer.text(value);
    }
    writer.end(member.wire);
    return text;
}

// Smithy: an element is named by xmlName, else after the structure. S3's model has no xmlName where AWS's own
// has one, and its structures' names ("ListPartsOutput") are never seen.
std::string root_name(const model::Operation& operation) {
    const model::Shape& shape = *operation.output;
    if (shape.xml_name != nullptr) return shape.xml_name;
    return is_s3(*operation.service) ? std::string(operation.name) + "Result" : shape.name;
}

const char* payload_name(const model::Service& service, const Member& member) {
    if (is_s3(service) || std::strcmp(member.wire, member.name) != 0) return member.wire;
    return member.shape->xml_name != nullptr ? member.shape->xml_name : member.shape->name;
}

void encode_rest_body(const model::Operation& operation, const void* output, http::Response& out) {
    const model::Service& service = *operation.service;
    const model::Shape& shape = *operation.output;
    if (!any_member(shape, in_response_body)) return;
    if (service.protocol == Protocol::rest_json) {
        std::string text;
        json::Writer writer(text);
        encode_json_structure(shape, output, writer, BodyMembers::unlocated);
        set_content_type(out, "application/json");
        out.body = std::move(text);
        return;
    }
    set_content_type(out, "application/xml");
    if (const Member* only = unwrapped_member(shape)) {
        out.body = unwrapped_document(service, *only, output);
    } else {
        out.body =
            xml_document(service, root_name(operation), nullptr, shape, output, BodyMembers::unlocated);
    }
}

void encode_payload(const model::Operation& operation, const Member& member, const void* output,
                    http::Response& out) {
    if (member.streaming || member.holder == nullptr) return;
    const void* field = field_of(member, output);
    if (field == nullptr) return;
    switch (member.shape->kind) {
        case Kind::blob:
            set_content_type(out, "application/octet-stream");
            out.body = static_cast<const Bytes*>(field)->data;
            break;
        case Kind::string:
            set_content_type(out, "text/plain");
            out.body = *static_cast<const std::string*>(field);
            break;
        default:
            if (operation.service->protocol == Protocol::rest_xml) {
                set_content_type(out, "application/xml");
                out.body = xml_document(*operation.service, payload_name(*operation.service, member), &member,
                                        *member.shape, field, BodyMembers::all);
                break;
            }
            std::string text;
            json::Writer writer(text);
            encode_json(*member.shape, field, writer);
            set_content_type(out, "application/json");
            out.body = std::move(text);
    }
}

void encode_rest(const model::Operation& operation, const void* output, http::Response& out) {
    encode_http_members(operation, output, out);
    if (operation.output->payload != nullptr) {
        encode_payload(operation, *operation.output->payload, output, out);
    } else if (operation.output_stream == nullptr) {
        encode_rest_body(operation, output, out);
    }
}

void encode_aws_cbor(const model::Operation& operation, const void* output, http::Response& out) {
    out.headers.add("Content-Type", std::string(kCborType));
    if (operation.output->members.empty()) return;  // as in JSON
    std::string text;
    cbor::Writer writer(text);
    encode_cbor_structure(*operation.output, output, writer);
    out.body = std::move(text);
}

void encode_aws_json(const model::Operation& operation, const void* output, http::Response& out) {
    out.headers.add("Content-Type", "application/x-amz-json-" + std::string(operation.service->json_version));
    // aws: an operation without an output answers with no body at all (kinesalite's suite: CreateStream).
    if (operation.output->members.empty()) return;
    std::string text;
    json::Writer writer(text);
    encode_json_structure(*operation.output, output, writer, BodyMembers::all);
    out.body = std::move(text);
}

void encode_query(const model::Operation& operation, const void* output, const ResponseIds& ids,
                  http::Response& out) {
    out.headers.add("Content-Type", "text/xml");
    const std::string name = std::string(operation.name) + "Response";
    std::string text;
    xml::Writer writer(text);
    writer.begin(name);
    if (const char* space = xml_namespace(*operation.service)) writer.attribute("xmlns", space);
    XmlEncoder encoder(writer, IsoFraction::shortest);
    if (operation.output_wrapper != nullptr) writer.begin(operation.output_wrapper);
    encoder.structure(*operation.output, output, BodyMembers::all);
    if (operation.output_wrapper != nullptr) writer.end(operation.output_wrapper);
    writer.begin("ResponseMetadata");
    writer.element("RequestId", ids.request_id);
    writer.end("ResponseMetadata");
    writer.end(name);
    out.body = std::move(text);
}

}  // namespace

BodyFormat body_format(const model::Service& service, const http::Headers& headers) {
    if (service.protocol != Protocol::json || json_dialect(service) != JsonDialect::plain)
        return BodyFormat::native;
    return http::equal_ignoring_case(media_type(headers), kCborType) ? BodyFormat::cbor : BodyFormat::native;
}

void decode_request(const model::Operation& operation, const WireRequest& request, void* input) {
    switch (operation.service->protocol) {
        case Protocol::json:
            decode_aws_json(operation, request, input);
            break;
        case Protocol::rest_json:
        case Protocol::rest_xml:
            decode_rest(operation, request, input);
            break;
        case Protocol::query:
        case Protocol::ec2:
            decode_query(operation, request.query, request.body, input);
            break;
    }
}

void encode_response(const model::Operation& operation, const void* output, const ResponseIds& ids,
                     http::Response& out) {
    const model::Service& service = *operation.service;
    out.status = operation.success_status;
    out.headers.add(std::string(request_id_header(service)), std::string(ids.request_id));
    if (!ids.host_id.empty()) out.headers.add("x-amz-id-2", std::string(ids.host_id));
    switch (service.protocol) {
        case Protocol::json:
            if (ids.format == BodyFormat::cbor) return encode_aws_cbor(operation, output, out);
            encode_aws_json(operation, output, out);
            break;
        case Protocol::rest_json:
        case Protocol::rest_xml:
            encode_rest(operation, output, out);
            break;
        case Protocol::query:
        case Protocol::ec2:
            encode_query(operation, output, ids, out);
            break;
    }
}

}  // namespace fogbank::protocol
