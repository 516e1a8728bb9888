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

bool has_foreign_objects(const Bucket& bucket) {
    return (bucket.configured & kForeignObjects) != 0 && !bucket.acls_disabled();
}

std::string listed_owner(const Bucket& bucket, const std::string& headers) {
    if (headers.empty() || !has_foreign_objects(bucket)) return owner_id(bucket.account);
    return owner_id(ObjectHeaders::from_json(headers).owner.value_or(bucket.account));
}

AccessQuestion ObjectGate::asks(std::string_view operation, const ObjectFacts& facts) const {
    return {context_, read_.input, read_.key, action_of(operation, read_.version), &facts};
}

void ObjectGate::admit(store::ReadTxn& txn, const Bucket& bucket, ObjectRow& row) const {
    const ObjectFacts facts = facts_of(row);
    access_.check(txn, bucket, asks(read_.operation, facts));
    // docs: GetObjectAttributes: "both the s3:GetObject and s3:GetObjectAttributes permissions".
    if (read_.operation == "GetObjectAttributes") access_.check(txn, bucket, asks("GetObject", facts));
    if (read_.beside == Beside::tags && !facts.tags.empty()) {
        access_.check(txn, bucket, asks("GetObjectTagging", facts));
    }
    if (read_.operation == "GetObject" || read_.operation == "HeadObject") hide(txn, bucket, facts, row);
}

void ObjectGate::hide(store::ReadTxn& txn, const Bucket& bucket, const ObjectFacts& facts,
                      ObjectRow& row) const {
    if (read_.input.value == nullptr || row.headers.empty()) return;  // a copy shows nobody anything
    ObjectHeaders headers = ObjectHeaders::from_json(row.headers);
    const auto unseen = [&](bool there, const char* operation) {
        return there && !access_.may(txn, bucket, asks(operation, facts));
    };
    // docs: GetObject, x-amz-tagging-count: "when you have the relevant permission to read object tags";
    // HeadObject, x-amz-object-lock-mode and -legal-hold: only with the permissions to get these.
    const bool tags = unseen(headers.tagging.has_value(), "GetObjectTagging");
    const bool retention = unseen(headers.lock_mode.has_value(), "GetObjectRetention");
    const bool hold = unseen(headers.legal_hold.has_value(), "GetObjectLegalHold");
    if (!tags && !retention && !hold) return;
    if (tags) headers.tagging.reset();
    if (retention) {
        headers.lock_mode.reset();
        headers.retain_until.reset();
    }
    if (hold) headers.legal_hold.reset();
    row.headers = headers.empty() ? std::string() : headers.to_json();
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
