// What a Host header says: every form that SDKs and existing setups use to name a service, a bucket or an
// API.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::gateway {

struct HostForm {
    std::string
        service;  // "s3", "dynamodb", "execute-api", "lambda-url", "s3-website"; empty: the host names none
    std::string label;   // what stands before the service: a bucket, an API's or function URL's id
    std::string region;  // where the host names one
};

// `host` is without port, in lower case. Known forms, each also with `amazonaws.com` for the suffix:
//   <bucket>.s3.<suffix>, <bucket>.s3.<region>.<suffix>, s3.<region>.<suffix>, <bucket>.localhost,
//   <id>.execute-api.<suffix>, <id>.lambda-url.<region>.<suffix>, <bucket>.s3-website.<suffix>,
//   <service>.<region>.<suffix>
// where <suffix> is localhost, localhost.localstack.cloud or the configured host name.
HostForm parse_host(std::string_view host, std::string_view configured_host);

// The Host header without its port, in lower case; brackets of IPv6 stay.
std::string host_name(std::string_view authority);

// us-east-1, eu-central-2, us-gov-west-1, cn-north-1 ...
bool looks_like_region(std::string_view text);

}  // namespace fogbank::gateway
