#include "tests/unit/protocol/sample_service.h"

#pragma GCC diagnostic ignored "-Winvalid-offsetof"

namespace fogbank::protocol_test {
namespace {

using model::Holder;
using model::kHolder;
using model::Kind;
using model::kListAccess;
using model::kMapAccess;
using model::Location;
using model::Member;
using model::Protocol;
using model::Shape;

constinit const Shape kString{.kind = Kind::string, .name = "String"};
constinit const Shape kInteger{.kind = Kind::integer, .name = "Integer"};
constinit const Shape kLong{.kind = Kind::long_integer, .name = "Long"};
constinit const Shape kDouble{.kind = Kind::double_number, .name = "Double"};
constinit const Shape kBoolean{.kind = Kind::boolean, .name = "Boolean"};
constinit const Shape kBlob{.kind = Kind::blob, .name = "Blob"};
constinit const Shape kTimestamp{.kind = Kind::timestamp, .name = "Timestamp"};
constinit const Shape kWords{
    .kind = Kind::list, .name = "Words", .element = &kString, .list = &kListAccess<std::string>};
constinit const Shape kLabels{.kind = Kind::map,
                              .name = "Labels",
                              .element = &kString,
                              .key = &kString,
                              .map = &kMapAccess<std::string>};
constinit const Shape kGroups{.kind = Kind::map,
                              .name = "Groups",
                              .element = &kWords,
                              .key = &kString,
                              .map = &kMapAccess<std::vector<std::string>>};

extern const Shape kNested;
constinit const Member kNestedMembers[] = {
    {.name = "Name",
     .wire = "Name",
     .shape = &kString,
     .holder = &kHolder<std::optional<std::string>>,
     .offset = offsetof(Nested, Name)},
    {.name = "Child",
     .wire = "Child",
     .shape = &kNested,
     .holder = &kHolder<model::Box<Nested>>,
     .offset = offsetof(Nested, Child)},
};
constinit const Shape kNested{.kind = Kind::structure, .name = "Nested", .members = kNestedMembers};
constinit const Shape kItems{
    .kind = Kind::list, .name = "Items", .element = &kNested, .list = &kListAccess<Nested>};

template <class T>
constexpr Member member(const char* name, const Shape& shape, std::size_t offset) {
    return {.name = name,
            .wire = name,
            .shape = &shape,
            .holder = &kHolder<std::optional<T>>,
            .offset = static_cast<std::uint32_t>(offset)};
}

constinit const Member kSampleMembers[] = {
    member<std::string>("Text", kString, offsetof(Sample, Text)),
    member<std::int32_t>("Count", kInteger, offsetof(Sample, Count)),
    member<std::int64_t>("Big", kLong, offsetof(Sample, Big)),
    member<double>("Ratio", kDouble, offsetof(Sample, Ratio)),
    member<bool>("Flag", kBoolean, offsetof(Sample, Flag)),
    member<Bytes>("Data", kBlob, offsetof(Sample, Data)),
    member<Timestamp>("When", kTimestamp, offsetof(Sample, When)),
    member<std::vector<std::string>>("Words", kWords, offsetof(Sample, Words)),
    member<model::Map<std::string>>("Labels", kLabels, offsetof(Sample, Labels)),
    member<Nested>("Inner", kNested, offsetof(Sample, Inner)),
    member<std::vector<Nested>>("Items", kItems, offsetof(Sample, Items)),
    member<model::Map<std::vector<std::string>>>("Groups", kGroups, offsetof(Sample, Groups)),
};
constinit const Shape kSample{.kind = Kind::structure, .name = "Sample", .members = kSampleMembers};

constexpr Member located(Member row, const char* wire, Location location, bool required) {
    row.wire = wire;
    row.location = location;
    row.required = required;
    return row;
}

constinit const Member kLocatedMembers[] = {
    located(member<std::string>("Key", kString, offsetof(Located, Key)), "Key", Location::uri, true),
    located(member<std::int32_t>("Limit", kInteger, offsetof(Located, Limit)), "limit", Location::querystring,
            false),
    located(member<Timestamp>("Since", kTimestamp, offsetof(Located, Since)), "x-amz-since", Location::header,
            false),
    located(member<model::Map<std::string>>("Meta", kLabels, offsetof(Located, Meta)), "x-amz-meta-",
            Location::headers, false),
    located(member<std::string>("Note", kString, offsetof(Located, Note)), "x-amz-note", Location::header,
            false),
    located(member<Nested>("Body", kNested, offsetof(Located, Body)), "Body", Location::payload, true),
};
constinit const Shape kLocated{
    .kind = Kind::structure, .name = "Located", .members = kLocatedMembers, .payload = &kLocatedMembers[5]};

constinit const ErrorShape kNotFound{.name = "ResourceNotFoundException",
                                     .code = "ResourceNotFound",
                                     .http_status = 404,
                                     .message_member = "Message",
                                     .type_member = "Type"};
constinit const ErrorShape* const kErrors[] = {&kNotFound};

struct Sampled {
    Sampled(const char* id, const char* json_version, const char* target_prefix, Protocol protocol) {
        service.id = id;
        service.service_id = id;
        service.endpoint_prefix = id;
        service.signing_name = id;
        service.api_version = "2011-06-15";
        service.target_prefix = target_prefix;
        service.json_version = json_version;
        service.xml_namespace = nullptr;
        service.protocol = protocol;
        service.operations = list;
        if (protocol == Protocol::json || protocol == Protocol::rest_json) service.errors = kErrors;
        const bool rest = protocol == Protocol::rest_json || protocol == Protocol::rest_xml;
        operation.name = "PutThing";
        operation.service = &service;
        operation.http_method = rest ? "PUT" : "POST";
        operation.request_uri = "/";
        operation.success_status = 200;
        operation.input = operation.output = rest ? &kLocated : &kSample;
        operation.output_wrapper = protocol == Protocol::query ? "PutThingResult" : nullptr;
    }
    model::Service service{};
    model::Operation operation{};
    const model::Operation* list[1] = {&operation};
};

}  // namespace

const model::Operation& dynamodb_operation() {
    static const Sampled kService("dynamodb", "1.0", "DynamoDB_20120810", Protocol::json);
    return kService.operation;
}
const model::Operation& kinesis_operation() {
    static const Sampled kService("kinesis", "1.1", "Kinesis_20131202", Protocol::json);
    return kService.operation;
}
const model::Operation& lambda_operation() {
    static Sampled kService("lambda", nullptr, nullptr, Protocol::rest_json);
    kService.operation.request_uri = "/2015-03-31/things/{Key}";
    return kService.operation;
}
const model::Operation& s3_operation() {
    static Sampled kService("s3", nullptr, nullptr, Protocol::rest_xml);
    kService.operation.request_uri = "/{Key}?thing";
    return kService.operation;
}
const model::Operation& sts_operation() {
    static Sampled kService("sts", nullptr, nullptr, Protocol::query);
    kService.service.xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    return kService.operation;
}

Sample decode_sample(const model::Operation& operation, std::string_view body) {
    const http::Headers headers;
    Sample out;
    protocol::decode_request(operation, {"POST", "/", "", headers, body, nullptr}, &out);
    return out;
}

std::string refusal(const model::Operation& operation, std::string_view body) {
    const http::Headers headers;
    const protocol::UriLabels labels;
    const bool rest = operation.input == &kLocated;
    Sample sample;
    Located located_input;
    void* input = rest ? static_cast<void*>(&located_input) : &sample;
    try {
        protocol::decode_request(operation, {operation.http_method, "/", "", headers, body, &labels}, input);
    } catch (const Error& error) {
        return error.message().empty() ? error.code() : error.code() + ": " + error.message();
    }
    return "decoded";
}

std::string text_of(const http::Response& response) {
    std::string out = std::to_string(response.status) + "\n";
    for (const auto& [name, value] : response.headers) out += name + ": " + value + "\n";
    return out + "\n" + std::get<std::string>(response.body);
}

}  // namespace fogbank::protocol_test
