// Someone who is told of every request to what it asked for: S3's server access logs.
#pragma once

#include "src/auth/credential.h"
#include "src/base/clock.h"
#include "src/base/task.h"
#include "src/gateway/request_context.h"
#include "src/http/message.h"
#include "src/protocol/rest_router.h"

#include <string_view>

namespace fogbank::gateway {

struct AccessRecord {
    const http::Request& request;
    const http::Response& response;
    const RequestContext& context;
    const protocol::UriLabels& labels;
    const auth::Credential& credential;
    std::string_view host, host_id;
    std::string_view error_code;  // empty where the request succeeded
    Duration duration;
};

class AccessObserver {
public:
    virtual ~AccessObserver() = default;
    // Asked for every request to a bucket: cheap, thread-safe.
    virtual bool wants(std::string_view bucket) = 0;
    // The response leaves when this is done.
    virtual Task<void> observe(const AccessRecord& record) = 0;
};

}  // namespace fogbank::gateway
