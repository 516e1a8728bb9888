// DeleteObject and DeleteObjects.
#include "services/s3/model/delete_object.h"
#include "services/s3/access/actions.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/names.h"
#include "services/s3/replication/queue.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"
#include "src/base/digest.h"

namespace fogbank::s3 {

namespace {

constexpr std::size_t kDeleteLimit = 1000;  // docs: DeleteObjects, "up to 1,000 keys"

void check_bypass(const Bucket& bucket, GovernanceBypass bypass) {
    if (bypass == GovernanceBypass::no || bucket.has_object_lock()) return;
    throw invalid_argument(
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
        "x-amz-bypass-governance-retention", "true");
}

}  // namespace

Removal Service::remove(store::Txn& txn, const Context& context, const Bucket& bucket, std::string_view key,
                        const std::optional<std::string>& version, GovernanceBypass bypass) {
    if (version && bucket.has_object_lock()) {
        const auto standing = find_version(txn, bucket.id, key, *version);
        if (standing) {
            check_erasable(find_headers(txn, standing->id), context.received_at,
                           permitted_bypass(txn, context, bucket, key, bypass));
        }
    }
    const Removal removal = version ? remove_version(txn, blobs_, bucket, key, *version)
                                    : remove_current(txn, blobs_, bucket, key,
                                                     unix_millis(context.received_at), context.request_id);
    if (!removal.changed) return removal;
    EventRecord record;
    record.name = removal.marker_made ? "ObjectRemoved:DeleteMarkerCreated" : "ObjectRemoved:Delete";
    record.key = key;
    const std::string empty_etag = removal.marker_made ? md5_hex("") : std::string();
    record.etag = empty_etag;
    if (bucket.has_versions() || (version && bucket.ever_versioned())) record.version = removal.version;
    emit(txn, context, bucket, record);
    if (removal.marker_made) {
        const auto replicas =
            replication::destinations_of(txn, bucket, key, {}, replication::Change::delete_marker);
        replication::enqueue(txn, outbox_, context, bucket, key, removal.version, replicas);
    }
    return removal;
}

Task<api::DeleteObject::Output> Service::delete_object(const Context& context,
                                                       const api::DeleteObject::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    if (input.IfMatchSize) throw not_implemented("x-amz-if-match-size");
    if (input.IfMatchLastModifiedTime) throw not_implemented("x-amz-if-match-last-modified-time");
    const GovernanceBypass bypass = bypass_of(input.BypassGovernanceRetention);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        check_bypass(bucket, bypass);
        if (input.IfMatch) {
            const auto standing = find_standing(txn, bucket.id, *input.Key);
            const WriteConditions conditions{input.IfMatch, std::nullopt};
            judge_write(conditions, standing ? std::optional<std::string_view>(standing->etag) : std::nullopt,
                        *input.Key);
        }
        Removal removal = remove(txn, context, bucket, *input.Key, input.VersionId, bypass);
        if (!bucket.ever_versioned()) removal.version.clear();
        return removal;
    };
    Removal removal = co_await database_.write(body);
    api::DeleteObject::Output output;
    if (removal.marker_made || removal.marker_erased) output.DeleteMarker = true;
    if (!removal.version.empty()) output.VersionId = std::move(removal.version);
    co_return output;
}

bool Service::may_delete(store::ReadTxn& txn, const Context& context, const api::DeleteObjects::Input& input,
                         const Bucket& bucket, const api::ObjectIdentifier& object) {
    return access_.may(txn, bucket,
                       {context,
                        {context.operation, &input},
                        *object.Key,
                        action_of("DeleteObject", named(object.VersionId)),
                        nullptr});
}

api::DeletedObject Service::remove_listed(store::Txn& txn, const Context& context, const Bucket& bucket,
                                          const api::ObjectIdentifier& object, GovernanceBypass bypass) {
    check_key(*object.Key);
    if (object.VersionId && !is_version_id(*object.VersionId)) {
        throw no_such_version(*object.Key, *object.VersionId);
    }
    // docs: DeleteObjects: both are for directory buckets.
    if (object.LastModifiedTime) throw not_implemented("LastModifiedTime");
    if (object.Size) throw not_implemented("Size");
    if (object.ETag) {
        const auto standing = find_standing(txn, bucket.id, *object.Key);
        const bool matches =
            standing && (*object.ETag == "*" || "\"" + standing->etag + "\"" == *object.ETag ||
                         standing->etag == *object.ETag);
        if (!matches) throw precondition_failed("If-Match");
    }
    const Removal removal = remove(txn, context, bucket, *object.Key, object.VersionId, bypass);
    api::DeletedObject deleted;
    deleted.Key = object.Key;
    deleted.VersionId = object.VersionId;
    if (!removal.marker_made && !removal.marker_erased) return deleted;
    deleted.DeleteMarker = true;
    deleted.DeleteMarkerVersionId = removal.version;
    return deleted;
}

Task<api::DeleteObjects::Output> Service::delete_objects(const Context& context,
                                                         const api::DeleteObjects::Input& input) {
    if (!input.Delete->Objects || input.Delete->Objects->empty() ||
        input.Delete->Objects->size() > kDeleteLimit) {
        throw malformed_xml();
    }
    const std::vector<api::ObjectIdentifier>& objects = *input.Delete->Objects;
    const bool quiet = input.Delete->Quiet.value_or(false);
    const GovernanceBypass bypass = bypass_of(input.BypassGovernanceRetention);
    auto body = [&](store::Txn& txn) {
        api::DeleteObjects::Output output;
        std::vector<api::DeletedObject> deleted;
        std::vector<api::Error> failed;
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        const bool plain = Access::is_plain(context, bucket);
        check_bypass(bucket, bypass);
        for (const api::ObjectIdentifier& object : objects) {
            try {
                if (!plain && !may_delete(txn, context, input, bucket, object)) throw access_denied();
                api::DeletedObject entry = remove_listed(txn, context, bucket, object, bypass);
                if (!quiet) deleted.push_back(std::move(entry));
            } catch (const fogbank::Error& refused) {
                // Each key stands for itself: what refuses one has changed nothing of it.
                api::Error& error = failed.emplace_back();
                error.Key = object.Key;
                error.VersionId = object.VersionId;
                error.Code = refused.code();
                error.Message = refused.message();
            }
        }
        if (!deleted.empty()) output.Deleted = std::move(deleted);
        if (!failed.empty()) output.Errors = std::move(failed);
        return output;
    };
    co_return co_await database_.write(body);
}

}  // namespace fogbank::s3
