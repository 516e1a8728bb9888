#include "services/apigateway/rest/stage_cache.h"

namespace fogbank::apigateway::rest {

namespace {

constexpr std::size_t kLimit = 1024;  // compiled stages in memory; one takes some kilobytes

std::shared_ptr<const CompiledStage> compile(store::ReadTxn& txn, const StageRoute& route,
                                             const std::string& name) {
    std::optional<api::Stage> stage = find_stage(txn, route.key, name);
    std::optional<Snapshot> snapshot = find_snapshot(txn, route.key, *stage->deploymentId);
    if (!snapshot) return nullptr;
    return std::make_shared<const CompiledStage>(
        CompiledStage{route.key, route.version, *std::move(stage), std::move(snapshot->api),
                      ResourceTree(snapshot->resources.items.value_or(std::vector<api::Resource>()))});
}

}  // namespace

const model::Map<std::string>& CompiledStage::variables() const {
    static const model::Map<std::string> kNone;
    return stage.variables ? *stage.variables : kNone;
}

const std::vector<std::string>& CompiledStage::binary_types() const {
    static const std::vector<std::string> kNone;
    return api.binaryMediaTypes ? *api.binaryMediaTypes : kNone;
}

std::shared_ptr<const CompiledStage> StageCache::cached(const std::string& name, std::int64_t version) {
    std::scoped_lock lock(mutex_);
    const auto found = stages_.find(name);
    if (found == stages_.end() || found->second->version != version) return nullptr;
    return found->second;
}

std::shared_ptr<const CompiledStage> StageCache::find(store::ReadTxn& txn, const std::string& api_id,
                                                      const std::string& stage) {
    const std::optional<StageRoute> route = find_route(txn, api_id, stage);
    if (!route) return nullptr;
    const std::string name = api_id + "/" + stage;
    if (auto known = cached(name, route->version)) return known;
    std::shared_ptr<const CompiledStage> compiled = compile(txn, *route, stage);
    if (compiled == nullptr) return nullptr;
    std::scoped_lock lock(mutex_);
    if (stages_.size() >= kLimit) stages_.clear();
    stages_[name] = compiled;
    return compiled;
}

void StageCache::clear() {
    std::scoped_lock lock(mutex_);
    stages_.clear();
}

}  // namespace fogbank::apigateway::rest
