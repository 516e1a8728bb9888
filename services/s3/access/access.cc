#include "services/s3/access/access.h"

#include "services/s3/access/actions.h"
#include "services/s3/access/policy_rules.h"
#include "services/s3/access/request_values.h"
#include "services/s3/names.h"
#include "src/auth/policy_decision.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fogbank::s3 {

namespace {

using auth::Decision;
using Pair = std::pair<std::string_view, std::string_view>;

// Which grant of an ACL gives which permission. docs: "Mapping of ACL permissions and access policy
// permissions".
constexpr std::array<Pair, 8> kBucketGrants = {{
    {"s3:ListBucket", "READ"},
    {"s3:ListBucketVersions", "READ"},
    {"s3:ListBucketMultipartUploads", "READ"},
    {"s3:PutObject", "WRITE"},
    {"s3:DeleteObject", "WRITE"},
    {"s3:GetBucketAcl", "READ_ACP"},
    {"s3:PutBucketAcl", "WRITE_ACP"},
    {"s3:AbortMultipartUpload", "WRITE"},
}};
constexpr std::array<Pair, 9> kObjectGrants = {{
    {"s3:GetObject", "READ"},
    {"s3:GetObjectVersion", "READ"},
    {"s3:GetObjectTorrent", "READ"},
    {"s3:GetObjectAttributes", "READ"},
    {"s3:GetObjectVersionAttributes", "READ"},
    {"s3:GetObjectAcl", "READ_ACP"},
    {"s3:GetObjectVersionAcl", "READ_ACP"},
    {"s3:PutObjectAcl", "WRITE_ACP"},
    {"s3:PutObjectVersionAcl", "WRITE_ACP"},
}};

template <class Grants>
std::string_view permission_of(const Grants& grants, std::string_view action) {
    const auto found = std::find_if(grants.begin(), grants.end(),
                                    [action](const Pair& pair) { return pair.first == action; });
    return found == grants.end() ? std::string_view{} : found->second;
}

bool is_owner(const auth::Principal& principal, std::string_view account) {
    return principal.kind != auth::PrincipalKind::anonymous && principal.account == account;
}

// aws: the root of an account cannot lock itself out of its bucket's policy.
bool is_about_policy(std::string_view action) {
    return action == "s3:PutBucketPolicy" || action == "s3:GetBucketPolicy" ||
           action == "s3:DeleteBucketPolicy";
}

Decision by_acl(const Bucket& bucket, const AccessQuestion& question) {
    if (bucket.acls_disabled()) return Decision::none;
    const auth::Principal& principal = question.context.principal;
    const std::string user =
        principal.kind == auth::PrincipalKind::anonymous ? std::string() : owner_id(principal.account);
    const bool ignored = (bucket.configured & kIgnorePublicAcls) != 0;
    const PublicGrants publics = ignored ? PublicGrants::are_ignored : PublicGrants::count;
    const std::string bucket_owner = owner_id(bucket.account);
    const std::string_view action = question.granted_with.empty() ? question.action : question.granted_with;
    if (const std::string_view wanted = permission_of(kBucketGrants, action); !wanted.empty()) {
        const Acl acl = read_acl(bucket.acl, {bucket_owner, bucket_owner});
        return acl.allows(wanted, principal, user, publics) ? Decision::allow : Decision::none;
    }
    const std::string_view wanted = permission_of(kObjectGrants, action);
    if (wanted.empty() || question.object == nullptr) return Decision::none;
    const std::string& owner = question.object->owner;
    const Acl acl =
        read_acl(question.object->acl, {owner.empty() ? bucket_owner : owner_id(owner), bucket_owner});
    return acl.allows(wanted, principal, user, publics) ? Decision::allow : Decision::none;
}

Decision by_policy(const Bucket& bucket, const AccessQuestion& question, const Settings& settings) {
    if (!settings.policy) return Decision::none;
    const auth::Principal& principal = question.context.principal;
    const std::string user = owner_id(principal.account);
    const RequestFacts facts{question.context, question.input, bucket.account,
                             question.object != nullptr ? std::string_view(question.object->tags) : "",
                             question.prefix};
    const auth::RequestValues values = request_values(facts);
    std::string resource = bucket_arn(question.context.partition, bucket.name);
    if (!question.key.empty()) resource.append("/").append(question.key);
    const Decision decision =
        auth::evaluate(*settings.policy, {principal, user, question.action, resource, values});
    // docs: RestrictPublicBuckets: a public policy serves services and the owner's account only.
    const bool restricted = (bucket.configured & kRestrictPublicBuckets) != 0 && settings.policy_is_public &&
                            principal.kind != auth::PrincipalKind::service &&
                            !is_owner(principal, bucket.account);
    return restricted && decision == Decision::allow ? Decision::none : decision;
}

std::string unauthorized(const gateway::RequestContext& context, std::string_view action,
                         const Bucket& bucket, std::string_view key) {
    std::string resource = bucket_arn(context.partition, bucket.name);
    if (!key.empty()) resource.append("/").append(key);
    return "User: " + context.principal.arn + " is not authorized to perform: " + std::string(action) +
           " on resource: \"" + resource + "\"";
}

}  // namespace

Access::Verdict Access::judge(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question) {
    const auth::Principal& principal = question.context.principal;
    const bool owner = is_owner(principal, bucket.account);
    if (owner && is_about_policy(question.action) && principal.kind == auth::PrincipalKind::account)
        return Verdict::allowed;
    std::shared_ptr<const Settings> settings;
    if (bucket.settings != 0) settings = settings_.of(txn, bucket);
    if (settings && settings->requester_pays && !owner) {
        // docs: "Using Requester Pays buckets": who does not say that he pays is refused, and so is
        // anonymous.
        const RequestFacts facts{question.context, question.input, bucket.account, {}, {}};
        const auto payer = request_values(facts)("s3:x-amz-request-payer");
        if (principal.kind == auth::PrincipalKind::anonymous || !payer || payer->front() != "requester")
            return Verdict::refused;
    }
    const Decision policy = settings ? by_policy(bucket, question, *settings) : Decision::none;
    if (policy == Decision::deny) return Verdict::denied_by_policy;
    // An object that another account wrote belongs to that account, unless the bucket's owner owns all.
    const bool foreign = question.object != nullptr && !question.object->owner.empty() &&
                         !bucket.acls_disabled() && !permission_of(kObjectGrants, question.action).empty();
    if (owner && !foreign) return Verdict::allowed;
    if (!question.also.empty() && is_owner(principal, question.also)) return Verdict::allowed;
    if (policy == Decision::allow && !foreign) return Verdict::allowed;
    if (foreign && is_owner(principal, question.object->owner)) return Verdict::allowed;
    return by_acl(bucket, question) == Decision::allow ? Verdict::allowed : Verdict::refused;
}

bool Access::may(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question) {
    return judge(txn, bucket, question) == Verdict::allowed;
}

void Access::check(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question) {
    const Verdict verdict = judge(txn, bucket, question);
    if (verdict == Verdict::allowed) return;
    // Inside an account AWS says why; to others it does not.
    if (verdict == Verdict::refused || !is_owner(question.context.principal, bucket.account))
        throw access_denied();
    throw Error("AccessDenied", 403,
                unauthorized(question.context, question.action, bucket, question.key) +
                    " with an explicit deny in a resource-based policy");
}

void Access::check_brought(store::ReadTxn& txn, const Bucket& bucket, AccessQuestion question,
                           const Brought& brought) {
    const std::string write = question.action;
    question.granted_with = write;
    const auto ask = [&](bool asked, const char* action) {
        if (!asked) return;
        question.action = action;
        check(txn, bucket, question);
    };
    // docs: "Controlling ownership of objects" and "Bucket policy examples using condition keys" let another
    // account bring an ACL by a policy of s3:PutObject alone: the object is that account's to say, and only a
    // Deny refuses it.
    const auth::Principal& caller = question.context.principal;
    if (caller.kind != auth::PrincipalKind::anonymous) question.also = caller.account;
    ask(brought.acl, "s3:PutObjectAcl");
    question.also = {};
    ask(brought.tags, "s3:PutObjectTagging");
    ask(brought.retention, "s3:PutObjectRetention");
    ask(brought.hold, "s3:PutObjectLegalHold");
}

Error Access::absent_key(store::ReadTxn& txn, const Bucket& bucket, const gateway::RequestContext& context,
                         std::string_view key, Error absent) {
    if (is_plain(context, bucket)) return absent;
    // s3-tests: test_head_object_404_with_policy_prefix.
    const AccessQuestion question{context, {}, {}, "s3:ListBucket", nullptr, key};
    if (may(txn, bucket, question)) return absent;
    return access_denied();
}

void Access::check_public_acl(const gateway::RequestContext& context, const Bucket& bucket,
                              std::string_view acl, std::string_view action, std::string_view key) {
    if ((bucket.configured & kBlockPublicAcls) == 0 || !read_acl(acl, {}).is_public()) return;
    throw Error(
        "AccessDenied", 403,
        unauthorized(context, action, bucket, key) +
            " because public access control lists (ACLs) are blocked by the BlockPublicAcls block public "
            "access setting.");
}

}  // namespace fogbank::s3
