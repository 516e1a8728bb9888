// Object Lock: the bucket's configuration, and the retention and legal hold of a version.
#include "services/s3/object_lock.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/model/get_object_legal_hold.h"
#include "services/s3/model/get_object_lock_configuration.h"
#include "services/s3/model/get_object_retention.h"
#include "services/s3/model/put_object_legal_hold.h"
#include "services/s3/model/put_object_lock_configuration.h"
#include "services/s3/model/put_object_retention.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"

namespace fogbank::s3 {

namespace {

Error no_lock_on_object() {
    return Error("NoSuchObjectLockConfiguration", 404,
                 "The specified object does not have a ObjectLock configuration");
}

// The version that a request on its lock names.
template <class Op>
ObjectRow lockable(store::ReadTxn& txn, Access& access, const gateway::RequestContext& context,
                   const typename Op::Input& input, std::string_view method) {
    const ObjectGate gate = ObjectGate::of<Op>(access, context, input);
    const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner, gate};
    ObjectRow row = require_object(txn, name, WithBody::no, method);
    require_bucket(txn, *input.Bucket).require_object_lock();
    return row;
}

template <class Input>
void check_lock_input(const Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
}

}  // namespace

GovernanceBypass Service::permitted_bypass(store::ReadTxn& txn, const Context& context, const Bucket& bucket,
                                           std::string_view key, GovernanceBypass asked) {
    if (asked == GovernanceBypass::no || Access::is_plain(context, bucket)) return asked;
    const AccessQuestion question{context, {}, key, "s3:BypassGovernanceRetention", nullptr};
    return access_.may(txn, bucket, question) ? asked : GovernanceBypass::no;
}

Task<api::PutObjectLockConfiguration::Output> Service::put_object_lock_configuration(
    const Context& context, const api::PutObjectLockConfiguration::Input& input) {
    if (!input.ObjectLockConfiguration) throw malformed_xml();
    const std::string lock = checked_lock_configuration(*input.ObjectLockConfiguration);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (!bucket.has_versions()) {
            throw Error("InvalidBucketState", 409,
                        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
                .with("BucketName", bucket.name);
        }
        set_object_lock(txn, bucket.id, lock);
    };
    co_await database_.write(body);
    co_return api::PutObjectLockConfiguration::Output{};
}

api::GetObjectLockConfiguration::Output Service::get_object_lock_configuration(
    const Context& context, const api::GetObjectLockConfiguration::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    if (!bucket.has_object_lock()) {
        throw Error("ObjectLockConfigurationNotFoundError", 404,
                    "Object Lock configuration does not exist for this bucket")
            .with("BucketName", bucket.name);
    }
    api::GetObjectLockConfiguration::Output output;
    output.ObjectLockConfiguration = lock_configuration_from(bucket.object_lock);
    return output;
}

Task<api::PutObjectRetention::Output> Service::put_object_retention(
    const Context& context, const api::PutObjectRetention::Input& input) {
    check_lock_input(input);
    if (!input.Retention) throw malformed_xml();
    auto body = [&](store::Txn& txn) {
        const ObjectRow row = lockable<api::PutObjectRetention>(txn, access_, context, input, "PUT");
        ObjectHeaders headers = ObjectHeaders::of(row.headers);
        const Bucket bucket = require_bucket(txn, *input.Bucket);
        const GovernanceBypass bypass =
            permitted_bypass(txn, context, bucket, *input.Key, bypass_of(input.BypassGovernanceRetention));
        change_retention(*input.Retention, context.received_at, bypass, headers);
        set_headers(txn, row.id, headers);
        // docs: S3 User Guide, "Managing Object Lock": told of "explicit PutObjectRetention calls" only.
        EventRecord record;
        record.name = "ObjectRetention:Put";
        record.key = *input.Key;
        record.size = row.size;
        record.etag = row.etag;
        record.version = row.shown_version;
        if (headers.lock_mode) record.data = retention_data(*headers.lock_mode, retain_until_of(headers));
        emit(txn, context, bucket, record);
    };
    co_await database_.write(body);
    co_return api::PutObjectRetention::Output{};
}

api::GetObjectRetention::Output Service::get_object_retention(const Context& context,
                                                              const api::GetObjectRetention::Input& input) {
    check_lock_input(input);
    const ObjectRow row = database_.read([&](store::ReadTxn& txn) {
        return lockable<api::GetObjectRetention>(txn, access_, context, input, "GET");
    });
    const ObjectHeaders headers = ObjectHeaders::of(row.headers);
    if (!headers.lock_mode) throw no_lock_on_object();
    api::GetObjectRetention::Output output;
    auto& retention = output.Retention.emplace();
    retention.Mode = headers.lock_mode;
    retention.RetainUntilDate = retain_until_of(headers);
    return output;
}

Task<api::PutObjectLegalHold::Output> Service::put_object_legal_hold(
    const Context& context, const api::PutObjectLegalHold::Input& input) {
    check_lock_input(input);
    if (!input.LegalHold) throw malformed_xml();
    const std::string status = input.LegalHold->Status.value_or("");
    if (status != "ON" && status != "OFF") throw malformed_xml();
    auto body = [&](store::Txn& txn) {
        const ObjectRow row = lockable<api::PutObjectLegalHold>(txn, access_, context, input, "PUT");
        ObjectHeaders headers = ObjectHeaders::of(row.headers);
        headers.legal_hold = status;
        set_headers(txn, row.id, headers);
    };
    co_await database_.write(body);
    co_return api::PutObjectLegalHold::Output{};
}

api::GetObjectLegalHold::Output Service::get_object_legal_hold(const Context& context,
                                                               const api::GetObjectLegalHold::Input& input) {
    check_lock_input(input);
    const ObjectRow row = database_.read([&](store::ReadTxn& txn) {
        return lockable<api::GetObjectLegalHold>(txn, access_, context, input, "GET");
    });
    const ObjectHeaders headers = ObjectHeaders::of(row.headers);
    if (!headers.legal_hold) throw no_lock_on_object();
    api::GetObjectLegalHold::Output output;
    output.LegalHold.emplace().Status = headers.legal_hold;
    return output;
}

}  // namespace fogbank::s3
