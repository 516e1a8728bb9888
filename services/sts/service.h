// AWS Security Token Service: who is calling.
#pragma once

#include "services/sts/model/operations.h"
#include "src/gateway/managed_service.h"

namespace fogbank::sts {

class Service : public gateway::ManagedService {
public:
    std::string_view name() const override { return "sts"; }
    std::span<const store::Migration> migrations() const override { return {}; }
    void bind(gateway::OperationTable& table) override;
    void start() override {}
    Task<void> stop() override { co_return; }
    void reset(store::Txn&, std::string_view) override {}
    void after_reset(std::string_view) override {}

private:
    api::GetCallerIdentity::Output get_caller_identity(const gateway::RequestContext& context,
                                                       const api::GetCallerIdentity::Input& input);
};

}  // namespace fogbank::sts
