// From an HTTP request to an operation and back: a list of stages, the same for every service.
#pragma once

#include "src/auth/credentials.h"
#include "src/auth/sigv4.h"
#include "src/base/entropy.h"
#include "src/events/trace_log.h"
#include "src/gateway/access_observer.h"
#include "src/gateway/caller.h"
#include "src/gateway/cors.h"
#include "src/gateway/edge.h"
#include "src/gateway/service.h"
#include "src/http/server.h"
#include "src/protocol/identify.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace fogbank::gateway {

struct PipelineOptions : CallerRules {
    std::string default_region = "us-east-1";
    std::string configured_host = "localhost.localstack.cloud";          // LOCALSTACK_HOST without its port
    std::string fallback_authority = "localhost.localstack.cloud:4566";  // in URLs, for requests without Host
    bool nonstandard_regions = false;
    CorsOptions cors;
    std::map<int, std::string> service_ports;  // local port -> model::Service::id
    std::set<std::string> disabled;            // model::Service::id of what SERVICES leaves out
};

struct Exchange;

class Pipeline {
public:
    struct Parts {
        const OperationTable& table;
        Clock& clock;
        Entropy& entropy;
        const auth::CredentialStore& credentials;
        events::TraceLog& trace_log;
    };
    Pipeline(const Parts& parts, PipelineOptions options);
    ~Pipeline();

    // Asked in order of addition, before the AWS API. The route must outlive the pipeline.
    void add_route(EdgeRoute& route) { routes_.push_back(&route); }

    // Who answers for buckets' own CORS rules; none: the daemon's settings hold everywhere. It must outlive
    // the pipeline.
    void set_resource_cors(ResourceCors& cors) { resource_cors_ = &cors; }

    // Who keeps access logs of buckets. It must outlive the pipeline.
    void set_access_observer(AccessObserver& observer) { access_observer_ = &observer; }

    // Never throws: what goes wrong becomes AWS's error in the protocol of the service that was meant.
    Task<http::Response> handle(http::Request& request);

    // The answer to a request that the HTTP server refuses: AWS's error, as far as what came of the request
    // tells the service.
    http::Response refuse(const http::Refusal& refusal);

private:
    Task<void> answer(Exchange& exchange);
    Task<void> call_operation(Exchange& exchange);
    void identify(Exchange& exchange) const;
    void authenticate(Exchange& exchange);
    void verify_signature(Exchange& exchange);
    void build_context(Exchange& exchange);
    std::string new_trace_id(Timestamp now);
    Task<void> read_body(Exchange& exchange);
    void encode_failure(Exchange& exchange, const Error& error) const;
    // True where the request is answered.
    bool judge_origin(Exchange& exchange) const;
    Task<void> tell_observer(const Exchange& exchange) const;
    EdgeRoute* route_of(const EdgeRequest& request) const;
    Task<void> answer_by(EdgeRoute& route, Exchange& exchange, EdgeRequest& edge);
    void log_call(const Exchange& exchange, Duration duration) const;
    void record(const Exchange& exchange) const;

    Parts parts_;
    PipelineOptions options_;
    protocol::Identifier identifier_;
    auth::SigningKeys signing_keys_;
    std::vector<EdgeRoute*> routes_;
    ResourceCors* resource_cors_ = nullptr;
    AccessObserver* access_observer_ = nullptr;
};

}  // namespace fogbank::gateway
