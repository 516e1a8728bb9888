// Rules that every operation which makes an object shares.
#pragma once

#include "services/s3/object_headers.h"
#include "services/s3/store/bucket_store.h"
#include "src/gateway/request_context.h"

#include <optional>
#include <string>

namespace fogbank::s3 {

// aws: an object without a type gets binary/octet-stream; an empty one counts as none.
std::string content_type_of(const std::optional<std::string>& given);

// Names the KMS key that an upload asks for by its ARN.
void name_kms_key(const gateway::RequestContext& context, ObjectHeaders& headers);

// Throws AccessControlListNotSupported where the bucket's ObjectOwnership has ACLs off.
void check_acl_allowed(const Bucket& bucket, const std::optional<std::string>& acl);

}  // namespace fogbank::s3
