#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/tag.h"
#include "services/s3/model/types/tagging.h"

#include <algorithm>
#include <set>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kKeyLimitCharacters = 128;
constexpr std::size_t kValueLimitCharacters = 256;
constexpr std::string_view kPunctuation = " +-=._:/@";

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// docs: "Tag restrictions": letters, numbers and spaces of any script in UTF-8, and + - = . _ : / @.
bool clean(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letter || static_cast<unsigned char>(c) >= 0x80 ||
               kPunctuation.find(c) != std::string_view::npos;
    });
}

Error invalid_tag(const char* message, const api::Tag& tag) {
    return Error("InvalidTag", 400, message).with("TagKey", tag.Key.value_or(""));
}

}  // namespace

void check_tags(const std::vector<api::Tag>& tags) {
    std::set<std::string_view> keys;
    for (const api::Tag& tag : tags) {
        if (!tag.Key || !tag.Value) throw malformed_xml();
        if (tag.Key->empty() || characters(*tag.Key) > kKeyLimitCharacters || !clean(*tag.Key)) {
            throw invalid_tag("The TagKey you have provided is invalid", tag);
        }
        if (characters(*tag.Value) > kValueLimitCharacters || !clean(*tag.Value)) {
            throw invalid_tag("The TagValue you have provided is invalid", tag).with("TagValue", *tag.Value);
        }
        if (tag.Key->starts_with("aws:")) {
            throw invalid_tag("System tags cannot be added/updated by requester", tag);
        }
        if (!keys.insert(*tag.Key).second) {
            throw invalid_tag("Cannot provide multiple Tags with the same key", tag);
        }
    }
}

void check_bucket_tagging(const api::Tagging& tagging) {
    if (tagging.TagSet->size() > kBucketTagLimit) {
        throw Error("BadRequest", 400, "Bucket tag count cannot be greater than 50");
    }
    check_tags(*tagging.TagSet);
}

}  // namespace fogbank::s3
