#include "services/s3/list_rules.h"

#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

constexpr std::int32_t kPageLimit = 1000;  // docs: ListObjectsV2, MaxKeys

// What tells a token from other base64.
std::string seal(std::string_view position) {
    return digest(DigestKind::crc32c, position);
}

}  // namespace

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

std::string KeyText::operator()(std::string&& key) const {
    return encode_ ? url_key(key) : std::move(key);
}

std::string continuation_token(std::string_view position) {
    return base64_encode(seal(position).append(position));
}

std::string position_of_token(const std::string& token) {
    const std::optional<std::string> bytes = base64_decode(token);
    constexpr std::size_t kSealSize = 4;
    if (bytes && bytes->size() > kSealSize) {
        std::string position = bytes->substr(kSealSize);
        if (bytes->starts_with(seal(position))) return position;
    }
    // aws: names the argument and not its value (versity/versitygw#993 shows the answer).
    throw Error("InvalidArgument", 400, "The continuation token provided is incorrect")
        .with("ArgumentName", "continuation-token");
}

}  // namespace fogbank::s3
