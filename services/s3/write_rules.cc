#include "services/s3/write_rules.h"

#include "services/s3/errors.h"
#include "services/s3/object_headers.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

std::string content_type_of(const std::optional<std::string>& given) {
    return given && !given->empty() ? *given : kDefaultContentType;
}

void name_kms_key(const gateway::RequestContext& context, ObjectHeaders& headers) {
    if (!headers.uses_kms()) return;
    gateway::refuse_unheeded("x-amz-server-side-encryption: aws:kms");
    headers.kms_key = kms_key_arn(headers.kms_key, context.partition, context.region, context.account);
}

void check_acl_allowed(const Bucket& bucket, const std::optional<std::string>& acl) {
    // docs: "Controlling ownership of objects": bucket-owner-full-control is taken where ACLs are off.
    if (!acl || *acl == "bucket-owner-full-control" || !bucket.acls_disabled()) return;
    throw acls_not_allowed();
}

}  // namespace fogbank::s3
