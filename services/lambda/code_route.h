// Code.Location of GetFunction: a URL of the daemon's own that yields the deployment package.
#pragma once

#include "services/lambda/code_store/code_store.h"
#include "src/gateway/edge.h"

#include <string>
#include <string_view>

namespace fogbank::lambda {

class CodeRoute final : public gateway::EdgeRoute {
public:
    explicit CodeRoute(const CodeStore& codes) : codes_(codes) {}
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;

    // The package's SHA-256 makes the URL one that only who asked GetFunction knows.
    static std::string url(std::string_view base_url, std::string_view code_id);

private:
    const CodeStore& codes_;
};

}  // namespace fogbank::lambda
