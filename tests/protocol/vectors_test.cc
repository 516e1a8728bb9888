// AWS's own protocol cases, as botocore ships them: a serialized request has to decode to its parameters, a
// result has to encode to its response, an error has to read back as the error it was.
#include "src/base/url.h"
#include "src/base/xml.h"
#include "src/protocol/codec.h"
#include "src/protocol/identify.h"
#include "src/protocol/json_body.h"
#include "src/protocol/xml_body.h"
#include "tests/protocol/dynamic_model.h"
#include "tests/protocol/dynamic_value.h"
#include "tests/protocol/skipped.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace fogbank::protocol_test {
namespace {

using model::Protocol;

const std::filesystem::path kVectors = FOGBANK_PROTOCOL_VECTORS;

json::Document read_vectors(const std::string& file) {
    std::ifstream in(kVectors / (file + ".json"));
    if (!in) FAIL("no " << (kVectors / (file + ".json")) << ": run scripts/setup");
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = json::parse(text.str());
    REQUIRE(parsed);
    return std::move(*parsed);
}

std::string text_of(json::Value value) {
    return value && value.is_string() ? std::string(value.string()) : "";
}

const std::string& body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

// A vector names the headers that it asserts; every client sends these.
void add_unasserted(const model::Service& service, const std::string& operation, http::Headers& headers) {
    if (service.protocol == Protocol::query) headers.set("Content-Type", "application/x-www-form-urlencoded");
    if (service.protocol != Protocol::json) return;
    if (!headers.has("Content-Type")) {
        headers.add("Content-Type", "application/x-amz-json-" + std::string(service.json_version));
    }
    if (!headers.has("X-Amz-Target")) {
        headers.add("X-Amz-Target", std::string(service.target_prefix) + "." + operation);
    }
}

// What went wrong; empty where nothing did.
std::string check_input(const DynamicModel& model, json::Value item) {
    const json::Value wire = item.find("serialized");
    http::Headers headers;
    if (json::Value given = wire.find("headers")) {
        for (const auto [name, value] : given.members()) headers.add(std::string(name), text_of(value));
    }
    const std::string name = text_of(item.find("given").find("name"));
    add_unasserted(model.service(), name, headers);
    const std::string method = text_of(wire.find("method"));
    const std::string uri = text_of(wire.find("uri"));
    std::string body = text_of(wire.find("body"));
    if (!wire.find("body") && model.service().protocol == Protocol::json) body = "{}";
    const Target target = split_target(uri);
    const model::Service* services[] = {&model.service()};
    const protocol::Identifier identifier(services);
    protocol::RequestHints hints{method, target.path, target.query, headers};
    hints.service_id = "vectors";
    if (protocol::Identifier::needs_body(hints)) hints.body = body;
    const protocol::Identified found = identifier.identify(hints);
    if (found.operation == nullptr) return "identified as nothing, expected " + name;
    if (found.operation->name != name) return "identified as " + std::string(found.operation->name);
    Structure input;
    const protocol::WireRequest request{method, target.path, target.query, headers, body, &found.labels};
    protocol::decode_request(*found.operation, request, input.get());
    return difference(*found.operation->input, input.get(), item.find("params"), "params");
}

std::string check_headers(const http::Response& response, json::Value expected) {
    if (!expected) return {};
    for (const auto [name, value] : expected.members()) {
        if (http::equal_ignoring_case(name, "content-length")) continue;  // the server's
        const bool type = http::equal_ignoring_case(name, "content-type");
        if (type && body_of(response).empty()) continue;  // no type for a body that we do not send
        const std::string* actual = response.headers.find(name);
        if (actual == nullptr) return "no header " + std::string(name);
        const std::string wanted = text_of(value);
        const std::string got = type ? actual->substr(0, actual->find(';')) : *actual;
        if (got != (type ? wanted.substr(0, wanted.find(';')) : wanted)) {
            return "header " + std::string(name) + " is " + *actual;
        }
    }
    return {};
}

bool is_xml(Protocol protocol) {
    return protocol != Protocol::json && protocol != Protocol::rest_json;
}

std::string check_body(const model::Operation& operation, const std::string& actual,
                       const std::string& expected) {
    const model::Member* payload = operation.output->payload;
    if (payload != nullptr && payload->streaming) return {};  // the gateway sends it
    if (payload != nullptr && protocol::is_scalar(*payload->shape)) {
        return actual == expected ? "" : "body is " + actual;
    }
    const bool xml = is_xml(operation.service->protocol);
    // No body and an empty document say the same.
    const std::string empty = xml ? "<e/>" : "{}";
    const std::string& got = actual.empty() ? empty : actual;
    const std::string& wanted = expected.empty() ? empty : expected;
    if (!xml) {
        const auto a = json::parse(got);
        const auto b = json::parse(wanted);
        if (!a || !b) return "no JSON: " + got;
        return json_difference(a->root(), b->root(), "body");
    }
    const auto a = xml::parse(got);
    const auto b = xml::parse(wanted);
    if (!a || !b) return "no XML: " + got;
    if (a->root().name() != b->root().name() && !expected.empty() && !actual.empty()) {
        return "the root is " + std::string(a->root().name());
    }
    return xml_difference(a->root(), b->root(), "body");
}

std::string check_result(const DynamicModel& model, json::Value item) {
    const model::Operation& operation = model.operation(text_of(item.find("given").find("name")));
    const json::Value expected = item.find("response");
    Structure output;
    build(*operation.output, item.find("result"), output.get());
    http::Response response;
    std::string request_id = "request-id";
    if (json::Value headers = expected.find("headers")) {
        for (const auto [name, value] : headers.members()) {
            if (http::equal_ignoring_case(name, "x-amzn-requestid")) request_id = text_of(value);
        }
    }
    const std::string body = text_of(expected.find("body"));
    if (const std::size_t at = body.find("<RequestId>"); at != std::string::npos) {
        request_id = body.substr(at + 11, body.find('<', at + 1) - at - 11);
    }
    protocol::encode_response(operation, output.get(), {request_id, {}}, response);
    if (response.status != expected.find("status_code").integer()) {
        return "status is " + std::to_string(response.status);
    }
    const std::string found = check_body(operation, body_of(response), body);
    return found.empty() ? check_headers(response, expected.find("headers")) : found;
}

// What a client takes for the error's code: botocore's and Smithy's rules.
std::string code_for_client(const model::Service& service, const http::Response& response) {
    if (is_xml(service.protocol)) {
        const auto parsed = xml::parse(body_of(response));
        return parsed ? parsed->root().child("Error").child("Code").text() : "";
    }
    if (const std::string* query = response.headers.find("x-amzn-query-error")) {
        return query->substr(0, query->find(';'));
    }
    std::string type(response.headers.get("x-amzn-errortype"));
    if (type.empty()) {
        const auto parsed = json::parse(body_of(response));
        if (parsed) type = text_of(parsed->root().find("__type"));
    }
    type = type.substr(0, type.find(':'));
    return type.find('#') == std::string::npos ? type : type.substr(type.find('#') + 1);
}

Error error_of(const model::Shape& shape, const ErrorShape& row, json::Value item, const void* value) {
    Error error(row, text_of(item.find("errorMessage")));
    for (const model::Member& member : shape.members) {
        const void* field = protocol::field_of(member, value);
        if (field == nullptr || std::string_view(row.message_member) == member.name) continue;
        std::string text;
        if (protocol::is_scalar(*member.shape)) {
            protocol::append_scalar(text, *member.shape, model::TimestampFormat::iso8601, field);
        } else {
            json::Writer writer(text);
            protocol::encode_json(*member.shape, field, writer);
        }
        if (member.location == model::Location::header) {
            std::move(error).with_header(member.wire, text);
        } else if (protocol::is_scalar(*member.shape)) {
            std::move(error).with(member.wire, text);
        } else {
            std::move(error).with_json(member.wire, text);
        }
    }
    return error;
}

std::string check_error(const DynamicModel& model, json::Value item) {
    const model::Service& service = model.service();
    const std::string code = text_of(item.find("errorCode"));
    const ErrorShape* row = model.error(code);
    // The query-compatible code stands beside the shape.
    const std::string shape_name(
        item.find("given").find("errors").elements().begin().operator*().find("shape").string());
    if (row == nullptr) row = model.error(shape_name);
    const model::Shape* shape = model.shape(shape_name);
    if (row == nullptr || shape == nullptr) return "no such error in the model";
    Structure members;
    build(*shape, item.find("error"), members.get());
    http::Response response;
    Error error = error_of(*shape, *row, item, members.get());
    // The query-compatible suite's model says 402 and its response 400.
    const int status = static_cast<int>(item.find("response").find("status_code").integer());
    if (service.query_compatible) std::move(error).with_status(status);
    protocol::encode_error(service, error, {"request-id", {}}, response);
    if (response.status != status) return "status is " + std::to_string(response.status);
    if (const std::string got = code_for_client(service, response); got != code) return "the code is " + got;
    Structure read;
    if (is_xml(service.protocol)) {
        const auto parsed = xml::parse(body_of(response));
        protocol::decode_xml_structure(service, *shape, parsed->root().child("Error"), read.get(),
                                       protocol::BodyMembers::unlocated);
    } else {
        protocol::JsonDecoder(service).document(*shape, body_of(response), read.get(),
                                                protocol::BodyMembers::unlocated);
    }
    for (const model::Member& member : shape->members) {
        if (member.location != model::Location::header || !response.headers.has(member.wire)) continue;
        *static_cast<std::string*>(protocol::emplace_field(member, read.get())) =
            response.headers.get(member.wire);
    }
    return difference(*shape, read.get(), item.find("error"), "error");
}

const Skipped* skipped(const std::string& file, const std::string& id) {
    for (const Skipped& entry : kSkipped) {
        if (entry.file == file && entry.id == id) return &entry;
    }
    return nullptr;
}

struct Tally {
    int passed = 0;
    int skipped = 0;
};

void run_file(const std::string& file, Tally& tally) {
    const json::Document vectors = read_vectors(file);
    for (const json::Value suite : vectors.root().elements()) {
        const DynamicModel model(suite);
        for (const json::Value item : suite.find("cases").elements()) {
            const std::string id = text_of(item.find("id"));
            std::string found;
            try {
                found = item.find("params")  ? check_input(model, item)
                        : item.find("error") ? check_error(model, item)
                                             : check_result(model, item);
            } catch (const Error& error) {
                found = "refused: " + error.code() + " " + error.message();
            }
            const Skipped* entry = skipped(file, id);
            INFO(file << " " << id);
            if (entry != nullptr) {
                ++tally.skipped;
                INFO("is listed as skipped (" << entry->reason << ") but passes");
                CHECK_FALSE(found.empty());
            } else {
                ++tally.passed;
                CHECK(found == "");
            }
        }
    }
}

}  // namespace

TEST_CASE("The codecs agree with AWS's protocol vectors") {
    Tally input;
    Tally output;
    for (const char* protocol :
         {"json", "json_1_0", "json_1_0-query-compatible", "rest-json", "rest-xml", "query"}) {
        run_file("input/" + std::string(protocol), input);
        run_file("output/" + std::string(protocol), output);
    }
    for (const Skipped& entry : kSkipped)
        std::cout << "skipped " << entry.file << " " << entry.id << ": " << entry.reason << "\n";
    std::cout << "protocol vectors: " << input.passed << " input and " << output.passed
              << " output cases run, " << input.skipped << " and " << output.skipped << " skipped\n";
    // Vectors that vanish must not pass for vectors that agree.
    CHECK(input.passed + input.skipped == 321);
    CHECK(output.passed + output.skipped == 299);
    CHECK(input.skipped + output.skipped == static_cast<int>(std::size(kSkipped)));
}

}  // namespace fogbank::protocol_test
