#include "services/s3/access/acl.h"

#include "services/s3/errors.h"
#include "services/s3/model/types/access_control_policy.h"
#include "src/base/json.h"
#include "src/base/text.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::array<std::string_view, 5> kPermissions = {"FULL_CONTROL", "READ", "WRITE", "READ_ACP",
                                                          "WRITE_ACP"};
// EC2, which aws-exec-read lets read a bundle of an AMI (docs: "Canned ACL").
constexpr std::string_view kComputeCloud = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

Error malformed_acl() {
    return Error("MalformedACLError", 400,
                 "The XML you provided was not well-formed or did not validate against our published schema");
}

Error no_mail() {
    return Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.");
}

bool is_canonical_id(std::string_view id) {
    return id.size() == 64 && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

void check_id(const std::string& id) {
    if (!is_canonical_id(id)) throw invalid_argument("Invalid id", "CanonicalUser/ID", id);
}

void check_group(const std::string& uri) {
    if (uri == kAllUsers || uri == kAuthenticatedUsers || uri == kLogDelivery) return;
    throw invalid_argument("Invalid group uri", "uri", uri);
}

std::vector<AclGrant> canned_grants(std::string_view name, const AclOwners& owners) {
    std::vector<AclGrant> out{{owners.owner, "FULL_CONTROL"}};
    const auto add = [&out](std::string_view grantee, const char* permission) {
        out.push_back({std::string(grantee), permission});
    };
    if (name == "public-read" || name == "public-read-write") add(kAllUsers, "READ");
    if (name == "public-read-write") add(kAllUsers, "WRITE");
    if (name == "authenticated-read") add(kAuthenticatedUsers, "READ");
    if (name == "aws-exec-read") add(kComputeCloud, "READ");
    if (name == "log-delivery-write") {
        add(kLogDelivery, "WRITE");
        add(kLogDelivery, "READ_ACP");
    }
    if (owners.bucket_owner == owners.owner) return out;
    if (name == "bucket-owner-read") add(owners.bucket_owner, "READ");
    if (name == "bucket-owner-full-control") add(owners.bucket_owner, "FULL_CONTROL");
    return out;
}

// id="...", uri="...", emailAddress="..."
void read_grants(const std::optional<std::string>* header, const char* permission,
                 std::vector<AclGrant>& out) {
    if (header == nullptr || !*header) return;
    for (std::string_view rest = **header; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        const std::string_view one = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos) {
            throw invalid_argument("Argument format not recognized", "x-amz-grant-" + std::string(permission),
                                   one);
        }
        const std::string_view kind = trimmed(one.substr(0, equals));
        std::string_view quoted = trimmed(one.substr(equals + 1));
        if (quoted.size() >= 2 && quoted.front() == '"' && quoted.back() == '"') {
            quoted = quoted.substr(1, quoted.size() - 2);
        }
        const std::string value(quoted);
        if (kind == "id") {
            check_id(value);
        } else if (kind == "uri") {
            check_group(value);
        } else if (kind == "emailAddress") {
            throw no_mail();
        } else {
            throw invalid_argument("Argument format not recognized", "x-amz-grant-" + std::string(permission),
                                   one);
        }
        out.push_back({value, permission});
    }
}

AclGrant read_grant(const api::Grant& grant) {
    if (!grant.Grantee || !grant.Permission) throw malformed_acl();
    const api::Grantee& grantee = *grant.Grantee;
    const std::string type = grantee.Type.value_or("");
    AclGrant out;
    out.permission = *grant.Permission;
    if (type == "Group" && grantee.URI) {
        check_group(*grantee.URI);
        out.grantee = *grantee.URI;
    } else if (type == "CanonicalUser" && grantee.ID) {
        check_id(*grantee.ID);
        out.grantee = *grantee.ID;
    } else if (type == "AmazonCustomerByEmail") {
        throw no_mail();
    } else {
        throw malformed_acl();
    }
    return out;
}

}  // namespace

bool Acl::is_public() const {
    return std::any_of(grants.begin(), grants.end(), [](const AclGrant& grant) { return grant.is_public(); });
}

bool Acl::allows(std::string_view permission, const auth::Principal& principal,
                 std::string_view canonical_user, PublicGrants public_grants) const {
    const bool signed_in = principal.kind != auth::PrincipalKind::anonymous;
    return std::any_of(grants.begin(), grants.end(), [&](const AclGrant& grant) {
        if (grant.permission != permission && grant.permission != "FULL_CONTROL") return false;
        if (grant.is_public() && public_grants == PublicGrants::are_ignored) return false;
        if (grant.grantee == kAllUsers) return true;
        if (grant.grantee == kAuthenticatedUsers) return signed_in;
        if (grant.grantee == kLogDelivery) return principal.arn == "logging.s3.amazonaws.com";
        return signed_in && !canonical_user.empty() && grant.grantee == canonical_user;
    });
}

std::string stored_acl(const std::vector<AclGrant>& grants) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const AclGrant& grant : grants) {
        writer.begin_array().string(grant.grantee).string(grant.permission).end_array();
    }
    writer.end_array();
    return text;
}

Acl read_acl(std::string_view stored, const AclOwners& owners) {
    Acl out;
    if (!stored.starts_with('[')) {
        out.grants = canned_grants(stored, owners);
        return out;
    }
    const auto document = json::parse(stored);
    if (!document || !document->root().is_array()) return out;
    for (const json::Value entry : document->root().elements()) {
        AclGrant& grant = out.grants.emplace_back();
        for (const json::Value part : entry.elements()) {
            (grant.grantee.empty() ? grant.grantee : grant.permission) = part.string();
        }
    }
    return out;
}

bool is_canned_acl(std::string_view name, AclOf of) {
    constexpr std::array<std::string_view, 5> kBoth = {"private", "public-read", "public-read-write",
                                                       "authenticated-read", "aws-exec-read"};
    if (std::find(kBoth.begin(), kBoth.end(), name) != kBoth.end()) return true;
    if (of == AclOf::bucket) return name == "log-delivery-write";
    return name == "bucket-owner-read" || name == "bucket-owner-full-control";
}

bool AclHeaders::any_grant() const {
    const std::array all = {full_control, read, read_acp, write, write_acp};
    return std::any_of(all.begin(), all.end(),
                       [](const auto* header) { return header != nullptr && *header; });
}

std::optional<std::string> acl_of_headers(const AclHeaders& headers, AclOf of) {
    const bool canned = headers.canned != nullptr && *headers.canned;
    if (headers.any_grant()) {
        if (canned) throw invalid_request("Specifying both Canned ACLs and Header Grants is not allowed");
        std::vector<AclGrant> grants;
        read_grants(headers.full_control, "FULL_CONTROL", grants);
        read_grants(headers.read, "READ", grants);
        read_grants(headers.write, "WRITE", grants);
        read_grants(headers.read_acp, "READ_ACP", grants);
        read_grants(headers.write_acp, "WRITE_ACP", grants);
        if (grants.size() > kGrantLimit) throw malformed_acl();
        return stored_acl(grants);
    }
    if (!canned) return std::nullopt;
    const std::string& name = **headers.canned;
    if (!is_canned_acl(name, of)) throw invalid_argument("", "x-amz-acl", name);
    if (name == "private") return std::nullopt;
    return name;
}

std::string acl_of_document(const api::AccessControlPolicy& document, std::string_view owner) {
    if (!document.Owner || !document.Owner->ID || !document.Grants) throw malformed_acl();
    if (*document.Owner->ID != owner) throw access_denied();
    if (document.Grants->size() > kGrantLimit) throw malformed_acl();
    std::vector<AclGrant> grants;
    for (const api::Grant& grant : *document.Grants) grants.push_back(read_grant(grant));
    return stored_acl(grants);
}

std::string requested_acl(const AclHeaders& headers, const std::optional<api::AccessControlPolicy>& document,
                          AclOf of, std::string_view owner) {
    if (headers.any()) {
        if (document) throw Error("UnexpectedContent", 400, "This request does not support content");
        return acl_of_headers(headers, of).value_or("private");
    }
    if (document) return acl_of_document(*document, owner);
    throw Error("MissingSecurityHeader", 400, "Your request was missing a required header")
        .with("MissingHeaderName", "x-amz-acl");
}

std::vector<api::Grant> to_grants(const Acl& acl) {
    std::vector<api::Grant> out;
    for (const AclGrant& grant : acl.grants) {
        api::Grant& to = out.emplace_back();
        to.Permission = grant.permission;
        api::Grantee& grantee = to.Grantee.emplace();
        if (grant.is_group()) {
            grantee.Type = "Group";
            grantee.URI = grant.grantee;
        } else {
            grantee.Type = "CanonicalUser";
            grantee.ID = grant.grantee;
        }
    }
    return out;
}

Acl owner_only(std::string_view owner) {
    return {{{std::string(owner), "FULL_CONTROL"}}};
}

}  // namespace fogbank::s3
