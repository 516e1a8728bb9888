#include "services/s3/list_rules.h"

#include "services/s3/errors.h"
#include "services/s3/names.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {
constexpr std::int32_t kPageLimit = 1000;  // docs: ListObjectsV2, MaxKeys
}

std::int32_t keys_of_page(const std::optional<std::int32_t>& max_keys) {
    if (!max_keys) return kPageLimit;
    if (*max_keys < 0) {
        throw invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys",
                               std::to_string(*max_keys));
    }
    return std::min(*max_keys, kPageLimit);
}

KeyText::KeyText(const std::optional<std::string>& encoding_type) : encode_(encoding_type.has_value()) {
    if (encoding_type && *encoding_type != "url") {
        throw invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                               *encoding_type);
    }
}

std::string KeyText::operator()(std::string_view key) const {
    return encode_ ? url_key(key) : std::string(key);
}

}  // namespace fogbank::s3
