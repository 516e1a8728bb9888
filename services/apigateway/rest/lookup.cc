#include "services/apigateway/rest/lookup.h"

#include "services/apigateway/model/errors.h"
#include "src/base/bytes.h"

namespace fogbank::apigateway::rest {

namespace {

// aws: "The default value is 25 and the maximum value is 500."
constexpr std::int32_t kDefaultPage = 25;
constexpr std::int32_t kLargestPage = 500;

}  // namespace

ApiKey key_of(const gateway::RequestContext& context, const std::string& api_id) {
    return {context.account, context.region, api_id};
}

api::RestApi require_api(store::ReadTxn& txn, const ApiKey& key) {
    std::optional<api::RestApi> api = find_api(txn, key);
    if (!api) {
        throw errors::NotFoundException("Invalid API identifier specified " + key.account + ":" + key.api_id);
    }
    return *std::move(api);
}

api::Resource require_resource(store::ReadTxn& txn, const ApiKey& key, const std::string& resource_id) {
    std::optional<api::Resource> resource = find_resource(txn, key, resource_id);
    if (resource) return *std::move(resource);
    require_api(txn, key);
    throw errors::NotFoundException("Invalid Resource identifier specified");
}

api::Deployment require_deployment(store::ReadTxn& txn, const ApiKey& key, const std::string& id) {
    std::optional<api::Deployment> deployment = find_deployment(txn, key, id);
    if (deployment) return *std::move(deployment);
    require_api(txn, key);
    throw errors::NotFoundException("Invalid Deployment identifier specified");
}

api::Stage require_stage(store::ReadTxn& txn, const ApiKey& key, const std::string& name) {
    std::optional<api::Stage> stage = find_stage(txn, key, name);
    if (stage) return *std::move(stage);
    require_api(txn, key);
    throw errors::NotFoundException("Invalid stage identifier specified");
}

api::Method& require_method(api::Resource& resource, const std::string& http_method) {
    if (resource.resourceMethods) {
        const auto found = resource.resourceMethods->find(http_method);
        if (found != resource.resourceMethods->end()) return found->second;
    }
    throw errors::NotFoundException("Invalid Method identifier specified");
}

api::Integration& require_integration(api::Method& method) {
    if (!method.methodIntegration)
        throw errors::NotFoundException("Invalid Integration identifier specified");
    return *method.methodIntegration;
}

std::size_t page_size(const std::optional<std::int32_t>& limit) {
    const std::int32_t size = limit.value_or(kDefaultPage);
    if (size < 1 || size > kLargestPage) {
        throw errors::BadRequestException("Invalid limit specified. Valid values are between 1 and 500.");
    }
    return static_cast<std::size_t>(size);
}

std::string encode_position(const std::string& id) {
    return base64_encode(id);
}

std::string decode_position(const std::string& position) {
    std::optional<std::string> id = base64_decode(position);
    if (!id) throw errors::BadRequestException("Invalid position parameter specified.");
    return *std::move(id);
}

}  // namespace fogbank::apigateway::rest
