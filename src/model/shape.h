// What the model compiler writes and the codecs walk: tables that say what a C++ struct is on AWS's wire.
// A table entry reaches into a struct by offset and through small type-erased accessors, so one codec per
// protocol serves every operation of every service.
#pragma once

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/model/types.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::model {

// How C++ holds each kind:
//   boolean bool | integer std::int32_t | long_integer std::int64_t | float_number float | double_number
//   double | string std::string (enums too) | blob Bytes | timestamp Timestamp | list std::vector<T> | map
//   std::map<std::string, T, std::less<>> | structure the generated struct (a union too) | document JsonText
//   | custom a hand-written type named in model.patch.json
// Every member of a structure is a std::optional<T>; one that closes a cycle is a Box<T>. A streaming blob
// member has no field: input is RequestContext::payload, output is Output::payload.
enum class Kind : std::uint8_t {
    boolean,
    integer,
    long_integer,
    float_number,
    double_number,
    string,
    blob,
    timestamp,
    list,
    map,
    structure,
    document,
    custom,
};

enum class Location : std::uint8_t {
    body,         // where the protocol puts it by default
    header,       // HTTP header `wire`
    headers,      // every header that starts with `wire` (a prefix), into a map
    uri,          // {label} of the path
    querystring,  // ?wire=
    status_code,
    payload,  // the whole HTTP body
};

enum class TimestampFormat : std::uint8_t { unspecified, iso8601, rfc822, unix_timestamp };

// Access to the value behind a std::optional or Box at some address.
struct Holder {
    void* (*emplace)(void* holder);          // makes a default value, returns its address
    const void* (*get)(const void* holder);  // null where absent
};

struct ListAccess {
    std::size_t (*size)(const void* list);
    const void* (*at)(const void* list, std::size_t index);
    void* (*append)(void* list);  // adds a default element, returns its address (valid until the next append)
};

struct MapAccess {
    std::size_t (*size)(const void* map);
    void* (*insert)(void* map, std::string_view key);  // finds or adds
    // Calls visit(context, key, value) for each entry in key order.
    void (*each)(const void* map, void* context, void (*visit)(void*, std::string_view, const void*));
};

// A type with codecs of its own (JSON protocols only). decode throws Error with the protocol's serialization
// code.
struct CustomAccess {
    void (*decode_json)(json::Value in, void* out);
    void (*encode_json)(const void* in, json::Writer& out);
    // A scalar in a structure's member is refused before decode_json sees it.
    bool is_object = false;
};

struct Shape;

struct Member {
    const char* name;  // in the model, and the C++ field
    const char* wire;  // locationName, or name
    const Shape* shape;
    const Holder* holder;
    std::uint32_t offset;
    Location location = Location::body;
    TimestampFormat timestamp_format = TimestampFormat::unspecified;
    bool required = false;
    bool flattened = false;  // rest-xml, query: list entries stand without a wrapper
    bool choice = false;     // rest-xml: each entry, a union, stands under the name of its own member
    bool xml_attribute = false;
    bool idempotency_token = false;
    bool streaming = false;  // no field; see Kind
    bool host_label = false;
    const char* query_name = nullptr;  // ec2 only
    const char* xml_namespace = nullptr;
    const char* xml_prefix = nullptr;
    bool json_value = false;  // header that carries base64 JSON
};

struct Shape {
    Kind kind;
    const char* name;
    TimestampFormat timestamp_format = TimestampFormat::unspecified;
    // structure
    std::span<const Member> members = {};
    const Member* payload = nullptr;  // the member with Location::payload
    bool is_union = false;
    const char* xml_name = nullptr;  // locationName of the structure itself
    const char* xml_namespace = nullptr;
    // list and map
    const Shape* element = nullptr;  // the list's element, the map's value
    const Shape* key = nullptr;      // of the map
    const ListAccess* list = nullptr;
    const MapAccess* map = nullptr;
    // Names of the element (or value) and the key in XML. Null where the model names none: then they are
    // "member", "value" and "key", and an element of a flattened list bears the name of the member that holds
    // the list.
    const char* element_wire = nullptr;
    const char* key_wire = nullptr;
    bool flattened = false;
    bool sparse = false;
    // constraints; validate.h says what AWS's words are
    std::optional<std::int64_t> min = {};
    std::optional<std::int64_t> max = {};
    const char* pattern = nullptr;
    std::span<const char* const> enum_values = {};
    bool sensitive = false;
    const CustomAccess* custom = nullptr;
};

enum class Protocol : std::uint8_t { json, rest_json, rest_xml, query, ec2 };

struct Operation;

struct Service {
    const char* id;               // botocore's folder name: "dynamodb", "s3", "apigateway"
    const char* service_id;       // "DynamoDB Streams"
    const char* endpoint_prefix;  // "streams.dynamodb"
    const char* signing_name;     // "dynamodb"
    const char* api_version;      // "2012-08-10"
    const char* target_prefix;    // "DynamoDB_20120810"; null where the protocol has none
    const char* json_version;     // "1.0", "1.1"; null likewise
    const char* xml_namespace;
    Protocol protocol;
    std::span<const Operation* const> operations;  // every modelled one, bound or not, by name
    std::span<const ErrorShape* const> errors;     // every modelled exception
    bool query_compatible = false;                 // awsQueryCompatible: x-amzn-query-error is sent
};

struct Operation {
    const char* name;
    const Service* service;
    const char* http_method;
    const char* request_uri;  // with {labels} and a fixed query, as the model has it
    int success_status;       // 200 where the model says nothing
    const Shape* input;       // never null: an operation without input has an empty structure
    const Shape* output;
    const char* output_wrapper;  // resultWrapper of the query protocol; null where none
    const Member* input_stream;  // the streaming blob member of the input, null where none
    const Member* output_stream;
    bool event_stream = false;  // the output is an event stream (not served yet)
    bool checksum_required = false;
    bool no_auth = false;  // authtype none
};

// Accessors for the C++ types the generated structs use.
template <class T>
inline constexpr Holder kHolder{[](void* holder) -> void* { return &static_cast<T*>(holder)->emplace(); },
                                [](const void* holder) -> const void* {
                                    const T& value = *static_cast<const T*>(holder);
                                    return value ? static_cast<const void*>(&*value) : nullptr;
                                }};

template <class T>
inline constexpr ListAccess kListAccess{
    [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
    [](const void* list, std::size_t index) -> const void* {
        return &(*static_cast<const std::vector<T>*>(list))[index];
    },
    [](void* list) -> void* { return &static_cast<std::vector<T>*>(list)->emplace_back(); }};

template <class T>
inline constexpr MapAccess kMapAccess{
    [](const void* map) { return static_cast<const Map<T>*>(map)->size(); },
    [](void* map, std::string_view key) -> void* {
        return &static_cast<Map<T>*>(map)->try_emplace(std::string(key)).first->second;
    },
    [](const void* map, void* context, void (*visit)(void*, std::string_view, const void*)) {
        for (const auto& [key, value] : *static_cast<const Map<T>*>(map)) visit(context, key, &value);
    }};

}  // namespace fogbank::model
