// /_aws/... that no service answers. Without this route S3 would take it for a bucket's name.
#pragma once

#include "src/gateway/edge.h"

namespace fogbank::emulator {

class ReservedRoute final : public gateway::EdgeRoute {
public:
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;
};

}  // namespace fogbank::emulator
