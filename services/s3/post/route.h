// POST of an HTML form to a bucket: an edge, as no modelled operation has this shape.
#pragma once

#include "services/s3/post/form.h"
#include "services/s3/service.h"
#include "src/gateway/caller.h"
#include "src/gateway/edge.h"

#include <string>

namespace fogbank::s3::post {

struct Parts {
    Service& service;
    Clock& clock;
    Entropy& entropy;
    const auth::CredentialStore& credentials;
};

struct Options {
    std::string configured_host;  // whose front labels name a bucket
    gateway::CallerRules callers;
};

class Route final : public gateway::EdgeRoute {
public:
    Route(const Parts& parts, Options options) : parts_(parts), options_(std::move(options)) {}
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;

private:
    Task<http::Response> upload(gateway::EdgeRequest& request, const std::string& host_id);
    gateway::RequestContext context_of(const gateway::EdgeRequest& request, const Fields& fields) const;

    Parts parts_;
    Options options_;
};

}  // namespace fogbank::s3::post
