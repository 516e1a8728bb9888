#include "services/s3/replication/queue.h"

#include "services/s3/configuration/document.h"
#include "services/s3/object_headers.h"
#include "services/s3/store/configuration_store.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/base/url.h"

namespace fogbank::s3::replication {

std::vector<Destination> destinations_of(store::ReadTxn& txn, const Bucket& bucket, std::string_view key,
                                         std::string_view headers, Change change) {
    if (!bucket.has(Configuration::replication) || !bucket.has_versions()) return {};
    const auto document = find_configuration(txn, bucket.id, Configuration::replication);
    if (!document) return {};
    const auto output = output_from_document<api::GetBucketReplication>(*document);
    if (!output.ReplicationConfiguration) return {};
    Tags tags;
    if (!headers.empty()) tags = parse_query(ObjectHeaders::from_json(headers).tagging.value_or(""));
    return destinations(*output.ReplicationConfiguration, key, tags, change);
}

bool needs_mark(const ObjectRow& row, std::size_t destinations) {
    return destinations > 0 || row.headers.find("\"rep\":") != std::string::npos;
}

ObjectRow marked(const ObjectRow& row, std::size_t destinations) {
    ObjectRow out = row;
    ObjectHeaders headers = row.headers.empty() ? ObjectHeaders{} : ObjectHeaders::from_json(row.headers);
    headers.replication.reset();
    if (destinations > 0) headers.replication = pending_status(destinations);
    out.headers = headers.empty() ? std::string() : headers.to_json();
    return out;
}

void enqueue(store::Txn& txn, events::Outbox& outbox, const gateway::RequestContext& context,
             const Bucket& bucket, std::string_view key, std::string_view version,
             const std::vector<Destination>& destinations) {
    for (const Destination& destination : destinations) {
        events::Event event;
        event.id = "s3-replica-" + context.request_id + "-" + std::string(version) + "-" + destination.bucket;
        event.type = "s3:Replication";
        event.source = Arn(context.partition, "s3", "", "", bucket.name);
        event.account = bucket.account;
        event.time = context.received_at;
        event.trace = context.trace;
        json::Writer writer(event.payload);
        writer.begin_object().field("bucket", std::string_view(bucket.name));
        // A key may hold bytes that are no UTF-8.
        writer.field("key", std::string_view(base64_encode(key))).field("version", version);
        writer.field("class", std::string_view(destination.storage_class));
        writer.field("rule", std::string_view(destination.rule)).end_object();
        const Arn target(context.partition, "s3", "", "", destination.bucket);
        outbox.append(txn, event, std::span(&target, 1));
    }
}

Order order_of(const events::Event& event) {
    Order out;
    const auto document = json::parse(event.payload);
    if (!document) return out;
    const json::Value root = document->root();
    out.bucket = root.find("bucket").string();
    out.key = base64_decode(root.find("key").string()).value_or("");
    out.version = root.find("version").string();
    out.storage_class = root.find("class").string();
    out.rule = root.find("rule").string();
    return out;
}

}  // namespace fogbank::s3::replication
