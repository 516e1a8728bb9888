// S3's refusals that its model does not declare, with the members AWS gives them.
#pragma once

#include "src/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fogbank::s3 {

Error no_such_bucket(std::string_view bucket);
Error no_such_key(std::string_view key);
Error no_such_upload(std::string_view upload);
Error access_denied(std::string message = "Access Denied");
Error invalid_argument(std::string message, std::string_view name, std::string_view value);
Error invalid_request(std::string message);
Error malformed_xml();
// `condition` names the header, such as "If-Match".
Error precondition_failed(std::string_view condition);
// 501 for a header or parameter that means something that is not there.
Error not_implemented(std::string_view header);
Error invalid_range(std::string_view range, std::int64_t size);
Error entity_too_large(std::uint64_t proposed, std::uint64_t limit);
Error acl_with_ownership();  // a bucket's ACL where its ObjectOwnership has ACLs off
Error acls_not_allowed();    // any ACL there
Error bad_digest(std::string_view algorithm);

}  // namespace fogbank::s3
