#include "services/s3/tags.h"

#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "src/base/bytes.h"
#include "src/base/url.h"

#include <set>

namespace fogbank::s3 {

std::vector<api::Tag> tags_from(std::string_view tagging) {
    std::vector<api::Tag> tags;
    for (auto& [name, value] : parse_query(tagging)) {
        api::Tag& tag = tags.emplace_back();
        tag.Key = name;
        tag.Value = value;
    }
    return tags;
}

std::string tagging_of(const std::vector<api::Tag>& tags) {
    std::string out;
    for (const api::Tag& tag : tags) {
        if (!out.empty()) out += '&';
        out += percent_encode(*tag.Key);
        out += '=';
        out += percent_encode(*tag.Value);
    }
    return out;
}

void check_object_tags(const std::vector<api::Tag>& tags) {
    if (tags.size() > kObjectTagLimit) {
        throw Error("BadRequest", 400, "Object tags cannot be greater than 10");
    }
    check_tags(tags);
}

void check_tagging(std::string_view header) {
    const std::vector<api::Tag> tags = tags_from(header);
    std::set<std::string_view> keys;
    for (const api::Tag& tag : tags) {
        const bool text = is_valid_utf8(*tag.Key) && is_valid_utf8(*tag.Value);
        if (text && keys.insert(*tag.Key).second) continue;
        throw invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
            "without tag name duplicates.",
            "x-amz-tagging", header);
    }
    check_object_tags(tags);
}

}  // namespace fogbank::s3
