#include "services/apigateway/model/create_resource.h"
#include "services/apigateway/model/delete_resource.h"
#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/get_resource.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/rest/lookup.h"
#include "services/apigateway/rest/operations.h"
#include "services/apigateway/rest/path_part.h"

#include <algorithm>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::size_t kIdLength = 6;

// aws: without embed=methods a resource shows the names of its methods only.
void hide_methods(api::Resource& resource, const std::optional<std::vector<std::string>>& embed) {
    if (!resource.resourceMethods) return;
    if (embed && std::find(embed->begin(), embed->end(), "methods") != embed->end()) return;
    for (auto& [name, method] : *resource.resourceMethods) method = api::Method{};
}

std::vector<api::Resource> children_of(const std::vector<api::Resource>& all, const std::string& id) {
    std::vector<api::Resource> children;
    for (const api::Resource& resource : all) {
        if (resource.parentId && *resource.parentId == id) children.push_back(resource);
    }
    return children;
}

}  // namespace

Task<api::CreateResource::Output> Operations::create_resource(const Context& context,
                                                              const api::CreateResource::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    const std::string id = new_id(kIdLength);
    auto create = [&](store::Txn& txn) {
        const api::Resource parent = require_resource(txn, key, *input.parentId);
        check_path_part(*input.pathPart, parent, children_of(list_resources(txn, key), *parent.id));
        api::Resource resource;
        resource.id = id;
        resource.parentId = parent.id;
        resource.pathPart = input.pathPart;
        resource.path = child_path(parent, *input.pathPart);
        put_resource(txn, key, resource);
        return resource;
    };
    co_return co_await database_.write(create);
}

api::Resource Operations::get_resource(const Context& context, const api::GetResource::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    api::Resource resource =
        database_.read([&](store::ReadTxn& txn) { return require_resource(txn, key, *input.resourceId); });
    hide_methods(resource, input.embed);
    return resource;
}

Task<api::GetResources::Output> Operations::get_resources(const Context& context,
                                                          const api::GetResources::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto list = [&](store::ReadTxn& txn) {
        require_api(txn, key);
        return list_resources(txn, key);
    };
    std::vector<api::Resource> resources = co_await database_.read_in_pool(list);
    for (api::Resource& resource : resources) hide_methods(resource, input.embed);
    co_return page_of<api::Resources>(std::move(resources), input.position, input.limit,
                                      [](const api::Resource& resource) { return *resource.path; });
}

Task<api::DeleteResource::Output> Operations::delete_resource(const Context& context,
                                                              const api::DeleteResource::Input& input) {
    const ApiKey key = key_of(context, *input.restApiId);
    auto remove = [&](store::Txn& txn) {
        const api::Resource resource = require_resource(txn, key, *input.resourceId);
        if (!resource.parentId) throw errors::BadRequestException("Root resource cannot be deleted");
        const std::string below = *resource.path + "/";
        for (const api::Resource& other : list_resources(txn, key)) {
            if (other.path->starts_with(below)) erase_resource(txn, key, *other.id);
        }
        erase_resource(txn, key, *resource.id);
    };
    co_await database_.write(remove);
    co_return api::DeleteResource::Output{};
}

}  // namespace fogbank::apigateway::rest
