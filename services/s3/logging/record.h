// A request as a line of a server access log.
// docs: S3 User Guide, "Amazon S3 server access log format".
#pragma once

#include "src/gateway/access_observer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::logging {

struct Line {
    std::string_view owner;  // the canonical id of the bucket's
    std::string_view bucket, key;
    Timestamp time;
    std::string_view remote, requester, request_id;
    std::string_view operation;  // REST.GET.OBJECT
    std::string_view method, target;
    int status = 200;
    std::string_view error_code;
    std::optional<std::int64_t> bytes_sent, object_size;
    std::int64_t total_ms = 0;
    std::string_view referrer, user_agent, version, host_id, signature, authentication, host;
    bool secure = false;
};

// Ends with a line feed. What a client sent is quoted; what is not there is "-".
std::string format(const Line& line);

// REST.GET.OBJECT for GetObject, REST.PUT.ACL for PutBucketAcl and so on.
std::string operation_name(std::string_view operation, std::string_view method);

// docs: "Log object key format". `unique` is 16 digits of hex.
struct Target {
    std::string prefix;
    bool partitioned = false;
    bool by_event_time = true;
};
std::string object_key(const Target& target, std::string_view account, std::string_view region,
                       std::string_view bucket, Timestamp time, std::string_view unique);

}  // namespace fogbank::s3::logging
