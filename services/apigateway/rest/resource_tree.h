// Which resource a path means: static parts before {parameters} before {greedy+} ones.
#pragma once

#include "services/apigateway/model/get_resource.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fogbank::apigateway::rest {

struct PathMatch {
    const api::Resource* resource = nullptr;
    std::vector<std::pair<std::string, std::string>> parameters;  // decoded
};

class ResourceTree {
public:
    // Resources without methods are only steps to others: they match nothing.
    explicit ResourceTree(std::vector<api::Resource> resources);

    // `path` starts with '/' and is still percent-encoded. Nothing where no resource fits.
    std::optional<PathMatch> match(std::string_view path) const;

private:
    struct Node {
        std::unordered_map<std::string, std::unique_ptr<Node>> fixed;
        std::unique_ptr<Node> variable;
        std::string variable_name;
        const api::Resource* greedy = nullptr;
        std::string greedy_name;
        const api::Resource* resource = nullptr;
    };
    void insert(const api::Resource& resource);
    bool find(const Node& node, std::string_view rest, PathMatch& match) const;

    std::vector<api::Resource> resources_;
    Node root_;
};

// The method of `resource` that serves `http_method`: its own, or ANY. Null where there is none.
const api::Method* find_method(const api::Resource& resource, const std::string& http_method);

}  // namespace fogbank::apigateway::rest
