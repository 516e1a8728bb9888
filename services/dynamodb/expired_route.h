// DELETE /_aws/dynamodb/expired, LocalStack's: deletes at once what time to live has expired.
#pragma once

#include "services/dynamodb/expirer.h"
#include "src/gateway/edge.h"

namespace fogbank::dynamodb {

class ExpiredRoute final : public gateway::EdgeRoute {
public:
    explicit ExpiredRoute(Expirer& expirer) : expirer_(expirer) {}
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;

private:
    Expirer& expirer_;
};

}  // namespace fogbank::dynamodb
