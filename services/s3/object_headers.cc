#include "services/s3/object_headers.h"

#include "services/s3/errors.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

// The short names in the stored JSON, with the members they stand for.
template <class Headers>
auto fields(Headers& headers) {
    return std::array{
        std::pair{"cc", &headers.cache_control},    std::pair{"cd", &headers.content_disposition},
        std::pair{"ce", &headers.content_encoding}, std::pair{"cl", &headers.content_language},
        std::pair{"ex", &headers.expires},          std::pair{"re", &headers.redirect},
        std::pair{"tg", &headers.tagging},          std::pair{"acl", &headers.acl},
        std::pair{"own", &headers.owner},           std::pair{"sse", &headers.encryption},
        std::pair{"kms", &headers.kms_key},         std::pair{"lm", &headers.lock_mode},
        std::pair{"lu", &headers.retain_until},     std::pair{"lh", &headers.legal_hold},
        std::pair{"bk", &headers.bucket_key},       std::pair{"ck", &headers.customer_key},
        std::pair{"ru", &headers.restored_until},   std::pair{"rep", &headers.replication}};
}

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

}  // namespace

bool ObjectHeaders::empty() const {
    if (!metadata.empty()) return false;
    const auto all = fields(*this);
    return std::none_of(all.begin(), all.end(), [](const auto& field) { return field.second->has_value(); });
}

std::string ObjectHeaders::to_json() const {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const auto& [name, value] : fields(*this)) {
        if (*value) writer.field(name, std::string_view(**value));
    }
    if (!metadata.empty()) {
        writer.key("meta").begin_object();
        for (const auto& [name, value] : metadata) writer.field(name, std::string_view(value));
        writer.end_object();
    }
    writer.end_object();
    return text;
}

ObjectHeaders ObjectHeaders::from_json(std::string_view text) {
    ObjectHeaders out;
    const auto document = json::parse(text);
    if (!document) return out;
    for (const auto& [name, value] : fields(out)) {
        if (const json::Value found = document->root().find(name)) *value = std::string(found.string());
    }
    if (const json::Value meta = document->root().find("meta")) {
        for (const auto& member : meta.members()) {
            out.metadata.emplace(std::string(member.name), std::string(member.value.string()));
        }
    }
    return out;
}

int ObjectHeaders::tag_count() const {
    return tagging ? static_cast<int>(parse_query(*tagging).size()) : 0;
}

std::optional<std::string> without_aws_chunked(const std::optional<std::string>& content_encoding) {
    if (!content_encoding || content_encoding->find("aws-chunked") == std::string::npos)
        return content_encoding;
    std::string kept;
    for (std::string_view rest = *content_encoding; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        const std::string_view one = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        if (one == "aws-chunked" || one.empty()) continue;
        if (!kept.empty()) kept += ',';
        kept += one;
    }
    if (kept.empty()) return std::nullopt;
    return kept;
}

void check_metadata(const model::Map<std::string>& metadata) {
    std::size_t size = 0;
    for (const auto& [name, value] : metadata) size += name.size() + value.size();
    if (size <= kMetadataLimit) return;
    throw Error("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")
        .with("Size", std::to_string(size))
        .with("MaxSizeAllowed", std::to_string(kMetadataLimit));
}

void check_redirect(const std::optional<std::string>& location) {
    constexpr std::size_t kLimit = 2048;
    if (!location) return;
    if (location->size() > kLimit) {
        throw Error("InvalidRedirectLocation", 400,
                    "The length of website redirect location cannot exceed 2,048 characters.");
    }
    if (location->starts_with("http://") || location->starts_with("https://") || location->starts_with("/"))
        return;
    throw Error("InvalidRedirectLocation", 400,
                "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
}

std::string encoded_word(std::string_view text) {
    if (std::all_of(text.begin(), text.end(), is_ascii)) return std::string(text);
    return "=?UTF-8?B?" + base64_encode(text) + "?=";
}

std::string header_as_kept(std::string_view value) {
    if (std::all_of(value.begin(), value.end(), is_ascii)) return std::string(value);
    std::string text;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_ascii(c)) {
            text += c;
        } else {
            text += static_cast<char>(0xc0 | (byte >> 6));
            text += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return encoded_word(text);
}

void check_encryption(const std::optional<std::string>& algorithm,
                      const std::optional<std::string>& kms_key) {
    constexpr std::array<std::string_view, 3> kServed = {"AES256", "aws:kms", "aws:kms:dsse"};
    if (algorithm && std::find(kServed.begin(), kServed.end(), *algorithm) == kServed.end()) {
        throw invalid_argument("The encryption method specified is not supported",
                               "x-amz-server-side-encryption", *algorithm);
    }
    if (!kms_key || (algorithm && *algorithm != kDefaultEncryption)) return;
    throw invalid_argument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
        "aws:kms",
        "x-amz-server-side-encryption", algorithm.value_or("null"));
}

void check_encryption_context(const std::optional<std::string>& context) {
    if (!context) return;
    const auto text = base64_decode(*context);
    const auto document = text ? json::parse(*text) : std::nullopt;
    if (document && document->root().is_object()) return;
    throw invalid_argument(
        "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON "
        "which represents a string-string map",
        "x-amz-server-side-encryption-context", *context);
}

namespace {

// "1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-...", "alias/...": what KMS knows a key by besides its ARN.
bool is_kms_name(std::string_view name) {
    if (name.starts_with("alias/") || name.starts_with("mrk-")) return true;
    constexpr std::size_t kUuidLength = 36;
    return name.size() == kUuidLength &&
           name.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

}  // namespace

std::string kms_key_arn(const std::optional<std::string>& named, std::string_view partition,
                        std::string_view region, std::string_view account) {
    if (named && !is_kms_name(*named)) return *named;
    std::string arn =
        "arn:" + std::string(partition) + ":kms:" + std::string(region) + ":" + std::string(account) + ":";
    if (named) return arn + (named->starts_with("alias/") ? "" : "key/") + *named;
    // An id as KMS has them, the same for ever.
    const std::string hash = sha256_hex("aws/s3 of " + arn);
    return arn + "key/" + hash.substr(0, 8) + "-" + hash.substr(8, 4) + "-4" + hash.substr(13, 3) + "-a" +
           hash.substr(17, 3) + "-" + hash.substr(20, 12);
}

std::string storage_class_of(const std::optional<std::string>& given) {
    constexpr std::array<std::string_view, 8> kServed = {"STANDARD",     "REDUCED_REDUNDANCY",  "STANDARD_IA",
                                                         "ONEZONE_IA",   "INTELLIGENT_TIERING", "GLACIER",
                                                         "DEEP_ARCHIVE", "GLACIER_IR"};
    if (!given) return "STANDARD";
    if (std::find(kServed.begin(), kServed.end(), *given) != kServed.end()) return *given;
    throw Error("InvalidStorageClass", 400, "The storage class you specified is not valid")
        .with("StorageClassRequested", *given);
}

}  // namespace fogbank::s3
