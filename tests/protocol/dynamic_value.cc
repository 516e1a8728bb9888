#include "tests/protocol/dynamic_value.h"

#include "src/base/clock.h"
#include "src/protocol/json_body.h"
#include "src/protocol/scalar.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

namespace fogbank::protocol_test {
namespace {

using model::Kind;

std::string text_of(json::Value value) {
    std::string out;
    json::Writer writer(out);
    json::write(writer, value);
    return out;
}

double number_of(json::Value value) {
    double out = 0;
    if (value.is_string()) {
        if (!protocol::parse_special_floating(value.string(), out)) throw std::runtime_error("no number");
        return out;
    }
    return value.number();
}

std::string unequal(const std::string& at, const std::string& actual, const std::string& expected) {
    return at + ": got " + actual + ", expected " + expected;
}

bool same_number(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

void build_scalar(Kind kind, json::Value text, void* out) {
    switch (kind) {
        case Kind::boolean:
            *static_cast<bool*>(out) = text.boolean();
            break;
        case Kind::integer:
            *static_cast<std::int32_t*>(out) = static_cast<std::int32_t>(text.integer());
            break;
        case Kind::long_integer:
            *static_cast<std::int64_t*>(out) = text.integer();
            break;
        case Kind::float_number:
            *static_cast<float*>(out) = static_cast<float>(number_of(text));
            break;
        case Kind::double_number:
            *static_cast<double*>(out) = number_of(text);
            break;
        case Kind::string:
            *static_cast<std::string*>(out) = text.string();
            break;
        case Kind::blob:
            static_cast<Bytes*>(out)->data = text.string();
            break;
        case Kind::timestamp:
            protocol::timestamp_from_seconds(text.number(), *static_cast<Timestamp*>(out));
            break;
        case Kind::document:
            static_cast<model::JsonText*>(out)->text = text_of(text);
            break;
        default:
            throw std::runtime_error("no scalar");
    }
}

std::string scalar_difference(const model::Shape& shape, const void* value, json::Value expected,
                              const std::string& at) {
    std::string actual;
    protocol::append_scalar(actual, shape, model::TimestampFormat::unix_timestamp, value);
    switch (shape.kind) {
        case Kind::boolean:
            if (*static_cast<const bool*>(value) == expected.boolean()) return {};
            break;
        case Kind::integer:
            if (*static_cast<const std::int32_t*>(value) == expected.integer()) return {};
            break;
        case Kind::long_integer:
            if (*static_cast<const std::int64_t*>(value) == expected.integer()) return {};
            break;
        case Kind::float_number:
            if (same_number(static_cast<double>(*static_cast<const float*>(value)),
                            static_cast<double>(static_cast<float>(number_of(expected))))) {
                return {};
            }
            break;
        case Kind::double_number:
            if (same_number(*static_cast<const double*>(value), number_of(expected))) return {};
            break;
        case Kind::string:
            if (*static_cast<const std::string*>(value) == expected.string()) return {};
            break;
        case Kind::blob:
            if (static_cast<const Bytes*>(value)->data == expected.string()) return {};
            break;
        case Kind::timestamp: {
            Timestamp time;
            protocol::timestamp_from_seconds(expected.number(), time);
            if (*static_cast<const Timestamp*>(value) == time) return {};
            break;
        }
        default:
            throw std::runtime_error("no scalar");
    }
    return unequal(at, actual, text_of(expected));
}

std::string structure_difference(const model::Shape& shape, const void* value, json::Value expected,
                                 const std::string& at) {
    for (const model::Member& member : shape.members) {
        if (member.holder == nullptr) continue;
        const void* field = protocol::field_of(member, value);
        json::Value wanted = expected.find(member.name);
        if (wanted && wanted.is_null()) wanted = json::Value();
        const std::string place = at + "." + member.name;
        if (!wanted && field == nullptr) continue;
        if (!wanted) return place + ": present, expected none";
        if (field == nullptr) return place + ": absent, expected " + text_of(wanted);
        std::string found = difference(*member.shape, field, wanted, place);
        if (!found.empty()) return found;
    }
    return {};
}

std::string collection_difference(const model::Shape& shape, const void* value, json::Value expected,
                                  const std::string& at) {
    const bool list = shape.kind == Kind::list;
    const std::size_t size = list ? shape.list->size(value) : shape.map->size(value);
    if (size != expected.size()) return unequal(at, std::to_string(size) + " entries", text_of(expected));
    std::string found;
    if (list) {
        std::size_t index = 0;
        for (const json::Value element : expected.elements()) {
            const std::string place = at + "[" + std::to_string(index) + "]";
            if (found.empty())
                found = difference(*shape.element, shape.list->at(value, index), element, place);
            ++index;
        }
    } else {
        protocol::each_entry(shape, value, [&](std::string_view key, const void* entry) {
            const std::string place = at + "." + std::string(key);
            const json::Value wanted = expected.find(key);
            if (found.empty() && !wanted) found = place + ": present, expected none";
            if (found.empty()) found = difference(*shape.element, entry, wanted, place);
        });
    }
    return found;
}

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A map's entries have no order.
std::string key_of(const xml::Element& element) {
    for (const char* name : {"key", "K", "Attribute", "OuterKey", "InnerKey"}) {
        if (const xml::Element key = element.child(name)) return key.text();
    }
    return {};
}
void sort_entries(std::vector<xml::Element>& elements) {
    std::stable_sort(elements.begin(), elements.end(),
                     [](const auto& a, const auto& b) { return key_of(a) < key_of(b); });
}

using ByName = std::map<std::string, std::vector<xml::Element>>;
ByName by_name(const xml::Element& element) {
    ByName out;
    for (const xml::Element& child : element.children()) out[std::string(child.name())].push_back(child);
    return out;
}

}  // namespace

void build(const model::Shape& shape, json::Value text, void* out) {
    switch (shape.kind) {
        case Kind::structure:
            for (const model::Member& member : shape.members) {
                const json::Value field = text.find(member.name);
                if (!field || field.is_null() || member.holder == nullptr) continue;
                build(*member.shape, field, protocol::emplace_field(member, out));
            }
            break;
        case Kind::list:
            for (const json::Value element : text.elements()) {
                build(*shape.element, element, shape.list->append(out));
            }
            break;
        case Kind::map:
            for (const auto [key, entry] : text.members()) {
                build(*shape.element, entry, shape.map->insert(out, key));
            }
            break;
        default:
            build_scalar(shape.kind, text, out);
            break;
    }
}

std::string difference(const model::Shape& shape, const void* value, json::Value expected,
                       const std::string& at) {
    switch (shape.kind) {
        case Kind::structure:
            return structure_difference(shape, value, expected, at);
        case Kind::list:
        case Kind::map:
            return collection_difference(shape, value, expected, at);
        case Kind::document: {
            const auto parsed = json::parse(static_cast<const model::JsonText*>(value)->text);
            if (!parsed) return at + ": no JSON";
            return json_difference(parsed->root(), expected, at);
        }
        default:
            return scalar_difference(shape, value, expected, at);
    }
}

std::string json_difference(json::Value actual, json::Value expected, const std::string& at) {
    if (actual.is_number() && expected.is_number()) {
        if (actual.number() == expected.number()) return {};
        return unequal(at, text_of(actual), text_of(expected));
    }
    if (actual.type() != expected.type()) return unequal(at, text_of(actual), text_of(expected));
    if (expected.is_array()) {
        if (actual.size() != expected.size()) return unequal(at, text_of(actual), text_of(expected));
        auto other = actual.elements().begin();
        for (const json::Value element : expected.elements()) {
            std::string found = json_difference(*other, element, at + "[]");
            if (!found.empty()) return found;
            ++other;
        }
        return {};
    }
    if (!expected.is_object()) {
        return text_of(actual) == text_of(expected) ? "" : unequal(at, text_of(actual), text_of(expected));
    }
    std::set<std::string_view> names;
    for (const auto [name, unused] : actual.members()) names.insert(name);
    for (const auto [name, unused] : expected.members()) names.insert(name);
    for (const std::string_view name : names) {
        const json::Value got = actual.find(name);
        const json::Value wanted = expected.find(name);
        const std::string place = at + "." + std::string(name);
        if (name == "__type" || ((!got || got.is_null()) && (!wanted || wanted.is_null()))) continue;
        if (!got) return place + ": absent, expected " + text_of(wanted);
        if (!wanted) return place + ": got " + text_of(got) + ", expected none";
        std::string found = json_difference(got, wanted, place);
        if (!found.empty()) return found;
    }
    return {};
}

std::string xml_difference(const xml::Element& actual, const xml::Element& expected, const std::string& at) {
    const ByName got = by_name(actual);
    const ByName wanted = by_name(expected);
    if (actual.attribute("type") != expected.attribute("type")) return at + ": other type attribute";
    if (actual.attribute("test") != expected.attribute("test")) return at + ": other test attribute";
    if (got.empty() && wanted.empty() && trimmed(actual.text()) != trimmed(expected.text())) {
        return unequal(at, "'" + actual.text() + "'", "'" + expected.text() + "'");
    }
    for (auto [name, elements] : wanted) {
        const auto found = got.find(name);
        if (found == got.end()) return at + "/" + name + ": absent";
        if (found->second.size() != elements.size()) return at + "/" + name + ": other count";
        sort_entries(elements);
        std::vector<xml::Element> others = found->second;
        sort_entries(others);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            std::string inner = xml_difference(others[i], elements[i], at + "/" + name);
            if (!inner.empty()) return inner;
        }
    }
    for (const auto& [name, elements] : got) {
        // The vectors leave the request id out where it is not their point.
        if (name == "ResponseMetadata") continue;
        if (!wanted.contains(name)) return at + "/" + name + ": present, expected none";
    }
    return {};
}

}  // namespace fogbank::protocol_test
