// The event that an AWS_PROXY integration hands to its function.
#pragma once

#include "services/apigateway/rest/resource_tree.h"
#include "src/base/clock.h"
#include "src/http/message.h"

#include <map>
#include <string>
#include <string_view>

namespace fogbank::apigateway::rest {

// All that the event tells about a request.
struct ProxyRequest {
    std::string_view method;
    std::string_view path;   // within the stage, starts with '/', still encoded
    std::string_view query;  // still encoded
    const http::Headers& headers;
    std::string_view body;
    bool secure = false;
    int port = 0;
    std::string_view source_ip;

    std::string_view account;
    std::string_view api_id;
    std::string_view stage;
    std::string_view deployment_id;
    std::string_view domain;  // <api id>.execute-api.<rest>
    const std::map<std::string, std::string, std::less<>>* stage_variables = nullptr;  // null or empty: null
    const PathMatch& match;
    std::string_view operation_name;  // empty: not in the event
    bool body_is_binary = false;

    std::string_view request_id;
    std::string_view extended_request_id;
    std::string_view trace;  // value of X-Amzn-Trace-Id
    Timestamp received_at;
};

std::string proxy_event(const ProxyRequest& request);

}  // namespace fogbank::apigateway::rest
