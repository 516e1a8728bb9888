// What an object keeps beside its bytes: system headers and user metadata, given back as they came.
#pragma once

#include "services/s3/access/acl.h"
#include "services/s3/tags.h"
#include "src/base/error.h"
#include "src/model/types.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct ObjectHeaders {
    std::optional<std::string> cache_control, content_disposition, content_encoding, content_language,
        expires;
    std::optional<std::string> redirect;        // x-amz-website-redirect-location
    std::optional<std::string> tagging;         // as in the header: a=1&b=2
    std::optional<std::string> acl;             // stored form, see access/acl.h; unset: private
    std::optional<std::string> owner;           // the account that wrote it; unset: the bucket's
    std::optional<std::string> encryption;      // unset: AES256
    std::optional<std::string> kms_key;         // an ARN
    std::optional<std::string> bucket_key;      // "true", "false"
    std::optional<std::string> customer_key;    // what tells the key of SSE-C again, see customer_key.h
    std::optional<std::string> restored_until;  // of an archived object, milliseconds since 1970
    std::optional<std::string> replication;     // see replication/rules.h
    // Object Lock: GOVERNANCE or COMPLIANCE, until when in milliseconds since 1970, ON or OFF.
    std::optional<std::string> lock_mode, retain_until, legal_hold;
    model::Map<std::string> metadata;

    bool empty() const;
    bool uses_kms() const { return encryption && encryption->starts_with("aws:kms"); }
    bool has_lock() const { return lock_mode || legal_hold; }
    std::string to_json() const;
    static ObjectHeaders from_json(std::string_view text);
    // The same of a row's column, which is empty where there are none.
    static ObjectHeaders of(const std::string& column) {
        return column.empty() ? ObjectHeaders{} : from_json(column);
    }
    int tag_count() const;
};

// Throws InvalidArgument where x-amz-server-side-encryption-context is no map of strings in base64.
void check_encryption_context(const std::optional<std::string>& context);

inline constexpr const char* kDefaultContentType = "binary/octet-stream";
inline constexpr const char* kDefaultEncryption = "AES256";
inline constexpr std::size_t kMetadataLimit =
    2048;  // bytes of names and values; docs: "User-defined metadata"

// "gzip,aws-chunked" is gzip: the chunking is the transport's.
std::optional<std::string> without_aws_chunked(const std::optional<std::string>& content_encoding);
void check_metadata(const model::Map<std::string>& metadata);
// Throws InvalidRedirectLocation for what no redirect can name.
void check_redirect(const std::optional<std::string>& location);
// docs: S3 User Guide, "Working with object metadata": metadata that is no ASCII is given back as RFC 2047
// words it, in base64; the bytes of a header are read as Latin-1.
std::string encoded_word(std::string_view text);
std::string header_as_kept(std::string_view value);
// Throws InvalidArgument for no algorithm of AWS's, or a KMS key without KMS.
void check_encryption(const std::optional<std::string>& algorithm, const std::optional<std::string>& kms_key);
// The key's ARN: what the request names, or the one that AWS manages for S3. There is no KMS here to ask: a
// name that is none of KMS's stays as it is.
std::string kms_key_arn(const std::optional<std::string>& named, std::string_view partition,
                        std::string_view region, std::string_view account);
// "STANDARD" where unset. Throws InvalidStorageClass.
std::string storage_class_of(const std::optional<std::string>& given);

// The headers of an upload, checked. `Input` is any input that creates an object.
template <class Input>
ObjectHeaders headers_of(const Input& input) {
    ObjectHeaders out;
    out.cache_control = input.CacheControl;
    out.content_disposition = input.ContentDisposition;
    out.content_encoding = without_aws_chunked(input.ContentEncoding);
    out.content_language = input.ContentLanguage;
    out.expires = input.Expires;
    check_redirect(input.WebsiteRedirectLocation);
    out.redirect = input.WebsiteRedirectLocation;
    if (input.Tagging && !input.Tagging->empty()) {
        check_tagging(*input.Tagging);
        out.tagging = input.Tagging;
    }
    out.encryption = input.ServerSideEncryption;
    out.kms_key = input.SSEKMSKeyId;
    check_encryption(out.encryption, out.kms_key);
    if (input.BucketKeyEnabled && out.uses_kms()) out.bucket_key = *input.BucketKeyEnabled ? "true" : "false";
    out.acl = acl_of_headers(acl_headers(input), AclOf::object);
    if (input.Metadata) {
        check_metadata(*input.Metadata);
        for (const auto& [name, value] : *input.Metadata) out.metadata.emplace(name, header_as_kept(value));
    }
    return out;
}

template <class Output>
void show_encryption(Output& output, const ObjectHeaders& headers) {
    if (headers.customer_key) return;
    output.ServerSideEncryption = headers.encryption.value_or(kDefaultEncryption);
    output.SSEKMSKeyId = headers.kms_key;
    if (headers.bucket_key) output.BucketKeyEnabled = *headers.bucket_key == "true";
}

// The kept headers on the answer of GetObject and HeadObject.
template <class Output>
void show_headers(Output& output, ObjectHeaders&& headers) {
    show_encryption(output, headers);
    // "PENDING 2" is PENDING: the number of buckets that have not answered is not shown.
    if (headers.replication) {
        output.ReplicationStatus = headers.replication->substr(0, headers.replication->find(' '));
    }
    output.CacheControl = std::move(headers.cache_control);
    output.ContentDisposition = std::move(headers.content_disposition);
    output.ContentEncoding = std::move(headers.content_encoding);
    output.ContentLanguage = std::move(headers.content_language);
    output.Expires = std::move(headers.expires);
    output.WebsiteRedirectLocation = std::move(headers.redirect);
    if (const int tags = headers.tag_count(); tags > 0) output.TagCount = tags;
    if (!headers.metadata.empty()) output.Metadata = std::move(headers.metadata);
}

}  // namespace fogbank::s3
