#include "services/s3/service.h"

#include "services/s3/access/object_gate.h"
#include "services/s3/document_checksum.h"
#include "services/s3/errors.h"
#include "services/s3/model/abort_multipart_upload.h"
#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/copy_object.h"
#include "services/s3/model/create_bucket.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_object_tagging.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_bucket_location.h"
#include "services/s3/model/get_bucket_notification_configuration.h"
#include "services/s3/model/get_bucket_versioning.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/get_object_acl.h"
#include "services/s3/model/get_object_attributes.h"
#include "services/s3/model/get_object_legal_hold.h"
#include "services/s3/model/get_object_lock_configuration.h"
#include "services/s3/model/get_object_retention.h"
#include "services/s3/model/get_object_tagging.h"
#include "services/s3/model/get_object_torrent.h"
#include "services/s3/model/head_bucket.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/list_object_versions.h"
#include "services/s3/model/list_objects.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/list_parts.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/put_object.h"
#include "services/s3/model/put_object_acl.h"
#include "services/s3/model/put_object_legal_hold.h"
#include "services/s3/model/put_object_lock_configuration.h"
#include "services/s3/model/put_object_retention.h"
#include "services/s3/model/put_object_tagging.h"
#include "services/s3/model/restore_object.h"
#include "services/s3/model/select_object_content.h"
#include "services/s3/model/service.h"
#include "services/s3/model/upload_part.h"
#include "services/s3/model/upload_part_copy.h"
#include "services/s3/mount/paths.h"
#include "services/s3/names.h"
#include "services/s3/notification.h"
#include "services/s3/replication/queue.h"
#include "services/s3/store/configuration_store.h"
#include "services/s3/store/mount_store.h"

namespace fogbank::s3 {

namespace {

template <class T>
T& output_of(T& output) {
    return output;
}
template <class T>
T& output_of(gateway::Answer<T>& answer) {
    return answer.output;
}

}  // namespace

Service::Service(store::Database& database, store::BlobStore& blobs, Entropy& entropy, events::Outbox& outbox,
                 NotificationDestinations& destinations)
    : database_(database),
      blobs_(blobs),
      entropy_(entropy),
      outbox_(outbox),
      destinations_(destinations),
      lifecycle_(database),
      settings_(database.boot()),
      access_(settings_),
      configurations_(database, entropy, settings_, access_) {
    blobs_.add_reference_query("select blob from s3_versions where blob is not null");
    blobs_.add_reference_query("select blob from s3_parts where blob is not null");
}

bool Service::pays(const Context& context, const std::string& bucket) {
    return database_.read([&](store::ReadTxn& txn) {
        const auto row = find_bucket(txn, bucket);
        if (!row || row->settings == 0 || row->account == context.principal.account) return false;
        return settings_.of(txn, *row)->requester_pays;
    });
}

template <class Op, auto handler>
auto Service::charge(const Context& context, const typename Op::Input& input)
    -> decltype((std::declval<Service&>().*handler)(context, input)) {
    auto answer = co_await (this->*handler)(context, input);
    if (pays(context, *input.Bucket)) output_of(answer).RequestCharged = "requester";
    co_return answer;
}

template <class Op, auto handler>
auto Service::charged(const Context& context, const typename Op::Input& input) {
    const bool asks = input.RequestPayer && *input.RequestPayer == "requester";
    using Result = decltype((this->*handler)(context, input));
    if constexpr (gateway::detail::IsTask<Result>::value) {
        return asks ? charge<Op, handler>(context, input) : (this->*handler)(context, input);
    } else {
        Result answer = (this->*handler)(context, input);
        if (asks && pays(context, *input.Bucket)) output_of(answer).RequestCharged = "requester";
        return answer;
    }
}

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    const auto on_charged = [&]<class Op, auto handler>() {
        table.on<Op>(*this, &Service::charged<Op, handler>);
    };
    table.on<api::CreateBucket>(*this, &Service::create_bucket);
    table.on<api::HeadBucket>(*this, &Service::head_bucket);
    table.on<api::ListBuckets>(*this, &Service::list_buckets);
    table.on<api::DeleteBucket>(*this, &Service::delete_bucket);
    table.on<api::GetBucketLocation>(*this, &Service::get_bucket_location);
    configurations_.bind(table);
    on_charged.operator()<api::PutObject, &Service::put_object>();
    on_charged.operator()<api::GetObject, &Service::get_object>();
    table.on<api::GetObjectTorrent>(*this, &Service::get_object_torrent);
    on_charged.operator()<api::HeadObject, &Service::head_object>();
    on_charged.operator()<api::DeleteObject, &Service::delete_object>();
    on_charged.operator()<api::PutObjectAcl, &Service::put_object_acl>();
    on_charged.operator()<api::GetObjectAcl, &Service::get_object_acl>();
    on_charged.operator()<api::DeleteObjects, &Service::delete_objects>();
    on_charged.operator()<api::CopyObject, &Service::copy_object>();
    table.on<api::SelectObjectContent>(*this, &Service::select_object_content);
    on_charged.operator()<api::ListObjectsV2, &Service::list_objects_v2>();
    on_charged.operator()<api::ListObjects, &Service::list_objects>();
    table.on<api::PutBucketVersioning>(*this, &Service::put_bucket_versioning);
    table.on<api::GetBucketVersioning>(*this, &Service::get_bucket_versioning);
    on_charged.operator()<api::ListObjectVersions, &Service::list_object_versions>();
    on_charged.operator()<api::GetObjectAttributes, &Service::get_object_attributes>();
    on_charged.operator()<api::RestoreObject, &Service::restore_object>();
    table.on<api::PutObjectTagging>(*this, &Service::put_object_tagging);
    table.on<api::GetObjectTagging>(*this, &Service::get_object_tagging);
    table.on<api::DeleteObjectTagging>(*this, &Service::delete_object_tagging);
    on_charged.operator()<api::PutObjectLockConfiguration, &Service::put_object_lock_configuration>();
    table.on<api::GetObjectLockConfiguration>(*this, &Service::get_object_lock_configuration);
    on_charged.operator()<api::PutObjectRetention, &Service::put_object_retention>();
    table.on<api::GetObjectRetention>(*this, &Service::get_object_retention);
    on_charged.operator()<api::PutObjectLegalHold, &Service::put_object_legal_hold>();
    table.on<api::GetObjectLegalHold>(*this, &Service::get_object_legal_hold);
    table.on<api::PutBucketNotificationConfiguration>(*this, &Service::put_bucket_notification_configuration);
    table.on<api::GetBucketNotificationConfiguration>(*this, &Service::get_bucket_notification_configuration);
    on_charged.operator()<api::CreateMultipartUpload, &Service::create_multipart_upload>();
    on_charged.operator()<api::UploadPart, &Service::upload_part>();
    on_charged.operator()<api::UploadPartCopy, &Service::upload_part_copy>();
    on_charged.operator()<api::CompleteMultipartUpload, &Service::complete_multipart_upload>();
    on_charged.operator()<api::AbortMultipartUpload, &Service::abort_multipart_upload>();
    on_charged.operator()<api::ListParts, &Service::list_parts>();
    on_charged.operator()<api::ListMultipartUploads, &Service::list_multipart_uploads>();
    table.check_bodies(api::service(), check_document);
}

void Service::reset(store::Txn& txn, std::string_view account) {
    std::vector<std::int64_t> buckets;
    for (const auto& row : txn.query("select id from s3_buckets where ?1 = '' or account = ?1", account)) {
        buckets.push_back(row.integer(0));
    }
    for (const std::int64_t bucket : buckets) {
        erase_contents(txn, blobs_, bucket);
        erase_bucket(txn, bucket);
    }
}

std::string Service::commit_object(store::Txn& txn, const Context& context, const Bucket& bucket,
                                   std::string_view key, const ObjectRow& row,
                                   const std::optional<StandingObject>& standing, std::string_view event) {
    std::optional<ObjectRow> locked;
    if (bucket.has_object_lock()) {
        locked = row;
        locked->headers = with_default_retention(bucket.object_lock, row.headers, context.received_at);
    }
    const ObjectRow& whole = locked ? *locked : row;
    const auto replicas =
        replication::destinations_of(txn, bucket, key, whole.headers, replication::Change::object);
    std::optional<ObjectRow> marked;
    if (replication::needs_mark(whole, replicas.size())) marked = replication::marked(whole, replicas.size());
    std::string version =
        put_object_row(txn, blobs_, bucket, key, marked ? *marked : whole, standing, context.request_id);
    replication::enqueue(txn, outbox_, context, bucket, key, version, replicas);
    EventRecord record;
    record.version = version;
    record.name = event;
    record.key = key;
    record.size = row.size;
    record.etag = row.etag;
    emit(txn, context, bucket, record);
    return version;
}

Service::Written Service::commit_settled(store::Txn& txn, const Context& context, const Bucket& bucket,
                                         std::string_view key, const ObjectRow& row,
                                         const ObjectHeaders& headers,
                                         const std::optional<StandingObject>& standing,
                                         std::string_view event) {
    Written written;
    written.headers = settled_headers(txn, settings_, context, bucket, key, headers);
    if (!written.headers) {
        written.version = commit_object(txn, context, bucket, key, row, standing, event);
        return written;
    }
    ObjectRow settled = row;
    settled.headers = written.headers->empty() ? std::string() : written.headers->to_json();
    written.version = commit_object(txn, context, bucket, key, settled, standing, event);
    return written;
}

void Service::store_object(store::Txn& txn, const Context& context, const Bucket& bucket,
                           std::string_view key, const ObjectRow& row) {
    commit_settled(txn, context, bucket, key, row, ObjectHeaders::of(row.headers),
                   find_standing(txn, bucket.id, key), "ObjectCreated:Put");
}

void Service::emit_event(store::Txn& txn, const Context& context, const Bucket& bucket,
                         const EventRecord& record) {
    emit(txn, context, bucket, record);
}

void Service::bind_folder(store::Txn& txn, const Bucket& bucket, std::string_view folder) {
    insert_mount(txn, bucket.id, folder);
    set_configured(txn, bucket.id, bucket.configured | bit_of(Configuration::mount),
                   settings_.next_version());
}

void Service::release_folder(store::Txn& txn, const Bucket& bucket) {
    erase_mount(txn, bucket.id);
    set_configured(txn, bucket.id, bucket.configured & ~bit_of(Configuration::mount),
                   settings_.next_version());
}

std::optional<std::string> Service::expiration_of(const std::string& bucket, const std::string& key,
                                                  const ObjectRow& row) {
    lifecycle::Facts facts;
    facts.key = key;
    facts.size = row.size;
    facts.modified_ms = row.modified_ms;
    return lifecycle_.expiration(bucket, facts, row.headers);
}

void Service::emit(store::Txn& txn, const Context& context, const Bucket& bucket, EventRecord record) {
    // The file of a mounted bucket follows before anyone is told.
    std::string path;
    const bool mounted = bucket.has(Configuration::mount);
    if (mounted) {
        queue_change(txn, bucket.id, record.key, {}, {});
        const auto mount = find_mount(txn, bucket.id);
        if (mount && record.name.starts_with("ObjectCreated")) {
            note_taken_file(txn, bucket.id, record.key, context.request_id, record.etag);
            path = mount::file_of(mount->folder, record.key).value_or("");
        }
        record.path = path;
    }
    if (bucket.notification.empty()) return;
    const std::string event = "s3:" + std::string(record.name);
    for (const NotificationRule& rule : rules_from_json(bucket.notification)) {
        if (!rule.matches(event, record.key)) continue;
        // Grows with every event, and at least with the clock, so that it stays above what a copy of this
        // state elsewhere has given out.
        auto rows = txn.query(
            "update s3_sequencer set value = case when value < ?1 then ?1 else value + 1 end where id = 1 "
            "returning value",
            context.received_at.time_since_epoch().count() / 1000);
        rows.next();
        record.sequencer = rows->integer(0);
        while (rows.next()) {
        }
        record.configuration_id = rule.id;
        record.bucket = bucket.name;
        record.bucket_region = bucket.region;
        record.bucket_account = bucket.account;
        events::Event out;
        out.id = "s3-" + sequencer_text(record.sequencer);
        out.type = event;
        out.source = Arn(context.partition, "s3", "", "", bucket.name);
        out.account = bucket.account;
        out.time = context.received_at;
        out.trace = context.trace;
        out.payload = event_message(context, record);
        const std::optional<Arn> target = Arn::parse(rule.target);
        if (!target) continue;
        if (mounted) {
            queue_change(txn, bucket.id, record.key, out, *target);
        } else {
            outbox_.append(txn, out, std::span(&*target, 1));
        }
    }
}

}  // namespace fogbank::s3
