// What buckets and keys may be called, and who owns them.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::s3 {

inline constexpr std::size_t kKeyLimit = 1024;  // bytes; docs: S3 User Guide, "Naming Amazon S3 objects"

// Throws InvalidBucketName. docs: S3 User Guide, "General purpose bucket naming rules".
void check_bucket_name(std::string_view name);

// Throws KeyTooLongError.
void check_key(std::string_view key);

// Whoever does not sign, as an owner of objects.
inline constexpr std::string_view kAnonymousAccount = "anonymous";

// The canonical user id of an account: 64 hex digits, the same for ever; the anonymous user has AWS's.
std::string owner_id(std::string_view account);

// "arn:aws:s3:::name"
std::string bucket_arn(std::string_view partition, std::string_view name);

// A key as lists with encoding-type=url and event records say it: encoded as in a form, but a slash stays.
std::string url_key(std::string_view key);

// The least byte string that is greater than every one that starts with `prefix`; empty where there is none.
std::string after_prefix(std::string_view prefix);

}  // namespace fogbank::s3
