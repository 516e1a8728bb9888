// Deployed stages, ready to serve: compiled once per version, shared by the requests that use them.
#pragma once

#include "services/apigateway/rest/resource_tree.h"
#include "services/apigateway/rest/store.h"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace fogbank::apigateway::rest {

struct CompiledStage {
    ApiKey key;
    std::int64_t version = 0;
    api::Stage stage;
    api::RestApi api;
    ResourceTree resources;

    const model::Map<std::string>& variables() const;
    const std::vector<std::string>& binary_types() const;
};

// Thread-safe, bounded.
class StageCache {
public:
    // The stage as `txn` sees it; null where the API has no such stage.
    std::shared_ptr<const CompiledStage> find(store::ReadTxn& txn, const std::string& api_id,
                                              const std::string& stage);
    void clear();

private:
    // Shared: a request may still use a version that another one replaced.
    std::shared_ptr<const CompiledStage> cached(const std::string& name, std::int64_t version);
    std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const CompiledStage>> stages_;
};

}  // namespace fogbank::apigateway::rest
