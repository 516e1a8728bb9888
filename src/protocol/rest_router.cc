#include "src/protocol/rest_router.h"

#include "src/base/url.h"
#include "src/protocol/service_traits.h"

#include <algorithm>
#include <string_view>

namespace fogbank::protocol {
namespace {

// A part of a query that has to be there: "?uploads", "?list-type=2".
struct FixedQuery {
    std::string name;
    std::string value;
    bool any_value;
};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t at = text.find(separator);
        out.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return out;
        text.remove_prefix(at + 1);
    }
}

bool equals_decoded(std::string_view encoded, std::string_view wanted) {
    if (encoded == wanted) return true;
    return encoded.find_first_of("%+") != std::string_view::npos && form_decode(encoded) == wanted;
}

// Looks through a query without building a list: routing happens for every request.
template <class F>
bool any_parameter(std::string_view query, F matches) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view part = query.substr(0, end);
        const std::size_t equals = std::min(part.find('='), part.size());
        const std::string_view value = equals < part.size() ? part.substr(equals + 1) : std::string_view();
        if (matches(part.substr(0, equals), value)) return true;
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return false;
}

bool has_parameter(std::string_view query, std::string_view name) {
    return any_parameter(
        query, [name](std::string_view key, std::string_view) { return equals_decoded(key, name); });
}

bool has_fixed(std::string_view query, const FixedQuery& fixed) {
    return any_parameter(query, [&fixed](std::string_view key, std::string_view value) {
        return equals_decoded(key, fixed.name) && (fixed.any_value || equals_decoded(value, fixed.value));
    });
}

std::string_view label_name(std::string_view segment) {
    segment = segment.substr(1, segment.size() - 2);
    if (segment.ends_with('+')) segment.remove_suffix(1);
    return segment;
}

bool is_label(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}
bool is_greedy(std::string_view segment) {
    return segment.ends_with("+}");
}

}  // namespace

struct RestRouter::Route {
    const model::Operation* operation;
    std::string_view method;
    std::vector<std::string_view> labels;  // names, in the order of the path
    std::vector<FixedQuery> fixed;
    // Required members outside path and body: among operations of one path they tell which is meant.
    std::vector<std::string_view> required_query;
    std::vector<std::string_view> required_headers;
    // More fixed parts come first, then more that is required.
    std::pair<std::size_t, std::size_t> specific() const {
        return {fixed.size(), required_query.size() + required_headers.size()};
    }
};

struct RestRouter::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> label;
    std::unique_ptr<Node> greedy;
    std::vector<const Route*> routes;  // the most specific first
};

namespace {

// aws: where a newer operation took over an older one's binding, its name goes on with more words
// (GetBucketLifecycle, GetBucketLifecycleConfiguration).
bool succeeds(std::string_view newer, std::string_view older) {
    return newer.size() > older.size() && newer.starts_with(older);
}

}  // namespace

RestRouter::~RestRouter() = default;
RestRouter::RestRouter(RestRouter&&) noexcept = default;
RestRouter& RestRouter::operator=(RestRouter&&) noexcept = default;

RestRouter::RestRouter(const model::Service& service)
    : root_(std::make_unique<Node>()), object_paths_(is_s3(service)) {
    if (!is_rest(service)) return;
    if (object_paths_) sub_resources_.insert("uploadId");
    for (const model::Operation* operation : service.operations) {
        auto route = std::make_unique<Route>();
        route->operation = operation;
        route->method = operation->http_method;
        const Target target = split_target(operation->request_uri);
        Node* node = root_.get();
        std::string_view path = target.path;
        while (path.starts_with('/')) path.remove_prefix(1);
        while (path.ends_with('/')) path.remove_suffix(1);
        for (const std::string_view segment : split(path, '/')) {
            if (segment.empty()) continue;
            std::unique_ptr<Node>* next = nullptr;
            if (is_label(segment)) {
                route->labels.push_back(label_name(segment));
                next = is_greedy(segment) ? &node->greedy : &node->label;
            } else {
                next = &node->literals[std::string(segment)];
            }
            if (*next == nullptr) *next = std::make_unique<Node>();
            node = next->get();
        }
        for (const std::string_view part : split(target.query, '&')) {
            if (part.empty()) continue;
            const std::size_t equals = std::min(part.find('='), part.size());
            const bool any = equals == part.size();
            route->fixed.push_back({std::string(part.substr(0, equals)),
                                    any ? std::string() : std::string(part.substr(equals + 1)), any});
            if (any && object_paths_) sub_resources_.insert(route->fixed.back().name);
        }
        for (const model::Member& member : operation->input->members) {
            if (!member.required) continue;
            if (member.location == model::Location::querystring) route->required_query.push_back(member.wire);
            if (member.location == model::Location::header) route->required_headers.push_back(member.wire);
        }
        auto& routes = node->routes;
        const auto place = std::find_if(routes.begin(), routes.end(), [&route](const Route* other) {
            if (other->specific() != route->specific()) return other->specific() < route->specific();
            return succeeds(route->operation->name, other->operation->name);
        });
        routes.insert(place, route.get());
        routes_.push_back(std::move(route));
    }
}

// One walk: literals before labels before greedy labels, going back where a branch has no such method.
struct RouteSearch {
    using Route = RestRouter::Route;
    using Node = RestRouter::Node;
    using SubResources = RestRouter::SubResources;
    std::string_view method;
    std::string_view query;
    const http::Headers& headers;
    bool strict;  // S3: a required parameter decides
    const SubResources& sub_resources;
    bool path_known = false;
    std::vector<std::string_view> values = {};
    const Route* found = nullptr;

    bool has_header(std::string_view name) const {
        if (headers.find(name) != nullptr) return true;
        return strict && name.starts_with("x-amz-") && has_parameter(query, name);
    }

    bool satisfied(const Route& route) const {
        for (const std::string_view name : route.required_query) {
            if (!has_parameter(query, name)) return false;
        }
        for (const std::string_view name : route.required_headers) {
            if (!has_header(name)) return false;
        }
        return true;
    }

    // S3: a sub-resource that the plain operation of a path does not know is none of its business: DELETE of
    // "/bucket?acl" is not DELETE of the bucket.
    bool is_about_another(const Route& route) const {
        if (!route.fixed.empty() || query.empty() || sub_resources.empty()) return false;
        const auto& own = route.required_query;
        return any_parameter(query, [&](std::string_view key, std::string_view) {
            return sub_resources.contains(key) && std::find(own.begin(), own.end(), key) == own.end();
        });
    }

    bool choose(const Node& node) {
        const Route* last = nullptr;
        for (const Route* route : node.routes) {
            if (route->method != method) {
                path_known = true;
                continue;
            }
            // Routes with as many fixed parts compete; one with fewer is another operation.
            if (last != nullptr && route->fixed.size() < last->fixed.size()) break;
            bool fixed = true;
            for (const FixedQuery& part : route->fixed) fixed = fixed && has_fixed(query, part);
            if (!fixed) continue;
            if (is_about_another(*route)) {
                path_known = true;
                continue;
            }
            if (satisfied(*route)) {
                found = route;
                return true;
            }
            last = route;
        }
        // None has all it requires. The least demanding one is meant and says what is missing; in S3 a path
        // without fixed parts then means nothing (POST to an object without an upload id).
        if (last == nullptr || (strict && !last->required_query.empty() && last->fixed.empty())) return false;
        found = last;
        return true;
    }

    bool walk(const Node& node, std::string_view rest) {
        if (rest.empty() || (!strict && rest == "/")) return choose(node);
        rest.remove_prefix(1);  // the slash before the segment
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        const std::string_view after = rest.substr(end);
        if (!node.literals.empty()) {
            auto literal = node.literals.find(segment);
            if (literal == node.literals.end() && segment.find('%') != std::string_view::npos) {
                literal = node.literals.find(percent_decode(segment));
            }
            if (literal != node.literals.end() && walk(*literal->second, after)) return true;
        }
        if (node.label != nullptr && !segment.empty()) {
            values.push_back(segment);
            if (walk(*node.label, after)) return true;
            values.pop_back();
        }
        return node.greedy != nullptr && greedy(*node.greedy, rest);
    }

    bool greedy(const Node& node, std::string_view rest) {
        if (!node.routes.empty() && !rest.empty()) {
            values.push_back(rest);
            if (choose(node)) return true;
            values.pop_back();
        }
        if (node.literals.empty() && node.label == nullptr) return false;
        // What follows the greedy label takes as little as it can.
        for (std::size_t at = rest.rfind('/'); at != std::string_view::npos && at > 0;
             at = rest.rfind('/', at - 1)) {
            values.push_back(rest.substr(0, at));
            if (walk(node, rest.substr(at))) return true;
            values.pop_back();
        }
        return false;
    }
};

RestRouter::Match RestRouter::match(std::string_view method, std::string_view path, std::string_view query,
                                    const http::Headers& headers) const {
    Match out;
    RouteSearch search{method, query, headers, object_paths_, sub_resources_};
    if (object_paths_) {
        // "/bucket/" is the bucket; every other slash belongs to the key.
        const std::size_t second = path.size() > 1 ? path.find('/', 1) : std::string_view::npos;
        if (second != std::string_view::npos && second + 1 == path.size()) path.remove_suffix(1);
        if (path == "/") path = {};
    }
    if (!path.empty() && path.front() != '/') return out;
    if (!search.walk(*root_, path)) {
        out.path_known = search.path_known;
        return out;
    }
    out.operation = search.found->operation;
    for (std::size_t i = 0; i < search.values.size(); ++i) {
        out.labels.emplace_back(search.found->labels[i], percent_decode(search.values[i]));
    }
    return out;
}

}  // namespace fogbank::protocol
