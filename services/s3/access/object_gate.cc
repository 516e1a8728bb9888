#include "services/s3/access/object_gate.h"

#include "services/s3/names.h"
#include "services/s3/store/configuration_store.h"

namespace fogbank::s3 {

ObjectFacts facts_of(const ObjectRow& row) {
    ObjectFacts facts;
    if (row.headers.empty()) return facts;
    ObjectHeaders headers = ObjectHeaders::from_json(row.headers);
    facts.owner = std::move(headers.owner).value_or("");
    facts.acl = std::move(headers.acl).value_or("");
    facts.tags = std::move(headers.tagging).value_or("");
    return facts;
}

void ObjectGate::admit(store::ReadTxn& txn, const Bucket& bucket, const ObjectRow& row) const {
    const ObjectFacts facts = facts_of(row);
    access_.check(txn, bucket,
                  {context_, read_.input, read_.key, action_of(read_.operation, read_.version), &facts});
}

Error ObjectGate::absent(store::ReadTxn& txn, const Bucket& bucket, Error absent) const {
    return access_.absent_key(txn, bucket, context_, read_.key, std::move(absent));
}

std::optional<ObjectHeaders> settled_headers(store::Txn& txn, SettingsCache& settings,
                                             const gateway::RequestContext& context, const Bucket& bucket,
                                             std::string_view key, const ObjectHeaders& headers) {
    if (headers.acl) Access::check_public_acl(context, bucket, *headers.acl, "s3:PutObject", key);
    const bool foreign =
        context.principal.account != bucket.account && !bucket.acls_disabled() &&
        !(bucket.ownership == "BucketOwnerPreferred" && headers.acl == "bucket-owner-full-control");
    const bool encrypts = bucket.has(Configuration::encryption) && !headers.encryption;
    if (!foreign && !encrypts) return std::nullopt;
    ObjectHeaders out = headers;
    if (foreign) {
        const bool anonymous = context.principal.kind == auth::PrincipalKind::anonymous;
        out.owner = anonymous ? std::string(kAnonymousAccount) : context.principal.account;
        if ((bucket.configured & kForeignObjects) == 0) {
            set_configured(txn, bucket.id, bucket.configured | kForeignObjects, bucket.settings);
        }
    }
    if (encrypts) {
        const auto kept = settings.of(txn, bucket);
        if (headers.customer_key) {
            if (kept->blocks_customer_keys) throw access_denied();
        } else if (kept->encryption) {
            out.encryption = kept->encryption;
            out.kms_key = kms_key_arn(kept->kms_key, context.partition, bucket.region, bucket.account);
            if (kept->bucket_key) out.bucket_key = "true";
        }
    }
    return out;
}

}  // namespace fogbank::s3
