#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/delete_rest_api.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_rest_api.h"
#include "services/apigateway/model/get_rest_apis.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "src/gateway/unheeded.h"

namespace fogbank::apigateway::rest {

namespace {

// LocalStack's way to fix an id (conventions).
constexpr std::string_view kCustomIdTag = "_custom_id_";
constexpr std::size_t kIdLength = 10;
constexpr int kIdAttempts = 8;

void check_request(const api::CreateRestApi::Input& input) {
    if (input.name->empty()) throw errors::BadRequestException("API name cannot be empty");
    if (input.cloneFrom)
        throw Error("NotImplemented", 501, "Fogbank does not serve cloneFrom of CreateRestApi.");
    if (input.minimumCompressionSize &&
        (*input.minimumCompressionSize < 0 || *input.minimumCompressionSize > 10485760)) {
        throw errors::BadRequestException("Invalid minimum compression size, must be between 0 and 10485760");
    }
    if (input.minimumCompressionSize) gateway::refuse_unheeded("minimumCompressionSize");
    if (!input.policy.value_or("").empty()) gateway::refuse_unheeded("policy");
    if (input.apiKeySource.value_or("HEADER") != "HEADER") gateway::refuse_unheeded("apiKeySource");
    if (!input.endpointConfiguration || !input.endpointConfiguration->types) return;
    for (const std::string& type : *input.endpointConfiguration->types) {
        if (type == "EDGE" || type == "REGIONAL" || type == "PRIVATE") continue;
        throw errors::BadRequestException(
            "1 validation error detected: Value '[" + type +
            "]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy "
            "constraint: Member must satisfy constraint: [Member must satisfy enum "
            "value set: [PRIVATE, EDGE, REGIONAL]]");
    }
}

std::string requested_id(const api::CreateRestApi::Input& input) {
    if (!input.tags) return {};
    const auto tag = input.tags->find(kCustomIdTag);
    return tag == input.tags->end() ? std::string() : tag->second;
}

api::RestApi describe(const gateway::RequestContext& context, const api::CreateRestApi::Input& input) {
    api::RestApi api;
    api.name = input.name;
    api.description = input.description;
    api.version = input.version;
    api.createdDate = from_unix_seconds(unix_seconds(context.received_at));
    api.binaryMediaTypes = input.binaryMediaTypes;
    api.minimumCompressionSize = input.minimumCompressionSize;
    api.apiKeySource = input.apiKeySource.value_or("HEADER");
    api.endpointConfiguration = input.endpointConfiguration;
    if (!api.endpointConfiguration) api.endpointConfiguration.emplace();
    // aws: an API is edge-optimized and IPv4 unless the request says otherwise.
    if (!api.endpointConfiguration->types) api.endpointConfiguration->types = {"EDGE"};
    if (!api.endpointConfiguration->ipAddressType) api.endpointConfiguration->ipAddressType = "ipv4";
    api.policy = input.policy;
    api.tags = input.tags;
    api.disableExecuteApiEndpoint = input.disableExecuteApiEndpoint.value_or(false);
    return api;
}

}  // namespace

Task<api::CreateRestApi::Output> Operations::create_rest_api(const Context& context,
                                                             const api::CreateRestApi::Input& input) {
    check_request(input);
    const std::string custom_id = requested_id(input);
    std::vector<std::string> ids;
    for (int i = 0; i < kIdAttempts; ++i) ids.push_back(custom_id.empty() ? new_id(kIdLength) : custom_id);
    const std::string root_id = new_id(kIdLength);
    auto create = [&](store::Txn& txn) {
        std::size_t free = 0;
        while (free < ids.size() && is_api_id_taken(txn, ids[free])) ++free;
        if (free == ids.size()) {
            throw errors::ConflictException("The API id '" + ids.back() + "' is already in use");
        }
        const ApiKey key = key_of(context, ids[free]);
        api::RestApi api = describe(context, input);
        api.id = key.api_id;
        api.rootResourceId = root_id;
        put_api(txn, key, api);
        api::Resource root;
        root.id = root_id;
        root.path = "/";
        put_resource(txn, key, root);
        return api;
    };
    co_return co_await database_.write(create);
}

api::RestApi Operations::get_rest_api(const Context& context, const api::GetRestApi::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) { return require_api(txn, key); });
}

Task<api::GetRestApis::Output> Operations::get_rest_apis(const Context& context,
                                                         const api::GetRestApis::Input& input) {
    const Scope scope{context.account, context.region};
    auto list = [&](store::ReadTxn& txn) { return list_apis(txn, scope); };
    std::vector<api::RestApi> apis = co_await database_.read_in_pool(list);
    co_return page_of<api::RestApis>(std::move(apis), input.position, input.limit,
                                     [](const api::RestApi& api) { return *api.id; });
}

Task<api::DeleteRestApi::Output> Operations::delete_rest_api(const Context& context,
                                                             const api::DeleteRestApi::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        require_api(txn, key);
        erase_api(txn, key);
    };
    co_await database_.write(remove);
    co_return api::DeleteRestApi::Output{};
}

}  // namespace fogbank::apigateway::rest
