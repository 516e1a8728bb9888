// REST APIs, resources, deployments and stages as rows.
#pragma once

#include "services/apigateway/rest/documents.h"
#include "src/store/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::apigateway::rest {

// Whose state a call sees.
struct Scope {
    std::string_view account;
    std::string_view region;
};

// An API of a scope: what leads the key of all its rows.
struct ApiKey {
    std::string account;
    std::string region;
    std::string api_id;
};

std::optional<api::RestApi> find_api(store::ReadTxn& txn, const ApiKey& key);
std::vector<api::RestApi> list_apis(store::ReadTxn& txn, const Scope& scope);  // by id
bool is_api_id_taken(store::ReadTxn& txn, std::string_view api_id);            // in any account
void put_api(store::Txn& txn, const ApiKey& key, const api::RestApi& api);
void erase_api(store::Txn& txn, const ApiKey& key);  // with all that belongs to it

std::optional<api::Resource> find_resource(store::ReadTxn& txn, const ApiKey& key,
                                           std::string_view resource_id);
std::vector<api::Resource> list_resources(store::ReadTxn& txn, const ApiKey& key);  // by path
void put_resource(store::Txn& txn, const ApiKey& key, const api::Resource& resource);
void erase_resource(store::Txn& txn, const ApiKey& key, std::string_view resource_id);

// What a deployment serves.
struct Snapshot {
    api::RestApi api;
    api::Resources resources;
};
std::optional<api::Deployment> find_deployment(store::ReadTxn& txn, const ApiKey& key, std::string_view id);
std::optional<Snapshot> find_snapshot(store::ReadTxn& txn, const ApiKey& key, std::string_view deployment_id);
std::vector<api::Deployment> list_deployments(store::ReadTxn& txn, const ApiKey& key);  // by id
void put_deployment(store::Txn& txn, const ApiKey& key, const api::Deployment& deployment,
                    const Snapshot& snapshot);
void erase_deployment(store::Txn& txn, const ApiKey& key, std::string_view id);

std::optional<api::Stage> find_stage(store::ReadTxn& txn, const ApiKey& key, std::string_view name);
std::vector<api::Stage> list_stages(store::ReadTxn& txn, const ApiKey& key);  // by name
// `version` must never have been given to this stage's name before: caches go by it.
void put_stage(store::Txn& txn, const ApiKey& key, const api::Stage& stage, std::int64_t version);
void erase_stage(store::Txn& txn, const ApiKey& key, std::string_view name);

// A stage as a request finds it.
struct StageRoute {
    ApiKey key;
    std::int64_t version = 0;
};
std::optional<StageRoute> find_route(store::ReadTxn& txn, std::string_view api_id, std::string_view stage);

// All of an account, or everything where it is empty.
void erase_account(store::Txn& txn, std::string_view account);

}  // namespace fogbank::apigateway::rest
