#include "services/apigateway/model/delete_integration.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_integration.h"
#include "services/apigateway/model/get_integration_response.h"
#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_integration_response.h"
#include "services/apigateway/rest/integration_rules.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "src/gateway/unheeded.h"

namespace fogbank::apigateway::rest {

namespace {

api::Integration describe(const api::PutIntegration::Input& input) {
    api::Integration integration;
    if (input.credentials) gateway::refuse_unheeded("credentials");
    if (input.cacheNamespace) gateway::refuse_unheeded("cacheNamespace");
    integration.type = input.type;
    integration.httpMethod = input.integrationHttpMethod;
    integration.uri = input.uri;
    integration.connectionType = input.connectionType;
    integration.credentials = input.credentials;
    integration.requestParameters = input.requestParameters;
    integration.requestTemplates = input.requestTemplates;
    integration.passthroughBehavior = input.passthroughBehavior.value_or("WHEN_NO_MATCH");
    integration.contentHandling = input.contentHandling;
    integration.timeoutInMillis = input.timeoutInMillis.value_or(kLongestTimeoutMs);
    integration.cacheNamespace = input.cacheNamespace.value_or(*input.resourceId);
    integration.cacheKeyParameters = input.cacheKeyParameters.value_or(std::vector<std::string>());
    return integration;
}

}  // namespace

Task<api::PutIntegration::Output> Operations::put_integration(const Context& context,
                                                              const api::PutIntegration::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto put = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        api::Method& method = require_method(resource, *input.httpMethod);
        check_integration(input);
        api::Integration integration = describe(input);
        // aws: a new integration keeps the responses of the one it replaces.
        if (method.methodIntegration) {
            integration.integrationResponses = method.methodIntegration->integrationResponses;
        }
        method.methodIntegration = integration;
        put_resource(txn, key, resource);
        return integration;
    };
    co_return co_await database_.write(put);
}

api::Integration Operations::get_integration(const Context& context,
                                             const api::GetIntegration::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        return require_integration(require_method(resource, *input.httpMethod));
    });
}

Task<api::DeleteIntegration::Output> Operations::delete_integration(
    const Context& context, const api::DeleteIntegration::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        api::Method& method = require_method(resource, *input.httpMethod);
        require_integration(method);
        method.methodIntegration.reset();
        put_resource(txn, key, resource);
    };
    co_await database_.write(remove);
    co_return api::DeleteIntegration::Output{};
}

Task<api::PutIntegrationResponse::Output> Operations::put_integration_response(
    const Context& context, const api::PutIntegrationResponse::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto put = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        api::Integration& integration = require_integration(require_method(resource, *input.httpMethod));
        if (*integration.type == "MOCK") check_mock_response(input);
        api::IntegrationResponse response;
        response.statusCode = input.statusCode;
        response.selectionPattern = input.selectionPattern;
        response.responseParameters = input.responseParameters;
        response.responseTemplates = input.responseTemplates;
        response.contentHandling = input.contentHandling;
        auto& responses = integration.integrationResponses ? *integration.integrationResponses
                                                           : integration.integrationResponses.emplace();
        responses.insert_or_assign(*input.statusCode, response);
        put_resource(txn, key, resource);
        return response;
    };
    co_return co_await database_.write(put);
}

api::IntegrationResponse Operations::get_integration_response(
    const Context& context, const api::GetIntegrationResponse::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        const api::Integration& integration =
            require_integration(require_method(resource, *input.httpMethod));
        if (integration.integrationResponses) {
            const auto found = integration.integrationResponses->find(*input.statusCode);
            if (found != integration.integrationResponses->end()) return found->second;
        }
        throw errors::NotFoundException("Invalid Response status code specified");
    });
}

}  // namespace fogbank::apigateway::rest
