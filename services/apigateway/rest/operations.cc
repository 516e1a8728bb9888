#include "services/apigateway/rest/operations.h"
#include "services/apigateway/model/create_deployment.h"
#include "services/apigateway/model/create_resource.h"
#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/create_stage.h"
#include "services/apigateway/model/delete_deployment.h"
#include "services/apigateway/model/delete_integration.h"
#include "services/apigateway/model/delete_method.h"
#include "services/apigateway/model/delete_resource.h"
#include "services/apigateway/model/delete_rest_api.h"
#include "services/apigateway/model/delete_stage.h"
#include "services/apigateway/model/get_deployment.h"
#include "services/apigateway/model/get_deployments.h"
#include "services/apigateway/model/get_integration.h"
#include "services/apigateway/model/get_integration_response.h"
#include "services/apigateway/model/get_method.h"
#include "services/apigateway/model/get_method_response.h"
#include "services/apigateway/model/get_resource.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/model/get_rest_api.h"
#include "services/apigateway/model/get_rest_apis.h"
#include "services/apigateway/model/get_stage.h"
#include "services/apigateway/model/get_stages.h"
#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_integration_response.h"
#include "services/apigateway/model/put_method.h"
#include "services/apigateway/model/put_method_response.h"
#include "services/apigateway/model/update_stage.h"

namespace fogbank::apigateway::rest {

void Operations::bind(gateway::OperationTable& table) {
    table.on<api::CreateRestApi>(*this, &Operations::create_rest_api);
    table.on<api::GetRestApi>(*this, &Operations::get_rest_api);
    table.on<api::GetRestApis>(*this, &Operations::get_rest_apis);
    table.on<api::DeleteRestApi>(*this, &Operations::delete_rest_api);
    table.on<api::CreateResource>(*this, &Operations::create_resource);
    table.on<api::GetResource>(*this, &Operations::get_resource);
    table.on<api::GetResources>(*this, &Operations::get_resources);
    table.on<api::DeleteResource>(*this, &Operations::delete_resource);
    table.on<api::PutMethod>(*this, &Operations::put_method);
    table.on<api::GetMethod>(*this, &Operations::get_method);
    table.on<api::DeleteMethod>(*this, &Operations::delete_method);
    table.on<api::PutMethodResponse>(*this, &Operations::put_method_response);
    table.on<api::GetMethodResponse>(*this, &Operations::get_method_response);
    table.on<api::PutIntegration>(*this, &Operations::put_integration);
    table.on<api::GetIntegration>(*this, &Operations::get_integration);
    table.on<api::DeleteIntegration>(*this, &Operations::delete_integration);
    table.on<api::PutIntegrationResponse>(*this, &Operations::put_integration_response);
    table.on<api::GetIntegrationResponse>(*this, &Operations::get_integration_response);
    table.on<api::CreateDeployment>(*this, &Operations::create_deployment);
    table.on<api::GetDeployment>(*this, &Operations::get_deployment);
    table.on<api::GetDeployments>(*this, &Operations::get_deployments);
    table.on<api::DeleteDeployment>(*this, &Operations::delete_deployment);
    table.on<api::CreateStage>(*this, &Operations::create_stage);
    table.on<api::GetStage>(*this, &Operations::get_stage);
    table.on<api::GetStages>(*this, &Operations::get_stages);
    table.on<api::UpdateStage>(*this, &Operations::update_stage);
    table.on<api::DeleteStage>(*this, &Operations::delete_stage);
}

}  // namespace fogbank::apigateway::rest
