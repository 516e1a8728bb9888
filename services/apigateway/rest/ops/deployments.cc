#include "services/apigateway/model/create_deployment.h"
#include "services/apigateway/model/delete_deployment.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_deployment.h"
#include "services/apigateway/model/get_deployments.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "services/apigateway/rest/stage_rules.h"

#include <algorithm>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::size_t kIdLength = 6;

void refuse_unserved(const api::CreateDeployment::Input& input) {
    if (input.canarySettings)
        throw Error("NotImplemented", 501, "Fogbank does not serve canary deployments.");
    if (input.cacheClusterEnabled.value_or(false)) {
        throw Error("NotImplemented", 501, "Fogbank does not serve cache clusters.");
    }
}

// aws: only what can be called can be deployed.
void check_complete(const std::vector<api::Resource>& resources) {
    bool has_method = false;
    for (const api::Resource& resource : resources) {
        if (!resource.resourceMethods) continue;
        for (const auto& [name, method] : *resource.resourceMethods) {
            has_method = true;
            if (!method.methodIntegration) {
                throw errors::BadRequestException("No integration defined for method");
            }
        }
    }
    if (!has_method) throw errors::BadRequestException("The REST API doesn't contain any methods");
}

api::Stage stage_for(store::ReadTxn& txn, const ApiKey& key, const api::CreateDeployment::Input& input,
                     const api::Deployment& deployment) {
    std::optional<api::Stage> found = find_stage(txn, key, *input.stageName);
    api::Stage stage;
    if (found) {
        stage = *std::move(found);
    } else {
        stage.stageName = input.stageName;
        stage.createdDate = deployment.createdDate;
        stage.cacheClusterEnabled = false;
        stage.cacheClusterStatus = "NOT_AVAILABLE";
        stage.methodSettings.emplace();
        stage.tracingEnabled = false;
    }
    stage.deploymentId = deployment.id;
    stage.lastUpdatedDate = deployment.createdDate;
    if (input.stageDescription) stage.description = input.stageDescription;
    if (input.tracingEnabled) stage.tracingEnabled = input.tracingEnabled;
    if (input.variables) {
        auto& variables = stage.variables ? *stage.variables : stage.variables.emplace();
        for (const auto& [name, value] : *input.variables) variables.insert_or_assign(name, value);
    }
    return stage;
}

void add_summary(api::Deployment& deployment, const Snapshot& snapshot) {
    auto& summary = deployment.apiSummary.emplace();
    if (!snapshot.resources.items) return;
    for (const api::Resource& resource : *snapshot.resources.items) {
        if (!resource.resourceMethods) continue;
        for (const auto& [name, method] : *resource.resourceMethods) {
            api::MethodSnapshot& entry = summary[*resource.path][name];
            entry.authorizationType = method.authorizationType;
            entry.apiKeyRequired = method.apiKeyRequired;
        }
    }
}

}  // namespace

Task<api::CreateDeployment::Output> Operations::create_deployment(const Context& context,
                                                                  const api::CreateDeployment::Input& input) {
    refuse_unserved(input);
    const ApiKey key = key_of(context, *input.restApiId);
    const std::string id = new_id(kIdLength);
    const std::int64_t version = new_version();
    auto create = [&](store::Txn& txn) {
        Snapshot snapshot{require_api(txn, key), {}};
        snapshot.resources.items = list_resources(txn, key);
        check_complete(*snapshot.resources.items);
        if (input.variables) check_variables(*input.variables);
        api::Deployment deployment;
        deployment.id = id;
        deployment.description = input.description;
        deployment.createdDate = from_unix_seconds(unix_seconds(context.received_at));
        put_deployment(txn, key, deployment, snapshot);
        if (input.stageName && !input.stageName->empty()) {
            check_stage_name(*input.stageName);
            put_stage(txn, key, stage_for(txn, key, input, deployment), version);
        }
        return deployment;
    };
    co_return co_await database_.write(create);
}

api::Deployment Operations::get_deployment(const Context& context, const api::GetDeployment::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    return database_.read([&](store::ReadTxn& txn) {
        api::Deployment deployment = require_deployment(txn, key, *input.deploymentId);
        const auto& embed = input.embed;
        if (embed && std::find(embed->begin(), embed->end(), "apisummary") != embed->end()) {
            add_summary(deployment, *find_snapshot(txn, key, *input.deploymentId));
        }
        return deployment;
    });
}

Task<api::GetDeployments::Output> Operations::get_deployments(const Context& context,
                                                              const api::GetDeployments::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto list = [&](store::ReadTxn& txn) {
        require_api(txn, key);
        return list_deployments(txn, key);
    };
    std::vector<api::Deployment> deployments = co_await database_.read_in_pool(list);
    co_return page_of<api::Deployments>(std::move(deployments), input.position, input.limit,
                                        [](const api::Deployment& deployment) { return *deployment.id; });
}

Task<api::DeleteDeployment::Output> Operations::delete_deployment(const Context& context,
                                                                  const api::DeleteDeployment::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        require_deployment(txn, key, *input.deploymentId);
        for (const api::Stage& stage : list_stages(txn, key)) {
            if (*stage.deploymentId != *input.deploymentId) continue;
            throw errors::BadRequestException(
                "Active stages pointing to this deployment must be moved or deleted");
        }
        erase_deployment(txn, key, *input.deploymentId);
    };
    co_await database_.write(remove);
    co_return api::DeleteDeployment::Output{};
}

}  // namespace fogbank::apigateway::rest
