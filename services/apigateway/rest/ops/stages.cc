#include "services/apigateway/model/create_stage.h"
#include "services/apigateway/model/delete_stage.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_stage.h"
#include "services/apigateway/model/get_stages.h"
#include "services/apigateway/model/update_stage.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "services/apigateway/rest/stage_rules.h"
#include "src/gateway/unheeded.h"

namespace fogbank::apigateway::rest {

namespace {

void check_deployment(store::ReadTxn& txn, const ApiKey& key, const std::string& id) {
    if (!find_deployment(txn, key, id)) throw errors::BadRequestException("Deployment id does not exist");
}

void refuse_unserved(const api::CreateStage::Input& input) {
    if (input.canarySettings)
        throw Error("NotImplemented", 501, "Fogbank does not serve canary deployments.");
    if (input.cacheClusterEnabled.value_or(false)) {
        throw Error("NotImplemented", 501, "Fogbank does not serve cache clusters.");
    }
    if (input.tracingEnabled.value_or(false)) gateway::refuse_unheeded("tracingEnabled");
}

api::Stage describe(const gateway::RequestContext& context, const api::CreateStage::Input& input) {
    api::Stage stage;
    stage.stageName = input.stageName;
    stage.deploymentId = input.deploymentId;
    stage.description = input.description;
    stage.cacheClusterEnabled = false;
    stage.cacheClusterStatus = "NOT_AVAILABLE";
    stage.methodSettings.emplace();
    stage.variables = input.variables;
    stage.documentationVersion = input.documentationVersion;
    stage.tracingEnabled = input.tracingEnabled.value_or(false);
    stage.tags = input.tags;
    stage.createdDate = from_unix_seconds(unix_seconds(context.received_at));
    stage.lastUpdatedDate = stage.createdDate;
    return stage;
}

}  // namespace

Task<api::CreateStage::Output> Operations::create_stage(const Context& context,
                                                        const api::CreateStage::Input& input) {
    refuse_unserved(input);
    const ApiKey key = key_of(context, *input.restApiId);
    const std::int64_t version = new_version();
    auto create = [&](store::Txn& txn) {
        require_api(txn, key);
        check_stage_name(*input.stageName);
        if (input.variables) check_variables(*input.variables);
        check_deployment(txn, key, *input.deploymentId);
        if (find_stage(txn, key, *input.stageName)) throw errors::ConflictException("Stage already exists");
        const api::Stage stage = describe(context, input);
        put_stage(txn, key, stage, version);
        return stage;
    };
    co_return co_await database_.write(create);
}

api::Stage Operations::get_stage(const Context& context, const api::GetStage::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) { return require_stage(txn, key, *input.stageName); });
}

Task<api::GetStages::Output> Operations::get_stages(const Context& context,
                                                    const api::GetStages::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto list = [&](store::ReadTxn& txn) {
        require_api(txn, key);
        return list_stages(txn, key);
    };
    api::GetStages::Output output;
    output.item = co_await database_.read_in_pool(list);
    if (input.deploymentId) {
        std::erase_if(*output.item,
                      [&](const api::Stage& stage) { return *stage.deploymentId != *input.deploymentId; });
    }
    co_return output;
}

Task<api::UpdateStage::Output> Operations::update_stage(const Context& context,
                                                        const api::UpdateStage::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    const std::int64_t version = new_version();
    auto update = [&](store::Txn& txn) {
        api::Stage stage = require_stage(txn, key, *input.stageName);
        if (input.patchOperations) patch_stage(stage, *input.patchOperations);
        check_deployment(txn, key, *stage.deploymentId);
        stage.lastUpdatedDate = from_unix_seconds(unix_seconds(context.received_at));
        put_stage(txn, key, stage, version);
        return stage;
    };
    co_return co_await database_.write(update);
}

Task<api::DeleteStage::Output> Operations::delete_stage(const Context& context,
                                                        const api::DeleteStage::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        require_stage(txn, key, *input.stageName);
        erase_stage(txn, key, *input.stageName);
    };
    co_await database_.write(remove);
    co_return api::DeleteStage::Output{};
}

}  // namespace fogbank::apigateway::rest
