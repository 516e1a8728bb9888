#include "services/dynamodb/value/codec.h"

#include "services/dynamodb/value/number.h"
#include "src/base/bytes.h"
#include "src/base/error.h"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

namespace fogbank::dynamodb {
namespace {

using Type = AttributeValue::Type;

// aws: single-item writes with a value of more levels are read by an older front end (conformance suite,
// captured 2026-10-09: 40 levels are not, 63 are).
constexpr int kOldDepth = 62;

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
        case json::Type::number:
            refuse_type("DECIMAL_VALUE cannot be converted to " + target);
        default:
            refuse_type("NUMBER_VALUE cannot be converted to " + target);
    }
}

std::string read_string(json::Value in) {
    if (!in.is_string()) refuse_scalar(in, "String");
    return std::string(in.string());
}

// Whether the bits of the last digit that belong to no byte are zero.
bool has_clear_end(std::string_view text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (!text.ends_with('=')) return true;
    const bool is_one_byte = text.ends_with("==");
    return kDigits.find(text[text.size() - (is_one_byte ? 3 : 2)]) % (is_one_byte ? 16 : 4) == 0;
}

std::string read_base64(json::Value in) {
    if (in.is_object()) refuse_type("Start of structure or map found where not expected");
    if (in.is_array()) refuse_type("Unrecognized collection type class java.nio.ByteBuffer");
    if (!in.is_string()) refuse_type("only base-64-encoded strings are convertible to bytes");
    const std::string_view text = in.string();
    auto bytes = base64_decode(text);
    if (bytes && has_clear_end(text)) return std::move(*bytes);
    if (text.size() % 4 != 0) {
        refuse_type("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                    std::to_string(text.size()));
    }
    refuse_type("Invalid last non-pad Base64 character dectected");  // aws: spelt so (dynalite's suite)
}

AttributeValue read_number(json::Value in) {
    if (!in.is_string()) refuse_scalar(in, "String");
    NormalizedNumber number = normalize_number(in.string());
    if (!number.defect.empty()) {
        return AttributeValue::invalid(std::move(number.defect), std::move(number.older_defect));
    }
    return AttributeValue::number(std::move(number.text));
}

AttributeValue invalid_parameter(std::string_view what) {
    return AttributeValue::invalid("One or more parameter values were invalid: " + std::string(what));
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts) out.append(&part == &parts[0] ? "" : separator).append(part);
    return out;
}

// aws: the current wording quotes the elements and lists them in the order of their bytes up to the first
// that stands twice, then that one, then the rest as sent; the older lists them as sent.
AttributeValue duplicates(Type type, const AttributeValue::Set& elements) {
    if (type == Type::NS) {
        return AttributeValue::invalid(
            "One or more parameter values were invalid: Input collection contains duplicates.",
            "Input collection contains duplicates");
    }
    const bool is_binary = type == Type::BS;
    std::set<std::string> before;
    std::size_t at = 0;
    while (before.insert(elements[at]).second) ++at;
    AttributeValue::Set quoted;
    AttributeValue::Set plain;
    const auto shown = [&](const std::string& element) {
        return is_binary ? base64_encode(element) : element;
    };
    const auto quote = [&](const std::string& element) { quoted.push_back('"' + shown(element) + '"'); };
    for (const std::string& element : before) quote(element);
    for (; at < elements.size(); ++at) quote(elements[at]);
    for (const std::string& element : elements) plain.push_back(shown(element));
    const std::string intro = "One or more parameter values were invalid: Input collection [";
    const std::string end = std::string("]") + (is_binary ? "of type BS" : "") + " contains duplicates.";
    return AttributeValue::invalid(intro + joined(quoted, is_binary ? "," : ", ") + end,
                                   intro + joined(plain, ", ") + end);
}

// aws: a set is read back in the order of its bytes, a set of numbers in that of the numbers (captured
// 2026-10-09).
void sort_elements(Type type, AttributeValue::Set& elements) {
    if (type == Type::NS) {
        std::sort(elements.begin(), elements.end(),
                  [](const std::string& a, const std::string& b) { return compare_numbers(a, b) < 0; });
    } else {
        std::sort(elements.begin(), elements.end());
    }
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
    return set_of(type, std::move(elements));
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

// The first invalid value of the text goes to `defect`: AWS reports what it meets first.
AttributeMap read_attributes(json::Value in, int depth, std::optional<AttributeValue>& defect) {
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
        AttributeValue value = read_value(member.value, depth);
        // aws: names inside of a value are checked with the values.
        if (member.name.empty() && depth > 0 && value.type() != Type::invalid) {
            value = AttributeValue::invalid(std::string(kEmptyName));
        }
        if (member.name.size() > kMaxNameBytes && value.type() != Type::invalid) {
            value = AttributeValue::invalid("Attribute name is too large, must be less than 65536 bytes");
        }
        if (value.type() == Type::invalid && !defect) defect = value;
        out.append(std::string(member.name), std::move(value));
    }
    out.sort();
    return out;
}

AttributeValue read_map(json::Value in, int depth) {
    std::optional<AttributeValue> defect;
    AttributeMap attributes = read_attributes(in, depth + 1, defect);
    if (defect) return std::move(*defect);
    return AttributeValue::map(std::move(attributes));
}

// aws: these texts are taken for booleans (dynalite's suite).
bool read_boolean(json::Value in) {
    if (in.type() == json::Type::boolean) return in.boolean();
    if (in.is_string()) {
        std::string text(in.string());
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (text == "true" || text == "1" || text == "yes") return true;
        if (text == "false" || text == "0" || text == "no") return false;
    }
    refuse_scalar(in, "Boolean");
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
            return AttributeValue::boolean(read_boolean(in));
        case Type::null:
            if (!read_boolean(in))
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

// Whether maps and lists go on for more than `levels` below `in`.
bool goes_below(json::Value in, int levels) {
    if (!in.is_object()) return false;
    for (const json::Member member : in.members()) {
        if (member.name == "M" && member.value.is_object()) {
            if (levels == 0) return true;
            for (const json::Member inner : member.value.members()) {
                if (goes_below(inner.value, levels - 1)) return true;
            }
        } else if (member.name == "L" && member.value.is_array()) {
            if (levels == 0) return true;
            for (const json::Value inner : member.value.elements()) {
                if (goes_below(inner, levels - 1)) return true;
            }
        }
    }
    return false;
}

AttributeValue read_value(json::Value in, int depth) {
    if (in.is_array()) {
        refuse_type("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
    }
    if (!in.is_object() && !in.is_null()) refuse_type("Unexpected value type in payload");
    if (depth >= kTooManyLevels) {
        const char* message =
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            "supported limit";
        return goes_below(in, kOldDepth - kTooManyLevels) ? AttributeValue::very_deep(message)
                                                          : AttributeValue::invalid(message);
    }
    int types = 0;
    AttributeValue out;
    if (in.is_object()) {
        for (const json::Member member : in.members()) {
            const auto type = parse_type_name(member.name);
            if (!type || member.value.is_null()) continue;
            AttributeValue value = read_typed(*type, member.value, depth);
            // aws: what is wrong with one of two values is told first (dynalite's suite).
            if (++types == 1 || out.type() != Type::invalid) out = std::move(value);
        }
    }
    if (types == 0) {
        return AttributeValue::invalid(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    if (types > 1 && out.type() != Type::invalid) {
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
    std::optional<AttributeValue> defect;
    return read_attributes(in, 0, defect);
}

AttributeValue set_of(Type type, AttributeValue::Set elements) {
    if (elements.empty()) {
        if (type == Type::BS) return invalid_parameter("Binary sets should not be empty");
        // aws: two blanks stand where the Java code formats an empty name
        return invalid_parameter(type == Type::SS ? "An string set  may not be empty"
                                                  : "An number set  may not be empty");
    }
    const AttributeValue::Set given = elements;
    sort_elements(type, elements);
    if (std::adjacent_find(elements.begin(), elements.end()) != elements.end())
        return duplicates(type, given);
    return AttributeValue::set(type, std::move(elements));
}

AttributeMap decode_stored(std::string_view text) {
    const auto document = json::parse(text);
    if (!document) throw std::runtime_error("a stored item is no JSON, or nests deeper than JSON is read");
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

const std::string* find_defect(const AttributeMap& attributes, Wording wording) {
    for (const Attribute& attribute : attributes) {
        if (attribute.value.type() == Type::invalid) return &attribute.value.defect(wording);
    }
    return nullptr;
}

const model::CustomAccess kAttributeValueAccess{
    [](json::Value in, void* out) { *static_cast<AttributeValue*>(out) = decode_value(in); },
    [](const void* in, json::Writer& out) { encode_value(*static_cast<const AttributeValue*>(in), out); },
    true};

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
