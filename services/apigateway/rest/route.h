// The URLs of deployed REST APIs.
#pragma once

#include "services/apigateway/rest/destination.h"
#include "services/apigateway/rest/stage_cache.h"
#include "src/base/entropy.h"
#include "src/gateway/edge.h"
#include "src/gateway/service.h"

namespace fogbank::apigateway::rest {

class Route : public gateway::EdgeRoute {
public:
    Route(store::Database& database, Clock& clock, Entropy& entropy, const gateway::LocalClient& client)
        : database_(database), clock_(clock), entropy_(entropy), client_(client) {}

    bool matches(const gateway::EdgeRequest& request) const override;
    bool owns_cors() const override { return true; }  // an API's own OPTIONS methods answer
    std::string_view span_service() const override { return "execute-api"; }
    Task<http::Response> handle(gateway::EdgeRequest& request) override;
    void forget_stages() { stages_.clear(); }

private:
    struct Call;
    Task<http::Response> serve(Call& call);
    Task<http::Response> run_function(Call& call);
    std::shared_ptr<const CompiledStage> find_stage(const Destination& destination, bool& api_exists);

    store::Database& database_;
    Clock& clock_;
    Entropy& entropy_;
    const gateway::LocalClient& client_;
    StageCache stages_;
};

}  // namespace fogbank::apigateway::rest
