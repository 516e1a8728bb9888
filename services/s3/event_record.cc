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

}  // namespace

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
    writer.field("eventVersion", "2.1")
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
    if (!record.storage_class.empty()) {
        writer.key("lifecycleEventData").begin_object().key("transitionEventData").begin_object();
        writer.field("destinationStorageClass", record.storage_class).end_object().end_object();
    }
    writer.end_object().end_array().end_object();
    return text;
}

}  // namespace fogbank::s3
