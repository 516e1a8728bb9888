// Simple Storage Service: buckets and objects, and the events they cause.
#pragma once

#include "services/s3/access/access.h"
#include "services/s3/bucket_configurations.h"
#include "services/s3/configuration/settings.h"
#include "services/s3/event_record.h"
#include "services/s3/lifecycle/kept_rules.h"
#include "services/s3/model/operations.h"
#include "services/s3/notification_destinations.h"
#include "services/s3/object_lock.h"
#include "services/s3/store/bucket_store.h"
#include "services/s3/store/object_store.h"
#include "src/base/entropy.h"
#include "src/events/event.h"
#include "src/gateway/managed_service.h"
#include "src/store/blob_store.h"

#include <utility>

namespace fogbank::s3 {

namespace api {
struct DeletedObject;
struct ObjectIdentifier;
}  // namespace api

std::span<const store::Migration> migrations();

class Service : public gateway::ManagedService {
public:
    Service(store::Database& database, store::BlobStore& blobs, Entropy& entropy, events::Outbox& outbox,
            NotificationDestinations& destinations);

    std::string_view name() const override { return "s3"; }
    std::span<const store::Migration> migrations() const override { return s3::migrations(); }
    void bind(gateway::OperationTable& table) override;
    void start() override {}
    Task<void> stop() override { co_return; }
    void reset(store::Txn& txn, std::string_view account) override;
    void after_reset(std::string_view) override {}

    // A browser's upload by POST, whose form is read and judged already: post/. The payload's length is
    // unknown.
    Task<api::PutObject::Output> post_object(const gateway::RequestContext& context,
                                             const api::PutObject::Input& input);
    // Throws NoSuchBucket.
    void check_post_bucket(const std::string& bucket);

    // From here on a new bucket has no public access block, as before April 2023.
    void make_open_buckets() { new_bucket_configured_ = 0; }

    // Binds a bucket to a folder, and releases it: mount/.
    void bind_folder(store::Txn& txn, const Bucket& bucket, std::string_view folder);
    void release_folder(store::Txn& txn, const Bucket& bucket);

    // What S3 does by itself: jobs.h. An object that a service of AWS writes, and the event of any change.
    void store_object(store::Txn& txn, const gateway::RequestContext& context, const Bucket& bucket,
                      std::string_view key, const ObjectRow& row);
    void emit_event(store::Txn& txn, const gateway::RequestContext& context, const Bucket& bucket,
                    const EventRecord& record);

private:
    using Context = gateway::RequestContext;
    template <class Op>
    using Answer = gateway::Answer<typename Op::Output>;

    // `handler`, whose answer says that the requester pays where he does. docs: "Using Requester Pays
    // buckets".
    template <class Op, auto handler>
    auto charged(const Context& context, const typename Op::Input& input);
    template <class Op, auto handler>
    auto charge(const Context& context, const typename Op::Input& input)
        -> decltype((std::declval<Service&>().*handler)(context, input));
    bool pays(const Context& context, const std::string& bucket);

    Task<api::CreateBucket::Output> create_bucket(const Context& context,
                                                  const api::CreateBucket::Input& input);
    api::HeadBucket::Output head_bucket(const Context& context, const api::HeadBucket::Input& input);
    api::ListBuckets::Output list_buckets(const Context& context, const api::ListBuckets::Input& input);
    Task<api::DeleteBucket::Output> delete_bucket(const Context& context,
                                                  const api::DeleteBucket::Input& input);
    api::GetBucketLocation::Output get_bucket_location(const Context& context,
                                                       const api::GetBucketLocation::Input& input);

    Task<api::PutObject::Output> put_object(const Context& context, const api::PutObject::Input& input);
    enum class UploadKind : std::uint8_t { put, post };
    Task<api::PutObject::Output> upload_object(const Context& context, const api::PutObject::Input& input,
                                               UploadKind kind);
    Answer<api::GetObject> get_object(const Context& context, const api::GetObject::Input& input);
    Answer<api::GetObjectTorrent> get_object_torrent(const Context& context,
                                                     const api::GetObjectTorrent::Input& input);
    Answer<api::HeadObject> head_object(const Context& context, const api::HeadObject::Input& input);
    Task<api::DeleteObject::Output> delete_object(const Context& context,
                                                  const api::DeleteObject::Input& input);
    Task<api::DeleteObjects::Output> delete_objects(const Context& context,
                                                    const api::DeleteObjects::Input& input);
    Task<api::CopyObject::Output> copy_object(const Context& context, const api::CopyObject::Input& input);
    Answer<api::SelectObjectContent> select_object_content(const Context& context,
                                                           const api::SelectObjectContent::Input& input);
    Task<api::ListObjectsV2::Output> list_objects_v2(const Context& context,
                                                     const api::ListObjectsV2::Input& input);
    Task<api::ListObjects::Output> list_objects(const Context& context, const api::ListObjects::Input& input);

    Task<api::PutBucketVersioning::Output> put_bucket_versioning(
        const Context& context, const api::PutBucketVersioning::Input& input);
    api::GetBucketVersioning::Output get_bucket_versioning(const Context& context,
                                                           const api::GetBucketVersioning::Input& input);
    Task<api::ListObjectVersions::Output> list_object_versions(const Context& context,
                                                               const api::ListObjectVersions::Input& input);
    // Deletes the object or, where `version` is one, that version, and emits what AWS tells of it.
    Removal remove(store::Txn& txn, const Context& context, const Bucket& bucket, std::string_view key,
                   const std::optional<std::string>& version, GovernanceBypass bypass);
    bool may_delete(store::ReadTxn& txn, const Context& context, const api::DeleteObjects::Input& input,
                    const Bucket& bucket, const api::ObjectIdentifier& object);
    // One entry of DeleteObjects; throws what its error in the answer says.
    api::DeletedObject remove_listed(store::Txn& txn, const Context& context, const Bucket& bucket,
                                     const api::ObjectIdentifier& object, GovernanceBypass bypass);

    api::GetObjectAttributes::Output get_object_attributes(const Context& context,
                                                           const api::GetObjectAttributes::Input& input);

    Task<Answer<api::RestoreObject>> restore_object(const Context& context,
                                                    const api::RestoreObject::Input& input);

    Task<api::PutObjectTagging::Output> put_object_tagging(const Context& context,
                                                           const api::PutObjectTagging::Input& input);
    api::GetObjectTagging::Output get_object_tagging(const Context& context,
                                                     const api::GetObjectTagging::Input& input);
    Task<api::DeleteObjectTagging::Output> delete_object_tagging(
        const Context& context, const api::DeleteObjectTagging::Input& input);
    // Returns the version as the answer names it.
    std::string change_tagging(store::Txn& txn, const Context& context, const std::string& bucket_name,
                               std::string_view key, const ObjectRow& row,
                               std::optional<std::string> tagging);

    // aws: who may not bypass governance asks for it in vain.
    GovernanceBypass permitted_bypass(store::ReadTxn& txn, const Context& context, const Bucket& bucket,
                                      std::string_view key, GovernanceBypass asked);
    Task<api::PutObjectLockConfiguration::Output> put_object_lock_configuration(
        const Context& context, const api::PutObjectLockConfiguration::Input& input);
    api::GetObjectLockConfiguration::Output get_object_lock_configuration(
        const Context& context, const api::GetObjectLockConfiguration::Input& input);
    Task<api::PutObjectRetention::Output> put_object_retention(const Context& context,
                                                               const api::PutObjectRetention::Input& input);
    api::GetObjectRetention::Output get_object_retention(const Context& context,
                                                         const api::GetObjectRetention::Input& input);
    Task<api::PutObjectLegalHold::Output> put_object_legal_hold(const Context& context,
                                                                const api::PutObjectLegalHold::Input& input);
    api::GetObjectLegalHold::Output get_object_legal_hold(const Context& context,
                                                          const api::GetObjectLegalHold::Input& input);

    Task<api::PutObjectAcl::Output> put_object_acl(const Context& context,
                                                   const api::PutObjectAcl::Input& input);
    api::GetObjectAcl::Output get_object_acl(const Context& context, const api::GetObjectAcl::Input& input);

    Task<api::PutBucketNotificationConfiguration::Output> put_bucket_notification_configuration(
        const Context& context, const api::PutBucketNotificationConfiguration::Input& input);
    api::GetBucketNotificationConfiguration::Output get_bucket_notification_configuration(
        const Context& context, const api::GetBucketNotificationConfiguration::Input& input);

    Task<api::CreateMultipartUpload::Output> create_multipart_upload(
        const Context& context, const api::CreateMultipartUpload::Input& input);
    Task<api::UploadPart::Output> upload_part(const Context& context, const api::UploadPart::Input& input);
    Task<api::UploadPartCopy::Output> upload_part_copy(const Context& context,
                                                       const api::UploadPartCopy::Input& input);
    Task<api::CompleteMultipartUpload::Output> complete_multipart_upload(
        const Context& context, const api::CompleteMultipartUpload::Input& input);
    Task<api::AbortMultipartUpload::Output> abort_multipart_upload(
        const Context& context, const api::AbortMultipartUpload::Input& input);
    api::ListParts::Output list_parts(const Context& context, const api::ListParts::Input& input);
    api::ListMultipartUploads::Output list_multipart_uploads(const Context& context,
                                                             const api::ListMultipartUploads::Input& input);

    // Writes an object's new version and emits `event` for it, in the caller's transaction. Returns the
    // version id; empty where it is the null version.
    std::string commit_object(store::Txn& txn, const Context& context, const Bucket& bucket,
                              std::string_view key, const ObjectRow& row,
                              const std::optional<StandingObject>& standing, std::string_view event);
    // What a write left: the version's id, empty where it is the null version, and the headers where they are
    // not the request's.
    struct Written {
        std::string version;
        std::optional<ObjectHeaders> headers;
    };
    // The same with what the bucket adds to `headers`, which are the row's.
    Written commit_settled(store::Txn& txn, const Context& context, const Bucket& bucket,
                           std::string_view key, const ObjectRow& row, const ObjectHeaders& headers,
                           const std::optional<StandingObject>& standing, std::string_view event);
    // x-amz-expiration of a current version.
    std::optional<std::string> expiration_of(const std::string& bucket, const std::string& key,
                                             const ObjectRow& row);
    // Appends one event per matching rule to the outbox. `record` names event, key, size and etag.
    void emit(store::Txn& txn, const Context& context, const Bucket& bucket, EventRecord record);

    store::Database& database_;
    store::BlobStore& blobs_;
    Entropy& entropy_;
    events::Outbox& outbox_;
    NotificationDestinations& destinations_;
    std::int64_t new_bucket_configured_ = kNewBucketConfigured;
    lifecycle::KeptRules lifecycle_;  // for x-amz-expiration
    SettingsCache settings_;
    Access access_;
    BucketConfigurations configurations_;
};

}  // namespace fogbank::s3
