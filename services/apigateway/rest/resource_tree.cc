#include "services/apigateway/rest/resource_tree.h"

#include "src/base/url.h"

namespace fogbank::apigateway::rest {

namespace {

// The first part of "a/b/c", and the rest behind its slash.
std::pair<std::string_view, std::string_view> split_first(std::string_view path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {path, {}};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

bool is_variable(std::string_view part) {
    return part.size() > 2 && part.front() == '{' && part.back() == '}';
}

bool is_greedy(std::string_view part) {
    return is_variable(part) && part[part.size() - 2] == '+';
}

}  // namespace

ResourceTree::ResourceTree(std::vector<api::Resource> resources) : resources_(std::move(resources)) {
    for (const api::Resource& resource : resources_) {
        if (resource.resourceMethods && !resource.resourceMethods->empty()) insert(resource);
    }
}

void ResourceTree::insert(const api::Resource& resource) {
    Node* node = &root_;
    std::string_view rest = std::string_view(*resource.path).substr(1);
    while (!rest.empty()) {
        const auto [part, behind] = split_first(rest);
        if (is_greedy(part)) {
            node->greedy = &resource;
            node->greedy_name = part.substr(1, part.size() - 3);
            return;
        }
        std::unique_ptr<Node>* next = &node->variable;
        if (is_variable(part)) {
            node->variable_name = part.substr(1, part.size() - 2);
        } else {
            next = &node->fixed[std::string(part)];
        }
        if (*next == nullptr) *next = std::make_unique<Node>();
        node = next->get();
        rest = behind;
    }
    node->resource = &resource;
}

std::optional<PathMatch> ResourceTree::match(std::string_view path) const {
    std::string_view rest = path;
    if (rest.starts_with('/')) rest.remove_prefix(1);
    PathMatch match;
    if (!find(root_, rest, match)) return std::nullopt;
    return match;
}

bool ResourceTree::find(const Node& node, std::string_view rest, PathMatch& match) const {
    // aws: a trailing slash does not matter.
    if (rest.empty()) {
        match.resource = node.resource;
        return match.resource != nullptr;
    }
    const auto [part, behind] = split_first(rest);
    if (auto fixed = node.fixed.find(percent_decode(part)); fixed != node.fixed.end()) {
        if (find(*fixed->second, behind, match)) return true;
    }
    if (node.variable != nullptr && !part.empty()) {
        match.parameters.emplace_back(node.variable_name, percent_decode(part));
        if (find(*node.variable, behind, match)) return true;
        match.parameters.pop_back();
    }
    if (node.greedy == nullptr) return false;
    match.resource = node.greedy;
    match.parameters.emplace_back(node.greedy_name, percent_decode(rest));
    return true;
}

const api::Method* find_method(const api::Resource& resource, const std::string& http_method) {
    const auto& methods = *resource.resourceMethods;
    auto found = methods.find(http_method);
    if (found == methods.end()) found = methods.find("ANY");
    return found == methods.end() ? nullptr : &found->second;
}

}  // namespace fogbank::apigateway::rest
