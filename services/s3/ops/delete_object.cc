// DeleteObject and DeleteObjects.
#include "services/s3/model/delete_object.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"
#include "src/base/digest.h"

namespace fogbank::s3 {

namespace {

constexpr std::size_t kDeleteLimit = 1000;  // docs: DeleteObjects, "up to 1,000 keys"

}  // namespace

Removal Service::remove(store::Txn& txn, const Context& context, const Bucket& bucket, std::string_view key,
                        const std::optional<std::string>& version) {
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
    return removal;
}

Task<api::DeleteObject::Output> Service::delete_object(const Context& context,
                                                       const api::DeleteObject::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    if (input.IfMatchSize) throw not_implemented("x-amz-if-match-size");
    if (input.IfMatchLastModifiedTime) throw not_implemented("x-amz-if-match-last-modified-time");
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        if (input.IfMatch) {
            const auto standing = find_standing(txn, bucket.id, *input.Key);
            const WriteConditions conditions{input.IfMatch, std::nullopt};
            judge_write(conditions, standing ? std::optional<std::string_view>(standing->etag) : std::nullopt,
                        *input.Key);
        }
        Removal removal = remove(txn, context, bucket, *input.Key, input.VersionId);
        if (!bucket.ever_versioned()) removal.version.clear();
        return removal;
    };
    Removal removal = co_await database_.write(body);
    api::DeleteObject::Output output;
    if (removal.marker_made || removal.marker_erased) output.DeleteMarker = true;
    if (!removal.version.empty()) output.VersionId = std::move(removal.version);
    co_return output;
}

Task<api::DeleteObjects::Output> Service::delete_objects(const Context& context,
                                                         const api::DeleteObjects::Input& input) {
    if (!input.Delete->Objects || input.Delete->Objects->empty() ||
        input.Delete->Objects->size() > kDeleteLimit) {
        throw malformed_xml();
    }
    const std::vector<api::ObjectIdentifier>& objects = *input.Delete->Objects;
    const bool quiet = input.Delete->Quiet.value_or(false);
    auto body = [&](store::Txn& txn) {
        api::DeleteObjects::Output output;
        std::vector<api::DeletedObject> deleted;
        std::vector<api::Error> failed;
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        const auto refuse = [&](const api::ObjectIdentifier& object, const char* code, const char* message) {
            api::Error& error = failed.emplace_back();
            error.Key = object.Key;
            error.VersionId = object.VersionId;
            error.Code = code;
            error.Message = message;
        };
        for (const api::ObjectIdentifier& object : objects) {
            if (object.VersionId && !is_version_id(*object.VersionId)) {
                refuse(object, "NoSuchVersion", "The specified version does not exist.");
                continue;
            }
            const auto standing = find_standing(txn, bucket.id, *object.Key);
            if (object.ETag && *object.ETag != "*" &&
                (!standing ||
                 ("\"" + standing->etag + "\"" != *object.ETag && standing->etag != *object.ETag))) {
                refuse(object, "PreconditionFailed",
                       "At least one of the pre-conditions you specified did not hold");
                continue;
            }
            const Removal removal = remove(txn, context, bucket, *object.Key, object.VersionId);
            if (quiet) continue;
            api::DeletedObject& entry = deleted.emplace_back();
            entry.Key = object.Key;
            entry.VersionId = object.VersionId;
            if (!removal.marker_made && !removal.marker_erased) continue;
            entry.DeleteMarker = true;
            entry.DeleteMarkerVersionId = removal.version;
        }
        if (!deleted.empty()) output.Deleted = std::move(deleted);
        if (!failed.empty()) output.Errors = std::move(failed);
        return output;
    };
    co_return co_await database_.write(body);
}

}  // namespace fogbank::s3
