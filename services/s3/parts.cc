#include "services/s3/parts.h"

#include "src/base/json.h"

namespace fogbank::s3 {

std::string parts_to_json(const std::vector<ObjectPart>& parts) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const ObjectPart& part : parts) {
        writer.begin_array().integer(part.size).string(part.checksum).end_array();
    }
    writer.end_array();
    return text;
}

std::vector<ObjectPart> parts_from_json(std::string_view text) {
    std::vector<ObjectPart> parts;
    const auto document = json::parse(text);
    if (!document) return parts;
    for (const json::Value each : document->root().elements()) {
        ObjectPart& part = parts.emplace_back();
        bool first = true;
        for (const json::Value field : each.elements()) {
            if (first) {
                part.size = field.integer();
            } else {
                part.checksum = field.string();
            }
            first = false;
        }
    }
    return parts;
}

}  // namespace fogbank::s3
