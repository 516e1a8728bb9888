#include "services/apigateway/rest/store.h"

namespace fogbank::apigateway::rest {

std::optional<api::RestApi> find_api(store::ReadTxn& txn, const ApiKey& key) {
    auto rows =
        txn.query("select document from apigateway_api where account = ?1 and region = ?2 and api_id = ?3",
                  key.account, key.region, key.api_id);
    if (!rows.next()) return std::nullopt;
    return parse_rest_api(rows->text(0));
}

std::vector<api::RestApi> list_apis(store::ReadTxn& txn, const Scope& scope) {
    std::vector<api::RestApi> apis;
    for (const auto& row :
         txn.query("select document from apigateway_api where account = ?1 and region = ?2 order by api_id",
                   scope.account, scope.region)) {
        apis.push_back(parse_rest_api(row.text(0)));
    }
    return apis;
}

bool is_api_id_taken(store::ReadTxn& txn, std::string_view api_id) {
    return txn.query("select 1 from apigateway_api where api_id = ?1", api_id).next();
}

void put_api(store::Txn& txn, const ApiKey& key, const api::RestApi& api) {
    const std::string document = to_json(api);
    txn.execute(
        "insert into apigateway_api (account, region, api_id, document) values (?1, ?2, ?3, ?4) "
        "on conflict (account, region, api_id) do update set document = excluded.document",
        key.account, key.region, key.api_id, document);
}

void erase_api(store::Txn& txn, const ApiKey& key) {
    txn.execute("delete from apigateway_stage where account = ?1 and region = ?2 and api_id = ?3",
                key.account, key.region, key.api_id);
    txn.execute("delete from apigateway_deployment where account = ?1 and region = ?2 and api_id = ?3",
                key.account, key.region, key.api_id);
    txn.execute("delete from apigateway_resource where account = ?1 and region = ?2 and api_id = ?3",
                key.account, key.region, key.api_id);
    txn.execute("delete from apigateway_api where account = ?1 and region = ?2 and api_id = ?3", key.account,
                key.region, key.api_id);
}

std::optional<api::Resource> find_resource(store::ReadTxn& txn, const ApiKey& key,
                                           std::string_view resource_id) {
    auto rows = txn.query(
        "select document from apigateway_resource "
        "where account = ?1 and region = ?2 and api_id = ?3 and resource_id = ?4",
        key.account, key.region, key.api_id, resource_id);
    if (!rows.next()) return std::nullopt;
    return parse_resource(rows->text(0));
}

std::vector<api::Resource> list_resources(store::ReadTxn& txn, const ApiKey& key) {
    std::vector<api::Resource> resources;
    for (const auto& row : txn.query(
             "select document from apigateway_resource where account = ?1 and region = ?2 and api_id = ?3 "
             "order by path",
             key.account, key.region, key.api_id)) {
        resources.push_back(parse_resource(row.text(0)));
    }
    return resources;
}

void put_resource(store::Txn& txn, const ApiKey& key, const api::Resource& resource) {
    const std::string document = to_json(resource);
    txn.execute(
        "insert into apigateway_resource (account, region, api_id, resource_id, path, document) "
        "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (account, region, api_id, resource_id) "
        "do update set path = excluded.path, document = excluded.document",
        key.account, key.region, key.api_id, *resource.id, *resource.path, document);
}

void erase_resource(store::Txn& txn, const ApiKey& key, std::string_view resource_id) {
    txn.execute(
        "delete from apigateway_resource "
        "where account = ?1 and region = ?2 and api_id = ?3 and resource_id = ?4",
        key.account, key.region, key.api_id, resource_id);
}

std::optional<api::Deployment> find_deployment(store::ReadTxn& txn, const ApiKey& key, std::string_view id) {
    auto rows = txn.query(
        "select document from apigateway_deployment "
        "where account = ?1 and region = ?2 and api_id = ?3 and deployment_id = ?4",
        key.account, key.region, key.api_id, id);
    if (!rows.next()) return std::nullopt;
    return parse_deployment(rows->text(0));
}

std::optional<Snapshot> find_snapshot(store::ReadTxn& txn, const ApiKey& key,
                                      std::string_view deployment_id) {
    auto rows = txn.query(
        "select api, resources from apigateway_deployment "
        "where account = ?1 and region = ?2 and api_id = ?3 and deployment_id = ?4",
        key.account, key.region, key.api_id, deployment_id);
    if (!rows.next()) return std::nullopt;
    return Snapshot{parse_rest_api(rows->text(0)), parse_resources(rows->text(1))};
}

std::vector<api::Deployment> list_deployments(store::ReadTxn& txn, const ApiKey& key) {
    std::vector<api::Deployment> deployments;
    for (const auto& row : txn.query(
             "select document from apigateway_deployment where account = ?1 and region = ?2 and api_id = ?3 "
             "order by deployment_id",
             key.account, key.region, key.api_id)) {
        deployments.push_back(parse_deployment(row.text(0)));
    }
    return deployments;
}

void put_deployment(store::Txn& txn, const ApiKey& key, const api::Deployment& deployment,
                    const Snapshot& snapshot) {
    const std::string document = to_json(deployment);
    const std::string api = to_json(snapshot.api);
    const std::string resources = to_json(snapshot.resources);
    txn.execute(
        "insert into apigateway_deployment (account, region, api_id, deployment_id, document, api, "
        "resources) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        key.account, key.region, key.api_id, *deployment.id, document, api, resources);
}

void erase_deployment(store::Txn& txn, const ApiKey& key, std::string_view id) {
    txn.execute(
        "delete from apigateway_deployment "
        "where account = ?1 and region = ?2 and api_id = ?3 and deployment_id = ?4",
        key.account, key.region, key.api_id, id);
}

std::optional<api::Stage> find_stage(store::ReadTxn& txn, const ApiKey& key, std::string_view name) {
    auto rows = txn.query(
        "select document from apigateway_stage "
        "where account = ?1 and region = ?2 and api_id = ?3 and stage_name = ?4",
        key.account, key.region, key.api_id, name);
    if (!rows.next()) return std::nullopt;
    return parse_stage(rows->text(0));
}

std::vector<api::Stage> list_stages(store::ReadTxn& txn, const ApiKey& key) {
    std::vector<api::Stage> stages;
    for (const auto& row :
         txn.query("select document from apigateway_stage where account = ?1 and region = ?2 and api_id = ?3 "
                   "order by stage_name",
                   key.account, key.region, key.api_id)) {
        stages.push_back(parse_stage(row.text(0)));
    }
    return stages;
}

void put_stage(store::Txn& txn, const ApiKey& key, const api::Stage& stage, std::int64_t version) {
    const std::string document = to_json(stage);
    txn.execute(
        "insert into apigateway_stage (account, region, api_id, stage_name, deployment_id, version, "
        "document) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (account, region, api_id, stage_name) do update set "
        "deployment_id = excluded.deployment_id, version = excluded.version, document = excluded.document",
        key.account, key.region, key.api_id, *stage.stageName, *stage.deploymentId, version, document);
}

void erase_stage(store::Txn& txn, const ApiKey& key, std::string_view name) {
    txn.execute(
        "delete from apigateway_stage where account = ?1 and region = ?2 and api_id = ?3 and stage_name = ?4",
        key.account, key.region, key.api_id, name);
}

std::optional<StageRoute> find_route(store::ReadTxn& txn, std::string_view api_id, std::string_view stage) {
    auto rows = txn.query(
        "select account, region, version from apigateway_stage where api_id = ?1 and stage_name = ?2", api_id,
        stage);
    if (!rows.next()) return std::nullopt;
    return StageRoute{{std::string(rows->text(0)), std::string(rows->text(1)), std::string(api_id)},
                      rows->integer(2)};
}

void erase_account(store::Txn& txn, std::string_view account) {
    txn.execute("delete from apigateway_stage where ?1 = '' or account = ?1", account);
    txn.execute("delete from apigateway_deployment where ?1 = '' or account = ?1", account);
    txn.execute("delete from apigateway_resource where ?1 = '' or account = ?1", account);
    txn.execute("delete from apigateway_api where ?1 = '' or account = ?1", account);
}

}  // namespace fogbank::apigateway::rest
