// Access control lists: what canned ones mean, how headers and documents write them, and whom they let do
// what. docs: S3 User Guide, "Access control list (ACL) overview".
#pragma once

#include "services/s3/model/operations.h"
#include "src/auth/principal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

namespace api {
struct AccessControlPolicy;
struct Grant;
struct Owner;
}  // namespace api

inline constexpr std::string_view kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
inline constexpr std::string_view kAuthenticatedUsers =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
inline constexpr std::string_view kLogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
inline constexpr std::size_t kGrantLimit = 100;  // docs: "An ACL can have up to 100 grants"

struct AclGrant {
    std::string grantee;     // a canonical user's id, or a group's URI
    std::string permission;  // FULL_CONTROL, READ, WRITE, READ_ACP, WRITE_ACP
    bool is_group() const { return grantee.starts_with("http"); }
    bool is_public() const { return grantee == kAllUsers || grantee == kAuthenticatedUsers; }
};

enum class AclOf : std::uint8_t { bucket, object };
enum class PublicGrants : std::uint8_t { count, are_ignored };

struct Acl {
    std::vector<AclGrant> grants;
    bool is_public() const;
    bool allows(std::string_view permission, const auth::Principal& principal,
                std::string_view canonical_user, PublicGrants public_grants) const;
};

// Whose ACL: canonical ids.
struct AclOwners {
    std::string owner;
    std::string bucket_owner;
};

// The stored form: the name of a canned ACL, which follows its owners, or grants as JSON. Empty: private.
std::string stored_acl(const std::vector<AclGrant>& grants);
Acl read_acl(std::string_view stored, const AclOwners& owners);

bool is_canned_acl(std::string_view name, AclOf of);

// What a request says of an ACL: the canned name, and the five grant headers.
struct AclHeaders {
    const std::optional<std::string>* canned = nullptr;
    const std::optional<std::string>*full_control = nullptr, *read = nullptr, *read_acp = nullptr,
          *write = nullptr, *write_acp = nullptr;

    bool any_grant() const;
    bool any() const { return any_grant() || (canned != nullptr && canned->has_value()); }
};
template <class Input>
AclHeaders acl_headers(const Input& input) {
    AclHeaders out{&input.ACL, &input.GrantFullControl, &input.GrantRead, &input.GrantReadACP,
                   nullptr,    &input.GrantWriteACP};
    if constexpr (requires { input.GrantWrite; }) out.write = &input.GrantWrite;
    return out;
}

// The stored form of what the headers say; nothing where they say nothing, and for "private". Throws
// InvalidArgument, InvalidRequest for both kinds, MethodNotAllowed for grants by e-mail, which AWS ended on 1
// October 2025.
std::optional<std::string> acl_of_headers(const AclHeaders& headers, AclOf of);
// The same for a document, whose owner has to be `owner`.
std::string acl_of_document(const api::AccessControlPolicy& document, std::string_view owner);

// What PutBucketAcl and PutObjectAcl ask for: headers or a document, not both and not neither. Throws
// UnexpectedContent and MissingSecurityHeader for these.
std::string requested_acl(const AclHeaders& headers, const std::optional<api::AccessControlPolicy>& document,
                          AclOf of, std::string_view owner);

std::vector<api::Grant> to_grants(const Acl& acl);

// A list that lets its owner do everything and nobody else anything: what a bucket without ACLs has.
Acl owner_only(std::string_view owner);

}  // namespace fogbank::s3
