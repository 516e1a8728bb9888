// XML to and from generated structs: the bodies of rest-xml, and the answers of the query protocol.
#pragma once

#include "src/base/xml.h"
#include "src/model/shape.h"
#include "src/protocol/json_body.h"
#include "src/protocol/scalar.h"

#include <string_view>

namespace fogbank::protocol {

// Fills the members of `shape` that stand in the body from the children of `element`.
// Throws malformed_xml where a value is none of its shape.
void decode_xml_structure(const model::Service& service, const model::Shape& shape,
                          const xml::Element& element, void* out, BodyMembers members);

class XmlEncoder {
public:
    XmlEncoder(xml::Writer& out, IsoFraction fraction) : out_(out), fraction_(fraction) {}
    // The attributes and child elements of a structure whose element is open.
    void structure(const model::Shape& shape, const void* value, BodyMembers members);
    void namespace_of(const model::Member& member);

private:
    void member(const model::Member& member, const void* value);
    void element(std::string_view name, const model::Shape& shape, model::TimestampFormat format,
                 const void* value);
    void content(const model::Shape& shape, model::TimestampFormat format, const void* value);
    void list(std::string_view name, const model::Shape& shape, const void* value);
    void choice(const model::Shape& shape, const void* value);
    void map(std::string_view name, const model::Shape& shape, const void* value);

    xml::Writer& out_;
    IsoFraction fraction_;
};

}  // namespace fogbank::protocol
