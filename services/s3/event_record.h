// The records that S3 sends to functions. docs: S3 User Guide, "Event message structure".
#pragma once

#include "src/gateway/request_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct EventRecord {
    std::string_view name;  // "ObjectCreated:Put"
    std::string_view configuration_id;
    std::string_view bucket, bucket_region, bucket_account;
    std::string_view key;
    std::int64_t sequencer = 0;
    // Of a created object; of a removed one only a delete marker has an etag.
    std::optional<std::int64_t> size;
    std::string_view etag;
    std::string_view version;  // empty: left out
    std::string_view path;     // of the file in a mounted bucket; empty: none
    std::string data;          // what some kinds of event tell besides, one of the below; empty: nothing
};

// EventRecord::data, members of JSON.
std::string transition_data(std::string_view storage_class);
std::string restore_data(Timestamp until, std::string_view storage_class);
std::string retention_data(std::string_view mode, Timestamp until);
struct FailedReplica {
    std::string_view rule, destination;  // the bucket's ARN
    Timestamp requested_at;
    std::string_view reason;
};
std::string replication_data(const FailedReplica& replica);

// {"Records":[...]} with this one record.
std::string event_message(const gateway::RequestContext& context, const EventRecord& record);

// 18 hex digits: longer ones are never smaller as text.
std::string sequencer_text(std::int64_t sequencer);

}  // namespace fogbank::s3
