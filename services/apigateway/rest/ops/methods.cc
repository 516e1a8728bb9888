#include "services/apigateway/model/delete_method.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_method.h"
#include "services/apigateway/model/get_method_response.h"
#include "services/apigateway/model/put_method.h"
#include "services/apigateway/model/put_method_response.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <array>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::array<std::string_view, 8> kMethods = {"GET",   "PUT",  "POST",    "DELETE",
                                                      "PATCH", "HEAD", "OPTIONS", "ANY"};

void check_method(const api::PutMethod::Input& input) {
    if (std::find(kMethods.begin(), kMethods.end(), *input.httpMethod) == kMethods.end()) {
        throw errors::BadRequestException(
            "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,HEAD,OPTIONS,ANY");
    }
    const std::string& type = *input.authorizationType;
    if (type == "CUSTOM" || type == "COGNITO_USER_POOLS") {
        // No authorizer can exist: CreateAuthorizer is not served.
        throw errors::BadRequestException(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
            "requires a valid authorizer.");
    }
    if (type != "NONE" && type != "AWS_IAM") {
        throw errors::BadRequestException(
            "Invalid authorization type specified. Valid options are "
            "[NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS]");
    }
    if (input.requestValidatorId && !input.requestValidatorId->empty()) {
        throw errors::BadRequestException("Invalid Request Validator identifier specified");
    }
    if (type == "AWS_IAM") gateway::refuse_unheeded("authorizationType AWS_IAM");
}

api::Method describe(const api::PutMethod::Input& input) {
    api::Method method;
    method.httpMethod = input.httpMethod;
    method.authorizationType = input.authorizationType;
    method.apiKeyRequired = input.apiKeyRequired.value_or(false);
    method.operationName = input.operationName;
    method.requestParameters = input.requestParameters;
    method.requestModels = input.requestModels;
    method.authorizationScopes = input.authorizationScopes;
    return method;
}

}  // namespace

Task<api::PutMethod::Output> Operations::put_method(const Context& context,
                                                    const api::PutMethod::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto put = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        check_method(input);
        auto& methods =
            resource.resourceMethods ? *resource.resourceMethods : resource.resourceMethods.emplace();
        const auto [entry, inserted] = methods.emplace(*input.httpMethod, describe(input));
        if (!inserted) throw errors::ConflictException("Method already exists for this resource");
        put_resource(txn, key, resource);
        return entry->second;
    };
    co_return co_await database_.write(put);
}

api::Method Operations::get_method(const Context& context, const api::GetMethod::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        return require_method(resource, *input.httpMethod);
    });
}

Task<api::DeleteMethod::Output> Operations::delete_method(const Context& context,
                                                          const api::DeleteMethod::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        require_method(resource, *input.httpMethod);
        resource.resourceMethods->erase(*input.httpMethod);
        if (resource.resourceMethods->empty()) resource.resourceMethods.reset();
        put_resource(txn, key, resource);
    };
    co_await database_.write(remove);
    co_return api::DeleteMethod::Output{};
}

Task<api::PutMethodResponse::Output> Operations::put_method_response(
    const Context& context, const api::PutMethodResponse::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto put = [&](store::Txn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        api::Method& method = require_method(resource, *input.httpMethod);
        auto& responses = method.methodResponses ? *method.methodResponses : method.methodResponses.emplace();
        api::MethodResponse response;
        response.statusCode = input.statusCode;
        response.responseParameters = input.responseParameters;
        response.responseModels = input.responseModels;
        if (!responses.emplace(*input.statusCode, response).second) {
            throw errors::ConflictException("Response already exists for this resource");
        }
        put_resource(txn, key, resource);
        return response;
    };
    co_return co_await database_.write(put);
}

api::MethodResponse Operations::get_method_response(const Context& context,
                                                    const api::GetMethodResponse::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) {
        api::Resource resource = require_resource(txn, key, *input.resourceId);
        const api::Method& method = require_method(resource, *input.httpMethod);
        if (method.methodResponses) {
            const auto found = method.methodResponses->find(*input.statusCode);
            if (found != method.methodResponses->end()) return found->second;
        }
        throw errors::NotFoundException("Invalid Response status code specified");
    });
}

}  // namespace fogbank::apigateway::rest
