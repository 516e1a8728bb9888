// The control plane of REST APIs.
#pragma once

#include "services/apigateway/model/operations.h"
#include "src/base/entropy.h"
#include "src/gateway/service.h"
#include "src/store/database.h"

namespace fogbank::apigateway::rest {

class Operations {
public:
    Operations(store::Database& database, Entropy& entropy) : database_(database), entropy_(entropy) {}
    void bind(gateway::OperationTable& table);

private:
    using Context = gateway::RequestContext;
    template <class Op>
    using Out = Task<typename Op::Output>;

    Out<api::CreateRestApi> create_rest_api(const Context& context, const api::CreateRestApi::Input& input);
    api::RestApi get_rest_api(const Context& context, const api::GetRestApi::Input& input);
    Out<api::GetRestApis> get_rest_apis(const Context& context, const api::GetRestApis::Input& input);
    Out<api::DeleteRestApi> delete_rest_api(const Context& context, const api::DeleteRestApi::Input& input);

    Out<api::CreateResource> create_resource(const Context& context, const api::CreateResource::Input& input);
    api::Resource get_resource(const Context& context, const api::GetResource::Input& input);
    Out<api::GetResources> get_resources(const Context& context, const api::GetResources::Input& input);
    Out<api::DeleteResource> delete_resource(const Context& context, const api::DeleteResource::Input& input);

    Out<api::PutMethod> put_method(const Context& context, const api::PutMethod::Input& input);
    api::Method get_method(const Context& context, const api::GetMethod::Input& input);
    Out<api::DeleteMethod> delete_method(const Context& context, const api::DeleteMethod::Input& input);
    Out<api::PutMethodResponse> put_method_response(const Context& context,
                                                    const api::PutMethodResponse::Input& input);
    api::MethodResponse get_method_response(const Context& context,
                                            const api::GetMethodResponse::Input& input);

    Out<api::PutIntegration> put_integration(const Context& context, const api::PutIntegration::Input& input);
    api::Integration get_integration(const Context& context, const api::GetIntegration::Input& input);
    Out<api::DeleteIntegration> delete_integration(const Context& context,
                                                   const api::DeleteIntegration::Input& input);
    Out<api::PutIntegrationResponse> put_integration_response(
        const Context& context, const api::PutIntegrationResponse::Input& input);
    api::IntegrationResponse get_integration_response(const Context& context,
                                                      const api::GetIntegrationResponse::Input& input);

    Out<api::CreateDeployment> create_deployment(const Context& context,
                                                 const api::CreateDeployment::Input& input);
    api::Deployment get_deployment(const Context& context, const api::GetDeployment::Input& input);
    Out<api::GetDeployments> get_deployments(const Context& context, const api::GetDeployments::Input& input);
    Out<api::DeleteDeployment> delete_deployment(const Context& context,
                                                 const api::DeleteDeployment::Input& input);

    Out<api::CreateStage> create_stage(const Context& context, const api::CreateStage::Input& input);
    api::Stage get_stage(const Context& context, const api::GetStage::Input& input);
    Out<api::GetStages> get_stages(const Context& context, const api::GetStages::Input& input);
    Out<api::UpdateStage> update_stage(const Context& context, const api::UpdateStage::Input& input);
    Out<api::DeleteStage> delete_stage(const Context& context, const api::DeleteStage::Input& input);

    std::string new_id(std::size_t characters) { return entropy_.alphanumeric(characters); }
    // See put_stage(): new in all likelihood.
    std::int64_t new_version() { return static_cast<std::int64_t>(entropy_.next() >> 1); }

    store::Database& database_;
    Entropy& entropy_;
};

}  // namespace fogbank::apigateway::rest
