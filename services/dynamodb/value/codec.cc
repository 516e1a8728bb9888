#include "services/dynamodb/value/codec.h"

#include "services/dynamodb/value/number.h"
#include "src/base/bytes.h"
#include "src/base/error.h"

#include <algorithm>
#include <stdexcept>

namespace fogbank::dynamodb {
namespace {

using Type = AttributeValue::Type;

// aws: 31 maps around a value are accepted and 32 are not (docs: "nested attributes up to 32 levels deep").
constexpr int kDepthLimit = 32;

[[noreturn]] void refuse_type(std::string message) {
    throw Error("SerializationException", 400, std::move(message));
}

[[noreturn]] void refuse_scalar(json::Value in, std::string_view java_type) {
    const std::string target(java_type);
    switch (in.type()) {
        case json::Type::object:
            refuse_type("Start of structure or map found where not expected");
        case json::Type::array:
            refuse_type("Unrecognized collection type class java.lang." + target);
        case json::Type::boolean:
            refuse_type((in.boolean() ? "TRUE_VALUE" : "FALSE_VALUE") +
                        (" cannot be converted to " + target));
        case json::Type::string:
            refuse_type("Unexpected token received from parser");
        default:
            refuse_type("NUMBER_VALUE cannot be converted to " + target);
    }
}

std::string read_string(json::Value in) {
    if (!in.is_string()) refuse_scalar(in, "String");
    return std::string(in.string());
}

std::string read_base64(json::Value in) {
    if (!in.is_string()) refuse_type("only base-64-encoded strings are convertible to bytes");
    const std::string_view text = in.string();
    auto bytes = base64_decode(text);
    if (bytes) return std::move(*bytes);
    const std::string intro = "'" + std::string(text) + "' can not be converted to a Blob: ";
    if (text.size() % 4 != 0) {
        refuse_type(intro + "Base64 encoded length is expected a multiple of 4 bytes but found: " +
                    std::to_string(text.size()));
    }
    const auto is_bad = [](char c) {
        return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
                 c == '/' || c == '=');
    };
    const auto bad = std::find_if(text.begin(), text.end(), is_bad);
    if (bad == text.end()) refuse_type(intro + "Invalid last non-pad Base64 character dectected");
    refuse_type(intro + "Invalid Base64 character: '" + *bad + "'");
}

AttributeValue read_number(json::Value in) {
    if (!in.is_string()) refuse_scalar(in, "String");
    NormalizedNumber number = normalize_number(in.string());
    if (!number.defect.empty()) return AttributeValue::invalid(std::move(number.defect));
    return AttributeValue::number(std::move(number.text));
}

AttributeValue invalid_parameter(std::string_view what) {
    return AttributeValue::invalid("One or more parameter values were invalid: " + std::string(what));
}

// "[a, b]", binary as base64.
std::string listed(const AttributeValue::Set& elements, Type type) {
    std::string out = "[";
    for (const std::string& element : elements) {
        if (out.size() > 1) out += ", ";
        out += type == Type::BS ? base64_encode(element) : element;
    }
    return out + "]";
}

AttributeValue checked_set(Type type, AttributeValue::Set elements) {
    const auto is_empty = [](const std::string& element) { return element.empty(); };
    if (elements.empty()) {
        if (type == Type::BS) return invalid_parameter("Binary sets should not be empty");
        // aws: two blanks stand where the Java code formats an empty name
        return invalid_parameter(type == Type::SS ? "An string set  may not be empty"
                                                  : "An number set  may not be empty");
    }
    if (type != Type::NS && std::any_of(elements.begin(), elements.end(), is_empty)) {
        return invalid_parameter(type == Type::SS ? "An string set may not have a empty string as a member"
                                                  : "Binary sets may not contain null or empty values");
    }
    AttributeValue::Set sorted = elements;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
        if (type == Type::NS) return AttributeValue::invalid("Input collection contains duplicates");
        return invalid_parameter(
            "Input collection " + listed(elements, type) +
            (type == Type::BS ? "of type BS contains duplicates." : " contains duplicates."));
    }
    return AttributeValue::set(type, std::move(elements));
}

AttributeValue read_set(Type type, json::Value in) {
    if (!in.is_array()) {
        if (in.is_object()) refuse_type("Start of structure or map found where not expected");
        refuse_type("Unexpected field type");
    }
    AttributeValue::Set elements;
    elements.reserve(in.size());
    for (const json::Value element : in.elements()) {
        if (type == Type::SS) {
            elements.push_back(read_string(element));
        } else if (type == Type::BS) {
            elements.push_back(read_base64(element));
        } else {
            AttributeValue number = read_number(element);
            if (number.type() == Type::invalid) return number;
            elements.push_back(number.text());
        }
    }
    return checked_set(type, std::move(elements));
}

AttributeValue read_value(json::Value in, int depth);

AttributeValue read_list(json::Value in, int depth) {
    if (!in.is_array()) {
        if (in.is_object()) refuse_type("Start of structure or map found where not expected");
        refuse_type("Unexpected field type");
    }
    AttributeValue::List elements;
    elements.reserve(in.size());
    for (const json::Value element : in.elements()) {
        elements.push_back(read_value(element, depth + 1));
        if (elements.back().type() == Type::invalid) return std::move(elements.back());
    }
    return AttributeValue::list(std::move(elements));
}

AttributeMap read_attributes(json::Value in, int depth) {
    if (!in.is_object()) {
        if (in.is_array()) {
            refuse_type(
                "Unrecognized collection type java.util.Map<java.lang.String, "
                "com.amazonaws.dynamodb.v20120810.AttributeValue>");
        }
        refuse_type("Unexpected field type");
    }
    AttributeMap out;
    out.reserve(in.size());
    for (const json::Member member : in.members()) {
        out.append(std::string(member.name), read_value(member.value, depth));
    }
    out.sort();
    return out;
}

AttributeValue read_map(json::Value in, int depth) {
    AttributeMap attributes = read_attributes(in, depth + 1);
    if (const std::string* defect = find_defect(attributes)) return AttributeValue::invalid(*defect);
    return AttributeValue::map(std::move(attributes));
}

AttributeValue read_typed(Type type, json::Value in, int depth) {
    switch (type) {
        case Type::S:
            return AttributeValue::string(read_string(in));
        case Type::N:
            return read_number(in);
        case Type::B:
            return AttributeValue::binary(read_base64(in));
        case Type::BOOL:
            if (in.type() != json::Type::boolean) refuse_scalar(in, "Boolean");
            return AttributeValue::boolean(in.boolean());
        case Type::null:
            if (in.type() != json::Type::boolean) refuse_scalar(in, "Boolean");
            if (!in.boolean())
                return invalid_parameter("Null attribute value types must have the value of true");
            return AttributeValue::null();
        case Type::M:
            return read_map(in, depth);
        case Type::L:
            return read_list(in, depth);
        default:
            return read_set(type, in);
    }
}

AttributeValue read_value(json::Value in, int depth) {
    if (in.is_array()) {
        refuse_type("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
    }
    if (!in.is_object() && !in.is_null()) refuse_type("Unexpected value type in payload");
    if (depth >= kDepthLimit) {
        return AttributeValue::invalid(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            "supported limit");
    }
    int types = 0;
    AttributeValue out;
    if (in.is_object()) {
        for (const json::Member member : in.members()) {
            const auto type = parse_type_name(member.name);
            if (!type || member.value.is_null()) continue;
            ++types;
            out = read_typed(*type, member.value, depth);
        }
    }
    if (types == 0) {
        return AttributeValue::invalid(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    if (types > 1) {
        return AttributeValue::invalid(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
            "supported "
            "datatypes");
    }
    return out;
}

}  // namespace

AttributeValue decode_value(json::Value in) {
    return read_value(in, 0);
}

AttributeMap decode_attributes(json::Value in) {
    return read_attributes(in, 0);
}

AttributeMap decode_stored(std::string_view text) {
    const auto document = json::parse(text);
    if (!document) throw std::runtime_error("a stored item is no JSON");
    return decode_attributes(document->root());
}

void encode_value(const AttributeValue& value, json::Writer& out) {
    out.begin_object().key(type_name(value.type()));
    switch (value.type()) {
        case Type::S:
        case Type::N:
            out.string(value.text());
            break;
        case Type::B:
            out.string(base64_encode(value.text()));
            break;
        case Type::BOOL:
            out.boolean(value.truth());
            break;
        case Type::null:
            out.boolean(true);
            break;
        case Type::M:
            encode_attributes(value.map(), out);
            break;
        case Type::L:
            out.begin_array();
            for (const AttributeValue& element : value.list()) encode_value(element, out);
            out.end_array();
            break;
        case Type::BS:
            out.begin_array();
            for (const std::string& element : value.set()) out.string(base64_encode(element));
            out.end_array();
            break;
        case Type::SS:
        case Type::NS:
            out.begin_array();
            for (const std::string& element : value.set()) out.string(element);
            out.end_array();
            break;
        case Type::invalid:
            throw std::logic_error("an invalid value reached the encoder");
    }
    out.end_object();
}

void encode_attributes(const AttributeMap& attributes, json::Writer& out) {
    out.begin_object();
    for (const Attribute& attribute : attributes) {
        out.key(attribute.name);
        encode_value(attribute.value, out);
    }
    out.end_object();
}

std::string to_json(const AttributeMap& attributes) {
    std::string text;
    json::Writer out(text);
    encode_attributes(attributes, out);
    return text;
}

const std::string* find_defect(const AttributeMap& attributes) {
    for (const Attribute& attribute : attributes) {
        if (attribute.value.type() == Type::invalid) return &attribute.value.text();
    }
    return nullptr;
}

const model::CustomAccess kAttributeValueAccess{
    [](json::Value in, void* out) { *static_cast<AttributeValue*>(out) = decode_value(in); },
    [](const void* in, json::Writer& out) { encode_value(*static_cast<const AttributeValue*>(in), out); }};

const model::CustomAccess kItemAccess{
    [](json::Value in, void* out) { static_cast<Item*>(out)->attributes = decode_attributes(in); },
    [](const void* in, json::Writer& out) {
        const Item& item = *static_cast<const Item*>(in);
        if (item.json.empty()) {
            encode_attributes(item.attributes, out);
        } else {
            out.raw(item.json);
        }
    }};

}  // namespace fogbank::dynamodb
