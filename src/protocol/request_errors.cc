#include "src/protocol/request_errors.h"

#include "src/base/bytes.h"
#include "src/http/message.h"

#include <fmt/format.h>

#include <optional>

namespace fogbank::protocol {
namespace {

using model::Kind;

Error serialization(std::string message) {
    return Error("SerializationException", 400, std::move(message));
}

std::string java_name(Kind kind) {
    switch (kind) {
        case Kind::boolean:
            return "Boolean";
        case Kind::integer:
            return "Integer";
        case Kind::long_integer:
            return "Long";
        case Kind::float_number:
            return "Float";
        case Kind::double_number:
            return "Double";
        default:
            return "String";
    }
}

std::string java_type(const model::Service& service, const model::Shape& shape) {
    switch (shape.kind) {
        case Kind::blob:
            return "java.nio.ByteBuffer";
        case Kind::timestamp:
            return "java.util.Date";
        case Kind::list:
            return "java.util.List<" + java_type(service, *shape.element) + ">";
        case Kind::map:
            return "java.util.Map<java.lang.String, " + java_type(service, *shape.element) + ">";
        case Kind::structure:
        case Kind::custom:
            return java_package(service) + "." + shape.name;
        default:
            return "java.lang." + java_name(shape.kind);
    }
}

std::string token(json::Value found) {
    switch (found.type()) {
        case json::Type::boolean:
            return found.boolean() ? "TRUE_VALUE" : "FALSE_VALUE";
        case json::Type::integer:
            return "NUMBER_VALUE";
        case json::Type::number:
            return "DECIMAL_VALUE";
        default:
            return "STRING_VALUE";
    }
}

// aws: the wordings of JSON 1.0 front ends are those that dynalite's suite recorded on DynamoDB.
std::string namespaced_message(const model::Service& service, const model::Shape& shape, json::Value found,
                               ValuePlace place) {
    const bool generic = shape.kind == Kind::list || shape.kind == Kind::map;
    if (found.is_object()) return "Start of structure or map found where not expected";
    if (found.is_array()) {
        return "Unrecognized collection type " + std::string(generic ? "" : "class ") +
               java_type(service, shape);
    }
    switch (shape.kind) {
        case Kind::blob:
            return "only base-64-encoded strings are convertible to bytes";
        case Kind::structure:
        case Kind::custom:
            return place == ValuePlace::field ? "Unexpected field type" : "Unexpected value type in payload";
        case Kind::list:
        case Kind::map:
            if (place == ValuePlace::field) return "Unexpected field type";
            return "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to "
                   "class "
                   "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
                   "java.lang.Class are in module java.base of loader 'bootstrap')";
        case Kind::boolean:
            if (found.is_string()) return "Unexpected token received from parser";
            break;
        case Kind::timestamp:
            return token(found) + " cannot be converted to Date";
        default:
            break;
    }
    return token(found) + " cannot be converted to " + java_name(shape.kind);
}

std::string collection_message(const model::Shape& shape, json::Value found) {
    if (found.is_object()) return "Start of structure or map found where not expected.";
    if (found.is_array()) return "Start of list found where not expected";
    switch (shape.kind) {
        case Kind::list:
            return "Expected list or null";
        case Kind::map:
            return "Expected map or null";
        case Kind::structure:
            return "Expected null";
        default:
            return {};
    }
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

// aws: the wordings of JSON 1.1 front ends are those that kinesalite's suite recorded on Kinesis.
std::string plain_message(const model::Shape& shape, json::Value found) {
    std::string collection = collection_message(shape, found);
    if (!collection.empty()) return collection;
    if (shape.kind == Kind::boolean && found.is_string()) {
        return fmt::format("'{}' can not be converted to an Boolean", upper(found.string()));
    }
    const char* source = found.is_string()   ? "java.lang.String"
                         : found.is_number() ? "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
                                             : "java.lang.Boolean";
    switch (shape.kind) {
        case Kind::blob:
            return fmt::format("class {} can not be converted to a Blob", source);
        case Kind::timestamp:
            return fmt::format("class {} can not be converted to milliseconds since epoch", source);
        default:
            return fmt::format("class {} can not be converted to an {}", source, java_name(shape.kind));
    }
}

// aws: REST front ends name the token of the parser: "NUMBER_VALUE can not be converted to a String",
// "STRING_VALUE can not be converted to an Integer".
std::string rest_message(const model::Shape& shape, json::Value found) {
    std::string collection = collection_message(shape, found);
    if (!collection.empty()) return collection;
    switch (shape.kind) {
        case Kind::blob:
            return token(found) + " can not be converted to a Blob";
        case Kind::timestamp:
            return token(found) + " can not be converted to milliseconds since epoch";
        case Kind::integer:
            return token(found) + " can not be converted to an Integer";
        default:
            return token(found) + " can not be converted to a " + java_name(shape.kind);
    }
}

bool is_base64_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// The first character that does not belong: anything strange, or padding that something other than padding
// follows.
char strange_base64_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_base64_character(text[i])) continue;
        if (text[i] != '=') return text[i];
        if (i + 1 < text.size() && text[i + 1] != '=') return '=';
    }
    return '\0';
}

// Whether the bits of the last character that belong to no byte are zero.
bool has_clear_end(std::string_view text) {
    if (!text.ends_with('=')) return true;
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const bool two = text.ends_with("==");
    const std::size_t digit = kDigits.find(text[text.size() - (two ? 3 : 2)]);
    return digit % (two ? 16 : 4) == 0;
}

Error bad_base64(JsonDialect dialect, std::string_view text) {
    std::string reason;
    const char strange = strange_base64_character(text);
    if (text.size() % 4 != 0) {
        reason =
            fmt::format("Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.size());
    } else if (strange != '\0' && dialect != JsonDialect::namespaced) {
        reason = fmt::format("Invalid Base64 character: '{}'", strange);
    } else {
        reason = "Invalid last non-pad Base64 character dectected";  // aws: spelt so
    }
    if (dialect == JsonDialect::namespaced) return serialization(std::move(reason));
    return serialization(fmt::format("'{}' can not be converted to a Blob: {}", text, reason));
}

}  // namespace

Error malformed_json(JsonDialect) {
    return serialization({});
}

Error type_error(const model::Service& service, JsonDialect dialect, const model::Shape& shape,
                 json::Value found, ValuePlace place) {
    switch (dialect) {
        case JsonDialect::namespaced:
            return serialization(namespaced_message(service, shape, found, place));
        case JsonDialect::plain:
            return serialization(plain_message(shape, found));
        default:
            return serialization(rest_message(shape, found));
    }
}

std::string decode_base64(JsonDialect dialect, std::string_view text) {
    std::optional<std::string> bytes = base64_decode(text);
    if (!bytes || !has_clear_end(text)) throw bad_base64(dialect, text);
    return std::move(*bytes);
}

bool boolean_word(std::string_view text, bool& out) {
    for (const char* word : {"true", "1", "yes"}) {
        if (http::equal_ignoring_case(text, word)) return out = true;
    }
    for (const char* word : {"false", "0", "no"}) {
        if (http::equal_ignoring_case(text, word)) {
            out = false;
            return true;
        }
    }
    return false;
}

Error malformed_xml(const model::Service& service) {
    // aws: docs, "Error responses": MalformedXML of S3; other REST XML services call it MalformedInput.
    if (!is_s3(service)) return Error("MalformedInput", 400, "Unable to parse the XML of the request");
    return Error("MalformedXML", 400,
                 "The XML you provided was not well-formed or did not validate against our published schema");
}

Error missing_body(const model::Service& service) {
    if (!is_s3(service)) return malformed_xml(service);
    return Error("MissingRequestBodyError", 400, "Request Body is empty");
}

Error invalid_text(const model::Service& service) {
    if (is_s3(service)) return Error("InvalidURI", 400, "Couldn't parse the specified URI.");
    const bool query = service.protocol == model::Protocol::query || service.protocol == model::Protocol::ec2;
    return Error(query ? "MalformedInput" : "SerializationException", 400, "Invalid UTF-8");
}

Error bad_parameter(const model::Service& service, const model::Shape& shape, std::string_view name,
                    std::string_view value) {
    if (!is_valid_utf8(value)) return invalid_text(service);  // the message repeats it
    const bool integer = shape.kind == Kind::integer || shape.kind == Kind::long_integer;
    if (is_s3(service)) {
        const std::string message =
            integer ? fmt::format("Provided {} not an integer or within integer range", name)
                    : fmt::format("The value of {} is not valid", name);
        return Error("InvalidArgument", 400, message)
            .with("ArgumentName", std::string(name))
            .with("ArgumentValue", std::string(value));
    }
    std::string type = java_name(shape.kind);
    if (shape.kind == Kind::timestamp) type = "milliseconds since epoch";
    if (shape.kind == Kind::blob) type = "Blob";
    const std::string article = shape.kind == Kind::timestamp ? "" : integer ? "an " : "a ";
    const std::string message = fmt::format("'{}' can not be converted to {}{}", value, article, type);
    // aws: the query protocol's front ends call it MalformedInput, the JSON ones SerializationException.
    const bool query = service.protocol == model::Protocol::query || service.protocol == model::Protocol::ec2;
    return Error(query ? "MalformedInput" : "SerializationException", 400, message);
}

}  // namespace fogbank::protocol
