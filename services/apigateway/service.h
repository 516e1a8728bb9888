// API Gateway: REST APIs as resources that are created, and as URLs that are called.
#pragma once

#include "services/apigateway/rest/operations.h"
#include "services/apigateway/rest/route.h"
#include "src/gateway/managed_service.h"

namespace fogbank::apigateway {

std::span<const store::Migration> migrations();

class Service : public gateway::ManagedService {
public:
    Service(store::Database& database, Clock& clock, Entropy& entropy, const gateway::LocalClient& client);

    std::string_view name() const override { return "apigateway"; }
    std::span<const store::Migration> migrations() const override { return apigateway::migrations(); }
    void bind(gateway::OperationTable& table) override;
    void start() override {}
    Task<void> stop() override { co_return; }
    void reset(store::Txn& txn, std::string_view account) override;
    void after_reset(std::string_view account) override;

    // The URLs of deployed APIs; to be added to the pipeline before the AWS API.
    gateway::EdgeRoute& route() { return route_; }

private:
    rest::Operations operations_;
    rest::Route route_;
};

}  // namespace fogbank::apigateway
