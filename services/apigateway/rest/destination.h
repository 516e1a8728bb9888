// Which API, stage and path a URL means, in all forms that setups use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::apigateway::rest {

struct Destination {
    std::string api_id;
    std::string stage;   // empty where the URL ends before it
    std::string path;    // starts with '/', still encoded
    std::string domain;  // as requestContext.domainName shows it
};

//   <id>.execute-api.<anything>/<stage>/<path>
//   /_aws/execute-api/<id>/<stage>/<path>
//   /restapis/<id>/<stage>/_user_request_/<path>
// `host` is in lower case and without a port. Nothing for any other URL.
std::optional<Destination> parse_destination(std::string_view host, std::string_view path);

}  // namespace fogbank::apigateway::rest
