// What a handler knows about its call. Built complete by the pipeline, then const; handlers never see HTTP.
#pragma once

#include "src/auth/principal.h"
#include "src/base/byte_stream.h"
#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/events/trace.h"
#include "src/model/shape.h"

#include <functional>
#include <string>

namespace fogbank::gateway {

struct RequestContext {
    const model::Operation* operation = nullptr;
    std::string request_id;
    std::string account;
    std::string region;
    std::string partition = "aws";
    auth::Principal principal;      // who signed, or the calling service
    events::Trace trace;            // the chain; `cause` is the span of this very call, for what it causes
    Timestamp received_at;          // the only "now" a handler uses
    CancelToken cancelled;          // client gone, or shutting down
    ByteStream* payload = nullptr;  // only for operations with a streaming member
    std::string base_url;  // how the caller reached us ("http://localhost:4566"); URLs in answers start so
    std::string user_agent;
    std::string referer;
    std::string source_ip;

    std::string arn(std::string_view service, std::string_view resource) const {
        return "arn:" + partition + ":" + std::string(service) + ":" + region + ":" + account + ":" +
               std::string(resource);
    }
};

}  // namespace fogbank::gateway
