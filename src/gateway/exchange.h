// One request on its way through the pipeline's stages.
#pragma once

#include "src/auth/credential.h"
#include "src/gateway/hosts.h"
#include "src/gateway/request_context.h"
#include "src/gateway/service.h"
#include "src/protocol/codec.h"
#include "src/protocol/identify.h"

#include <memory>
#include <string>
#include <string_view>

namespace fogbank::gateway {

struct Exchange {
    explicit Exchange(http::Request& incoming) : request(incoming) {}

    http::Request& request;
    std::string_view path, query;  // as sent
    std::string host;              // lower case, without the port
    HostForm host_form;
    std::string routed_path;  // the path with the host's bucket in front; empty where the same as `path`
    std::string host_id;      // S3's second id

    protocol::Identified found;
    const BoundOperation* bound = nullptr;
    auth::Credential credential;
    std::optional<std::string> secret;  // what the signature has to fit; nothing: it is not verified
    std::string caused_by;              // the span that led to this call; empty at a root
    std::string body;                   // read whole, for operations without a streaming input
    bool body_read = false;
    std::unique_ptr<ByteStream> checked_payload;  // around request.body: aws-chunked, payload hash
    std::optional<http::Headers> cors_headers;    // of the resource's own rules
    RequestContext context;
    http::Response response;
    std::string error_code;  // what the answer says, for logs and traces
    Instant started;

    std::string_view effective_path() const {
        return routed_path.empty() ? path : std::string_view(routed_path);
    }
    protocol::ResponseIds ids() const {
        const protocol::BodyFormat format = found.service == nullptr
                                                ? protocol::BodyFormat::native
                                                : protocol::body_format(*found.service, request.headers);
        return {context.request_id, host_id, format};
    }
    protocol::WireRequest wire() const {
        return {request.method, effective_path(), query, request.headers, body, &found.labels};
    }
};

// The credential scope's service, found without judging the rest; empty where nothing is signed.
std::string_view signing_name_hint(const http::Request& request, std::string_view query);

// The words in which the service tells of a bad signature.
auth::Dialect dialect_of(const model::Service& service);

}  // namespace fogbank::gateway
