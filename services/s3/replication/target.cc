#include "services/s3/replication/target.h"

#include "services/s3/object_headers.h"
#include "services/s3/open_gate.h"
#include "services/s3/versions.h"

namespace fogbank::s3::replication {

namespace {

gateway::RequestContext context_of(const events::Event& event, const Bucket& bucket) {
    gateway::RequestContext context;
    context.request_id = event.id;
    context.account = bucket.account;
    context.region = bucket.region;
    context.received_at = event.time;
    context.principal.kind = auth::PrincipalKind::service;
    context.principal.arn = "s3.amazonaws.com";
    context.source_ip = "s3.amazonaws.com";
    context.trace = event.trace;
    return context;
}

void set_status(store::Txn& txn, const ObjectRow& row, bool failed) {
    ObjectHeaders headers = row.headers.empty() ? ObjectHeaders{} : ObjectHeaders::from_json(row.headers);
    if (!headers.replication) return;
    headers.replication = next_status(*headers.replication, failed);
    set_version_headers(txn, row.id, headers.to_json());
}

std::optional<ObjectRow> find_row(store::ReadTxn& txn, const Order& order) {
    const std::optional<std::string> version = order.version;
    const std::optional<std::string> anyone;
    const OpenGate gate;
    try {
        return require_version(txn, {order.bucket, order.key, version, anyone, gate}, WithBody::yes);
    } catch (const Error&) {
        return std::nullopt;  // the version is gone, and nothing has to follow it
    }
}

// docs: "Troubleshooting replication", "Amazon S3 replication failure reasons".
const char* refusal(const std::optional<Bucket>& destination, const ObjectRow& row) {
    if (!destination) return "DstBucketNotFound";
    if (!destination->has_versions()) return "DstBucketUnversioned";
    const bool locked = !row.delete_marker && ObjectHeaders::of(row.headers).has_lock();
    return locked && !destination->has_object_lock() ? "DstBucketObjectLockConfigMissing" : nullptr;
}

}  // namespace

void ReplicaTarget::accept(store::Txn& txn, const events::Event& event, const Arn& target) {
    const Order order = order_of(event);
    const auto source = find_bucket(txn, order.bucket);
    auto row = source ? find_row(txn, order) : std::nullopt;
    if (!row) return;
    const auto destination = find_bucket(txn, target.resource());
    if (const char* reason = refusal(destination, *row); reason != nullptr) {
        return fail(txn, {event, *source, order, target.text(), reason}, *row);
    }
    copy(txn, event, *destination, order, std::move(*row));
}

void ReplicaTarget::copy(store::Txn& txn, const events::Event& event, const Bucket& destination,
                         const Order& order, ObjectRow row) {
    const gateway::RequestContext context = context_of(event, destination);
    if (row.delete_marker) {
        const Removal removal =
            remove_current(txn, blobs_, destination, order.key, row.modified_ms, event.id);
        EventRecord record;
        record.name = "ObjectRemoved:DeleteMarkerCreated";
        record.key = order.key;
        record.version = removal.version;
        service_.emit_event(txn, context, destination, record);
        return;
    }
    set_status(txn, row, false);
    ObjectHeaders headers = row.headers.empty() ? ObjectHeaders{} : ObjectHeaders::from_json(row.headers);
    headers.replication = "REPLICA";
    headers.acl.reset();
    row.headers = headers.to_json();
    if (!order.storage_class.empty()) row.storage_class = order.storage_class;
    if (!row.blob.empty()) blobs_.retain(txn, row.blob);
    const auto standing = find_standing(txn, destination.id, order.key);
    const std::string version = put_object_row(txn, blobs_, destination, order.key, row, standing, event.id);
    EventRecord record;
    record.name = "ObjectCreated:Put";
    record.key = order.key;
    record.size = row.size;
    record.etag = row.etag;
    record.version = version;
    service_.emit_event(txn, context, destination, record);
}

void ReplicaTarget::fail(store::Txn& txn, const Failure& failure, const ObjectRow& row) {
    set_status(txn, row, true);
    EventRecord record;
    record.name = "Replication:OperationFailedReplication";
    record.key = failure.order.key;
    record.size = row.size;
    record.etag = row.etag;
    record.version = failure.order.version;
    record.data =
        replication_data({failure.order.rule, failure.destination, failure.event.time, failure.reason});
    service_.emit_event(txn, context_of(failure.event, failure.source), failure.source, record);
}

}  // namespace fogbank::s3::replication
