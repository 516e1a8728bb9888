#include "src/protocol/xml_body.h"

#include "src/base/text.h"
#include "src/protocol/request_errors.h"

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::Member;
using model::Shape;
using model::TimestampFormat;

const char* element_name(const Shape& shape) {
    if (shape.element_wire != nullptr) return shape.element_wire;
    return shape.kind == Kind::map ? "value" : "member";
}
const char* key_name(const Shape& shape) {
    return shape.key_wire != nullptr ? shape.key_wire : "key";
}

// "type" of "xsi:type": the parser drops prefixes.
std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

class Decoder {
public:
    explicit Decoder(const model::Service& service) : service_(service) {}

    void structure(const Shape& shape, const xml::Element& element, void* out, BodyMembers members) const {
        const std::vector<xml::Element> children = element.children();
        for (const Member& member : shape.members) {
            if (!in_request_body(member, members)) continue;
            if (member.xml_attribute) {
                attribute(member, element, out);
            } else if (member.flattened &&
                       (member.shape->kind == Kind::list || member.shape->kind == Kind::map)) {
                flattened(member, children, out);
            } else {
                for (const xml::Element& child : children) {
                    if (child.name() != local_name(member.wire)) continue;
                    const TimestampFormat format = timestamp_format(member, TimestampFormat::iso8601);
                    value(*member.shape, format, child, emplace_field(member, out));
                    break;
                }
            }
        }
    }

private:
    void attribute(const Member& member, const xml::Element& element, void* out) const {
        const std::optional<std::string> text = element.attribute(local_name(member.wire));
        if (text)
            scalar(*member.shape, timestamp_format(member, TimestampFormat::iso8601), *text, member, out);
    }

    void scalar(const Shape& shape, TimestampFormat format, std::string_view text, const Member& member,
                void* out) const {
        if (!parse_scalar(shape, format, text, emplace_field(member, out))) throw malformed_xml(service_);
    }

    void flattened(const Member& member, const std::vector<xml::Element>& children, void* out) const {
        const Shape& shape = *member.shape;
        const std::string_view name = local_name(member.wire);
        void* holder = nullptr;
        for (const xml::Element& child : children) {
            if (child.name() != name) continue;
            if (holder == nullptr) holder = emplace_field(member, out);
            if (shape.kind == Kind::list) {
                value(*shape.element, list_format(shape), child, shape.list->append(holder));
            } else {
                entry(shape, child, holder);
            }
        }
    }

    static TimestampFormat list_format(const Shape& shape) {
        return timestamp_format(*shape.element, TimestampFormat::iso8601);
    }

    void entry(const Shape& shape, const xml::Element& element, void* out) const {
        const xml::Element key = element.child(local_name(key_name(shape)));
        const xml::Element value_element = element.child(local_name(element_name(shape)));
        if (!key) throw malformed_xml(service_);
        void* slot = shape.map->insert(out, key.text());
        if (value_element) value(*shape.element, list_format(shape), value_element, slot);
    }

    void value(const Shape& shape, TimestampFormat format, const xml::Element& element, void* out) const {
        switch (shape.kind) {
            case Kind::structure:
                structure(shape, element, out, BodyMembers::all);
                break;
            case Kind::list:
                for (const xml::Element& child : element.children()) {
                    if (child.name() != local_name(element_name(shape))) continue;
                    value(*shape.element, list_format(shape), child, shape.list->append(out));
                }
                break;
            case Kind::map:
                for (const xml::Element& child : element.children()) {
                    if (child.name() == "entry") entry(shape, child, out);
                }
                break;
            case Kind::string:
                *static_cast<std::string*>(out) = element.text();
                break;
            default:
                if (!parse_scalar(shape, format, trimmed(element.text(), kWhitespace), out))
                    throw malformed_xml(service_);
        }
    }

    const model::Service& service_;
};

}  // namespace

void decode_xml_structure(const model::Service& service, const Shape& shape, const xml::Element& element,
                          void* out, BodyMembers members) {
    Decoder(service).structure(shape, element, out, members);
}

void XmlEncoder::namespace_of(const Member& member) {
    if (member.xml_namespace == nullptr) return;
    const std::string prefix = member.xml_prefix == nullptr ? "" : ":" + std::string(member.xml_prefix);
    out_.attribute("xmlns" + prefix, member.xml_namespace);
}

void XmlEncoder::structure(const Shape& shape, const void* value, BodyMembers members) {
    for (const Member& attribute : shape.members) {
        if (!attribute.xml_attribute || !in_response_body(attribute, members)) continue;
        const void* field = field_of(attribute, value);
        if (field == nullptr) continue;
        std::string text;
        append_scalar(text, *attribute.shape, timestamp_format(attribute, TimestampFormat::iso8601), field,
                      fraction_);
        out_.attribute(attribute.wire, text);
    }
    for (const Member& child : shape.members) {
        if (child.xml_attribute || !in_response_body(child, members)) continue;
        const void* field = field_of(child, value);
        if (field != nullptr) member(child, field);
    }
}

void XmlEncoder::member(const Member& member, const void* value) {
    const Shape& shape = *member.shape;
    if (member.choice) return choice(shape, value);
    if (member.flattened && shape.kind == Kind::list) return list(member.wire, shape, value);
    if (member.flattened && shape.kind == Kind::map) return map(member.wire, shape, value);
    out_.begin(member.wire);
    namespace_of(member);
    content(shape, timestamp_format(member, TimestampFormat::iso8601), value);
    out_.end(member.wire);
}

void XmlEncoder::element(std::string_view name, const Shape& shape, TimestampFormat format,
                         const void* value) {
    out_.begin(name);
    content(shape, format, value);
    out_.end(name);
}

void XmlEncoder::content(const Shape& shape, TimestampFormat format, const void* value) {
    switch (shape.kind) {
        case Kind::structure:
            structure(shape, value, BodyMembers::all);
            break;
        case Kind::list:
            list(element_name(shape), shape, value);
            break;
        case Kind::map:
            map("entry", shape, value);
            break;
        case Kind::string:
            out_.text(*static_cast<const std::string*>(value));
            break;
        default:
            append_scalar(out_.content(), shape, format, value, fraction_);
    }
}

void XmlEncoder::list(std::string_view name, const Shape& shape, const void* value) {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::iso8601);
    const std::size_t count = shape.list->size(value);
    for (std::size_t i = 0; i < count; ++i) element(name, *shape.element, format, shape.list->at(value, i));
}

void XmlEncoder::choice(const Shape& shape, const void* value) {
    const std::size_t count = shape.list->size(value);
    for (std::size_t i = 0; i < count; ++i) {
        structure(*shape.element, shape.list->at(value, i), BodyMembers::all);
    }
}

void XmlEncoder::map(std::string_view name, const Shape& shape, const void* value) {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::iso8601);
    each_entry(shape, value, [&](std::string_view key, const void* entry) {
        out_.begin(name);
        out_.element(key_name(shape), key);
        element(element_name(shape), *shape.element, format, entry);
        out_.end(name);
    });
}

}  // namespace fogbank::protocol
