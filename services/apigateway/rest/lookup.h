// Rows that must exist, with AWS's words where they don't.
#pragma once

#include "services/apigateway/rest/store.h"
#include "src/gateway/request_context.h"

namespace fogbank::apigateway::rest {

ApiKey key_of(const gateway::RequestContext& context, const std::string& api_id);

api::RestApi require_api(store::ReadTxn& txn, const ApiKey& key);
// The API is checked first.
api::Resource require_resource(store::ReadTxn& txn, const ApiKey& key, const std::string& resource_id);
api::Deployment require_deployment(store::ReadTxn& txn, const ApiKey& key, const std::string& id);
api::Stage require_stage(store::ReadTxn& txn, const ApiKey& key, const std::string& name);

// A part of `resource`; throws NotFoundException.
api::Method& require_method(api::Resource& resource, const std::string& http_method);
api::Integration& require_integration(api::Method& method);

// The page of `items` (sorted by `id_of`) behind `position`, and the next page's position where there is one.
template <class Output, class Item, class IdOf>
Output page_of(std::vector<Item> items, const std::optional<std::string>& position,
               const std::optional<std::int32_t>& limit, IdOf id_of);

std::size_t page_size(const std::optional<std::int32_t>& limit);
std::string encode_position(const std::string& id);
std::string decode_position(const std::string& position);

template <class Output, class Item, class IdOf>
Output page_of(std::vector<Item> items, const std::optional<std::string>& position,
               const std::optional<std::int32_t>& limit, IdOf id_of) {
    if (position) {
        const std::string after = decode_position(*position);
        std::erase_if(items, [&](const Item& item) { return id_of(item) <= after; });
    }
    Output output;
    const std::size_t size = page_size(limit);
    if (items.size() > size) {
        items.resize(size);
        output.position = encode_position(id_of(items.back()));
    }
    output.items = std::move(items);
    return output;
}

}  // namespace fogbank::apigateway::rest
