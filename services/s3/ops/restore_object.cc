#include "services/s3/model/restore_object.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/store/restored_store.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"

namespace fogbank::s3 {

Task<Service::Answer<api::RestoreObject>> Service::restore_object(const Context& context,
                                                                  const api::RestoreObject::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    if (!input.RestoreRequest) throw malformed_xml();
    const std::int32_t days = checked_restore_days(*input.RestoreRequest);
    auto body = [&](store::Txn& txn) {
        const ObjectGate gate = ObjectGate::of<api::RestoreObject>(access_, context, input);
        const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner, gate};
        const ObjectRow row = require_object(txn, name, WithBody::no, "POST");
        if (!is_archived(row.storage_class)) {
            throw Error("InvalidObjectState", 403,
                        "Restore is not allowed for the object's current storage class")
                .with("StorageClass", row.storage_class);
        }
        ObjectHeaders headers = ObjectHeaders::of(row.headers);
        const bool stands = is_restored(headers, context.received_at);
        const Timestamp until = restored_until(context.received_at, days);
        headers.restored_until = std::to_string(unix_millis(until));
        set_headers(txn, row.id, headers);
        const Bucket bucket = require_bucket(txn, *input.Bucket);
        const std::string version = row.version.empty() ? std::string(kNullVersion) : row.version;
        put_restored_copy(txn, {row.id, bucket.id, *input.Key, version, unix_millis(until)});
        if (stands) return true;
        // The copy stands at once, so that beginning and end of the restoration are told together.
        for (const char* event : {"ObjectRestore:Post", "ObjectRestore:Completed"}) {
            EventRecord record;
            record.name = event;
            record.key = *input.Key;
            record.size = row.size;
            record.etag = row.etag;
            if (bucket.has_versions()) record.version = row.shown_version;
            if (record.name == "ObjectRestore:Completed") {
                record.data = restore_data(until, row.storage_class);
            }
            emit(txn, context, bucket, record);
        }
        return false;
    };
    const bool stood = co_await database_.write(body);
    Answer<api::RestoreObject> answer;
    answer.status = stood ? 200 : 202;
    co_return answer;
}

}  // namespace fogbank::s3
