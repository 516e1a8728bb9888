// /_fogbank/s3/mounts: GET lists, POST mounts (bucket, folder), DELETE unmounts (bucket).
#pragma once

#include "services/s3/mount/mounts.h"
#include "src/gateway/edge.h"

namespace fogbank::s3::mount {

class Route final : public gateway::EdgeRoute {
public:
    explicit Route(Mounts& mounts) : mounts_(mounts) {}
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;

private:
    http::Response list();
    Mounts& mounts_;
};

}  // namespace fogbank::s3::mount
