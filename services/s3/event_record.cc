#include "services/s3/event_record.h"

#include "services/s3/names.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/base/digest.h"
#include "src/base/json.h"

namespace fogbank::s3 {

namespace {

// "AWS:AIDA..." of a user, "AWS:AROA...:session" of a role; an account's root is its number.
std::string principal_id(const gateway::RequestContext& context) {
    // docs: "Event message structure": lifecycle rules act as s3.amazonaws.com.
    if (context.principal.kind == auth::PrincipalKind::service) return context.principal.arn;
    return "AWS:" + (context.principal.account.empty() ? context.account : context.principal.account);
}

// The second id of a request; nothing reads it back.
std::string host_id(const gateway::RequestContext& context) {
    return base64_encode(digest(DigestKind::sha256, context.request_id));
}

// docs: "Event message structure": each kind of event has the version that brought what it tells. AWS's SDK
// for Java v2, ObjectRetentionEventDataTest: 2.5 for retention.
const char* version_of(std::string_view name) {
    if (name.starts_with("Replication:")) return "2.2";
    if (name.starts_with("ObjectRetention:")) return "2.5";
    const bool of_23 = name.starts_with("Lifecycle") || name.starts_with("ObjectAcl:") ||
                       name.starts_with("ObjectTagging:") || name == "ObjectRestore:Delete";
    return of_23 ? "2.3" : "2.1";
}

// `"name":{"inner":{...}}`, written by `fill`.
template <class Fill>
std::string member(std::string_view name, std::string_view inner, Fill fill) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    if (!inner.empty()) writer.key(inner).begin_object();
    fill(writer);
    if (!inner.empty()) writer.end_object();
    writer.end_object();
    return "\"" + std::string(name) + "\":" + text;
}

}  // namespace

std::string transition_data(std::string_view storage_class) {
    return member("lifecycleEventData", "transitionEventData",
                  [&](json::Writer& out) { out.field("destinationStorageClass", storage_class); });
}

std::string restore_data(Timestamp until, std::string_view storage_class) {
    return member("glacierEventData", "restoreEventData", [&](json::Writer& out) {
        out.field("lifecycleRestorationExpiryTime", std::string_view(format_iso8601_millis(until)));
        out.field("lifecycleRestoreStorageClass", storage_class);
    });
}

std::string retention_data(std::string_view mode, Timestamp until) {
    return member("objectRetentionEventData", "", [&](json::Writer& out) {
        out.field("mode", mode);
        out.field("retainUntilDate", std::string_view(format_iso8601_millis(until)));
    });
}

std::string replication_data(const FailedReplica& replica) {
    return member("replicationEventData", "", [&](json::Writer& out) {
        out.field("replicationRuleId", replica.rule);
        out.field("destinationBucket", replica.destination);
        out.field("s3Operation", "OBJECT_PUT");
        out.field("requestTime", std::string_view(format_iso8601_millis(replica.requested_at)));
        out.field("failureReason", replica.reason);
    });
}

std::string sequencer_text(std::int64_t sequencer) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out(18, '0');
    auto rest = static_cast<std::uint64_t>(sequencer);
    for (std::size_t at = out.size(); at-- > 0 && rest > 0; rest >>= 4) out[at] = kDigits[rest & 15];
    return out;
}

std::string event_message(const gateway::RequestContext& context, const EventRecord& record) {
    std::string text;
    text.reserve(900);
    json::Writer writer(text);
    writer.begin_object().key("Records").begin_array().begin_object();
    writer.field("eventVersion", version_of(record.name))
        .field("eventSource", "aws:s3")
        .field("awsRegion", record.bucket_region);
    writer.field("eventTime", std::string_view(format_iso8601_millis(context.received_at)));
    writer.field("eventName", record.name);
    writer.key("userIdentity").begin_object();
    writer.field("principalId", std::string_view(principal_id(context))).end_object();
    writer.key("requestParameters").begin_object();
    writer.field("sourceIPAddress", std::string_view(context.source_ip)).end_object();
    writer.key("responseElements").begin_object();
    writer.field("x-amz-request-id", std::string_view(context.request_id));
    writer.field("x-amz-id-2", std::string_view(host_id(context))).end_object();
    writer.key("s3").begin_object().field("s3SchemaVersion", "1.0");
    writer.field("configurationId", record.configuration_id);
    writer.key("bucket").begin_object().field("name", record.bucket);
    writer.key("ownerIdentity").begin_object().field("principalId", record.bucket_account).end_object();
    writer.field("arn", std::string_view(bucket_arn(context.partition, record.bucket))).end_object();
    writer.key("object").begin_object().field("key", std::string_view(url_key(record.key)));
    if (record.size) writer.field("size", *record.size);
    if (!record.etag.empty()) writer.field("eTag", record.etag);
    if (!record.version.empty()) writer.field("versionId", record.version);
    writer.field("sequencer", std::string_view(sequencer_text(record.sequencer)));
    writer.end_object().end_object();
    // Only Fogbank's: what a function reads as a file.
    if (!record.path.empty()) writer.field("FOGBANK_OBJECT_PATH", record.path);
    if (!record.data.empty()) text.append(",").append(record.data);
    writer.end_object().end_array().end_object();
    return text;
}

}  // namespace fogbank::s3
