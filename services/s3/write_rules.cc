#include "services/s3/write_rules.h"

#include "services/s3/errors.h"
#include "services/s3/object_headers.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

std::string content_type_of(const std::optional<std::string>& given) {
    return given && !given->empty() ? *given : kDefaultContentType;
}

void name_kms_key(const gateway::RequestContext& context, ObjectHeaders& headers) {
    if (!headers.uses_kms()) return;
    headers.kms_key = kms_key_arn(headers.kms_key, context.partition, context.region, context.account);
}

std::optional<std::string> checked_object_acl(const std::optional<std::string>& given) {
    constexpr std::array<std::string_view, 7> kCanned = {
        "private",       "public-read",       "public-read-write",        "authenticated-read",
        "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"};
    if (!given) return std::nullopt;
    if (std::find(kCanned.begin(), kCanned.end(), *given) == kCanned.end()) {
        throw invalid_argument("", "x-amz-acl", *given);
    }
    if (*given == "private") return std::nullopt;
    return given;
}

void check_acl_allowed(const Bucket& bucket, const std::optional<std::string>& acl) {
    // docs: "Controlling ownership of objects": bucket-owner-full-control is taken where ACLs are off.
    if (!acl || *acl == "bucket-owner-full-control" || !bucket.acls_disabled()) return;
    throw Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}

}  // namespace fogbank::s3
