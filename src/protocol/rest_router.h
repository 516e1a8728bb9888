// Finds the operation of a REST service by method, path and query, as its model binds them.
#pragma once

#include "src/http/message.h"
#include "src/model/shape.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::protocol {

// The {labels} of a path, decoded, by their names in the model's requestUri (without the '+').
using UriLabels = std::vector<std::pair<std::string_view, std::string>>;

class RestRouter {
public:
    explicit RestRouter(const model::Service& service);
    ~RestRouter();
    RestRouter(RestRouter&&) noexcept;
    RestRouter& operator=(RestRouter&&) noexcept;

    struct Match {
        const model::Operation* operation = nullptr;  // null: no operation has this binding
        UriLabels labels;
        bool path_known = false;  // another method has this path
    };
    // `path` and `query` are as sent, still encoded.
    Match match(std::string_view method, std::string_view path, std::string_view query,
                const http::Headers& headers) const;

private:
    friend struct RouteSearch;
    struct Route;
    struct Node;
    using SubResources = std::set<std::string, std::less<>>;
    std::vector<std::unique_ptr<Route>> routes_;
    std::unique_ptr<Node> root_;
    bool object_paths_;           // S3: an object's key may begin and end with '/' and hold empty segments
    SubResources sub_resources_;  // S3: parameters that name one, such as "acl"
};

}  // namespace fogbank::protocol
