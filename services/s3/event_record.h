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
    std::string_view version;        // empty: left out
    std::string_view path;           // of the file in a mounted bucket; empty: none
    std::string_view storage_class;  // what a lifecycle transition moved the object to; empty: none
};

// {"Records":[...]} with this one record.
std::string event_message(const gateway::RequestContext& context, const EventRecord& record);

// 18 hex digits: longer ones are never smaller as text.
std::string sequencer_text(std::int64_t sequencer);

}  // namespace fogbank::s3
