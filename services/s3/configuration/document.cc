#include "services/s3/configuration/document.h"

#include "src/protocol/xml_body.h"

#include <stdexcept>

namespace fogbank::s3 {

std::string to_document(const model::Shape& shape, const void* value) {
    std::string text;
    xml::Writer writer(text);
    writer.begin("C");
    protocol::XmlEncoder encoder(writer, protocol::IsoFraction::millis);
    encoder.structure(shape, value, protocol::BodyMembers::all);
    writer.end("C");
    return text;
}

void from_document(const model::Service& service, const model::Shape& shape, std::string_view document,
                   void* out) {
    const auto parsed = xml::parse(document);
    if (!parsed) throw std::runtime_error("a stored configuration is not XML");
    protocol::decode_xml_structure(service, shape, parsed->root(), out, protocol::BodyMembers::all);
}

}  // namespace fogbank::s3
