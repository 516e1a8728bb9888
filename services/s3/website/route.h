// The website's host: GET and HEAD of pages, for browsers that sign nothing.
#pragma once

#include "services/s3/cors/bucket_cors.h"
#include "services/s3/website/page.h"
#include "services/s3/website/rules.h"
#include "src/base/clock.h"
#include "src/base/entropy.h"
#include "src/gateway/edge.h"
#include "src/gateway/service.h"
#include "src/store/database.h"

#include <string>
#include <variant>

namespace fogbank::s3::website {

struct Parts {
    store::Database& database;
    Clock& clock;
    Entropy& entropy;
    const gateway::LocalClient& client;
    cors::BucketCors& cors;
};

class Route final : public gateway::EdgeRoute {
public:
    Route(const Parts& parts, std::string configured_host)
        : parts_(parts), configured_host_(std::move(configured_host)) {}
    bool matches(const gateway::EdgeRequest& request) const override;
    // Pages anywhere may link to a website; scripts of theirs are judged by the bucket's rules.
    bool owns_cors() const override { return true; }
    Task<http::Response> handle(gateway::EdgeRequest& request) override;

private:
    struct Visit;
    using Read = std::variant<http::Response, Error>;
    Task<http::Response> visit(Visit& visit);
    Task<http::Response> fail(Visit& visit, Error error);
    Task<Read> read_object(const Visit& visit, const std::string& key, const http::Headers& headers);
    SiteConfiguration configuration_of(const std::string& bucket);

    Parts parts_;
    std::string configured_host_;
};

}  // namespace fogbank::s3::website
