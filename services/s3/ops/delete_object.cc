// DeleteObject and DeleteObjects.
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/names.h"
#include "services/s3/service.h"

namespace fogbank::s3 {

namespace {

constexpr std::size_t kDeleteLimit = 1000;  // docs: DeleteObjects, "up to 1,000 keys"

void check_version(const std::optional<std::string>& version) {
    if (version && *version != "null") {
        throw invalid_argument("Invalid version id specified", "versionId", *version);
    }
}

EventRecord removed(std::string_view key) {
    EventRecord record;
    record.name = "ObjectRemoved:Delete";
    record.key = key;
    return record;
}

}  // namespace

Task<api::DeleteObject::Output> Service::delete_object(const Context& context,
                                                       const api::DeleteObject::Input& input) {
    check_key(*input.Key);
    check_version(input.VersionId);
    if (input.IfMatchSize) throw not_implemented("x-amz-if-match-size");
    if (input.IfMatchLastModifiedTime) throw not_implemented("x-amz-if-match-last-modified-time");
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        const auto standing = find_standing(txn, bucket.id, *input.Key);
        const WriteConditions conditions{input.IfMatch, std::nullopt};
        judge_write(conditions, standing ? std::optional<std::string_view>(standing->etag) : std::nullopt,
                    *input.Key);
        if (!standing) return;
        erase_object(txn, blobs_, *standing);
        emit(txn, context, bucket, removed(*input.Key));
    };
    co_await database_.write(body);
    co_return api::DeleteObject::Output{};
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
            if (object.VersionId && *object.VersionId != "null") {
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
            if (standing) {
                erase_object(txn, blobs_, *standing);
                emit(txn, context, bucket, removed(*object.Key));
            }
            if (quiet) continue;
            api::DeletedObject& entry = deleted.emplace_back();
            entry.Key = object.Key;
            entry.VersionId = object.VersionId;
        }
        if (!deleted.empty()) output.Deleted = std::move(deleted);
        if (!failed.empty()) output.Errors = std::move(failed);
        return output;
    };
    co_return co_await database_.write(body);
}

}  // namespace fogbank::s3
