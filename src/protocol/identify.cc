#include "src/protocol/identify.h"

#include "src/base/url.h"
#include "src/protocol/service_traits.h"

#include <algorithm>
#include <iterator>

namespace fogbank::protocol {
namespace {

using model::Protocol;

bool is_query(const model::Service& service) {
    return service.protocol == Protocol::query || service.protocol == Protocol::ec2;
}

bool is_form(const http::Headers& headers) {
    return http::equal_ignoring_case(media_type(headers), "application/x-www-form-urlencoded");
}

// aws: DynamoDB reads x-amz-json-1.0 and json, Kinesis x-amz-json-1.1, x-amz-cbor-1.1 and json, and a request
// without a body needs no type; all else is <UnknownOperationException/> (dynalite's and kinesalite's
// suites).
bool reads_content(const model::Service& service, const http::Headers& headers) {
    const std::string_view type = media_type(headers);
    if (type.empty()) {
        const std::string_view length = headers.get("Content-Length");
        return (length.empty() || length == "0") && !headers.has("Transfer-Encoding");
    }
    if (http::equal_ignoring_case(type, "application/json")) return true;
    if (json_dialect(service) == JsonDialect::plain && http::equal_ignoring_case(type, kCborType))
        return true;
    constexpr std::string_view kPrefix = "application/x-amz-json-";
    return type.size() > kPrefix.size() &&
           http::equal_ignoring_case(type.substr(0, kPrefix.size()), kPrefix) &&
           type.substr(kPrefix.size()) == service.json_version;
}

// "2015-03-31": the first segment of Lambda's and other services' paths; no bucket that an unsigned request
// means.
bool starts_with_date(std::string_view path) {
    if (path.size() < 12 || path[0] != '/' || path[11] != '/') return false;
    for (const std::size_t i : {1u, 2u, 3u, 4u, 6u, 7u, 9u, 10u}) {
        if (path[i] < '0' || path[i] > '9') return false;
    }
    return path[5] == '-' && path[8] == '-';
}

// aws: what MethodNotAllowed of S3 says of the path.
std::string resource_type(std::string_view path) {
    if (path.size() <= 1) return "SERVICE";
    const std::size_t slash = path.find('/', 1);
    return slash == std::string_view::npos || slash + 1 == path.size() ? "BUCKET" : "OBJECT";
}

bool accepts_target(const RequestHints& hints, const model::Service& service) {
    return hints.method == "POST" && reads_content(service, hints.headers);
}

}  // namespace

Identifier::Identifier(std::span<const model::Service* const> services) {
    served_.reserve(services.size());
    for (const model::Service* service : services) {
        ByName by_name;
        for (const model::Operation* operation : service->operations)
            by_name.emplace(operation->name, operation);
        served_.push_back({service, std::move(by_name), RestRouter(*service)});
    }
}

bool Identifier::needs_body(const RequestHints& hints) {
    // A form posted to S3 is an object or a browser's upload, and both stay streams.
    return hints.method == "POST" && is_form(hints.headers) && hints.signing_name != "s3" &&
           hints.service_id != "s3" && !hints.headers.has("X-Amz-Target");
}

const Identifier::Served* Identifier::by_target(const RequestHints& hints, std::string_view prefix) const {
    const Served* by_name = nullptr;
    for (const Served& served : served_) {
        const model::Service& service = *served.service;
        if (service.target_prefix == nullptr) continue;
        if (prefix == service.target_prefix) return &served;
        const bool hinted = !hints.service_id.empty() ? hints.service_id == service.id
                                                      : hints.signing_name == service.signing_name;
        if (hinted && by_name == nullptr) by_name = &served;
    }
    // aws: DynamoDB answers an unknown prefix itself, so what the request is signed for decides.
    return by_name;
}

const Identifier::Served* Identifier::by_action(const RequestHints& hints, std::string_view version,
                                                std::string_view action) const {
    const Served* best = nullptr;
    int best_score = 0;
    for (const Served& served : served_) {
        if (!is_query(*served.service)) continue;
        int score = 0;
        if (hints.service_id == served.service->id) score += 8;
        if (!hints.signing_name.empty() && hints.signing_name == served.service->signing_name) score += 4;
        if (!version.empty() && version == served.service->api_version) score += 2;
        if (served.by_name.contains(action)) score += 1;
        if (score > best_score) {
            best = &served;
            best_score = score;
        }
    }
    // An action's name alone says nothing ("CreateTags"), and a service that is signed for by name but not
    // served must not be answered by another.
    if (best_score < 2 || (best_score < 4 && !hints.signing_name.empty())) return nullptr;
    return best;
}

const Identifier::Served* Identifier::by_hint(const RequestHints& hints, RestRouter::Match& match) const {
    const auto knows = [&](const Served& served) {
        match = served.router.match(hints.method, hints.path, hints.query, hints.headers);
        return match.operation != nullptr;
    };
    const std::string_view first = hints.path.substr(0, std::min(hints.path.find('/', 1), hints.path.size()));
    const Served* found = nullptr;
    for (const Served& served : served_) {
        const model::Service& service = *served.service;
        const bool hinted = hints.service_id.empty() ? hints.signing_name == service.signing_name
                                                     : hints.service_id == service.id;
        if (!hinted) continue;
        if (found == nullptr) found = &served;
        // Services that share a signing name (apigateway and apigatewayv2) differ by their paths.
        if (is_rest(service) && knows(served)) return &served;
    }
    if (found != nullptr || !hints.service_id.empty() || !hints.signing_name.empty()) return found;
    for (const Served& served : served_) {
        if (is_s3(*served.service)) {
            if (found == nullptr) found = &served;
        } else if (is_rest(*served.service) && starts_with_date(hints.path) && !first.empty() &&
                   knows(served)) {
            return &served;
        }
    }
    return found;
}

bool Identifier::find_action(const RequestHints& hints, Identified& out) const {
    const bool form = needs_body(hints);
    if (!form && hints.query.find("Action=") == std::string_view::npos) return false;
    QueryParameters parameters = parse_query(hints.query);
    if (form) {
        QueryParameters more = parse_query(hints.body);
        std::move(more.begin(), more.end(), std::back_inserter(parameters));
    }
    const std::string* action = find_parameter(parameters, "Action");
    if (action == nullptr) return false;
    const std::string* version = find_parameter(parameters, "Version");
    const Served* served = by_action(hints, version == nullptr ? std::string_view() : *version, *action);
    if (served == nullptr) return false;
    out.service = served->service;
    out.action = *action;
    // aws: an action stands in one version of its API, and a request without one asks for none
    // (as Envoy's source recorded STS: "... for version NO_VERSION_SPECIFIED").
    const bool is_versioned = version != nullptr && !version->empty();
    if (!is_versioned || *version != served->service->api_version) {
        out.version = is_versioned ? *version : "NO_VERSION_SPECIFIED";
        return true;
    }
    const auto operation = served->by_name.find(*action);
    if (operation != served->by_name.end()) out.operation = operation->second;
    return true;
}

Identified Identifier::identify(const RequestHints& hints) const {
    Identified out;
    if (const std::string* target = hints.headers.find("X-Amz-Target")) {
        const std::size_t dot = target->rfind('.');
        const std::string_view prefix =
            dot == std::string::npos ? std::string_view() : std::string_view(*target).substr(0, dot);
        out.action = dot == std::string::npos ? *target : target->substr(dot + 1);
        const Served* served = by_target(hints, prefix);
        if (served == nullptr) return out;
        out.service = served->service;
        const auto operation = served->by_name.find(out.action);
        const bool known = operation != served->by_name.end() && prefix == served->service->target_prefix;
        if (known && accepts_target(hints, *served->service)) out.operation = operation->second;
        return out;
    }
    if (find_action(hints, out)) return out;
    RestRouter::Match match;
    const Served* served = by_hint(hints, match);
    if (served == nullptr) return out;
    out.service = served->service;
    out.action = std::string(hints.method) + " " + std::string(hints.path);
    if (!is_rest(*served->service)) {
        out.action.clear();
        return out;
    }
    if (match.operation == nullptr) {
        match = served->router.match(hints.method, hints.path, hints.query, hints.headers);
    }
    out.operation = match.operation;
    out.labels = std::move(match.labels);
    if (match.operation != nullptr) out.action = match.operation->name;
    return out;
}

Error Identifier::unknown_operation(const Identified& found, const RequestHints& hints) {
    const model::Service& service = *found.service;
    switch (service.protocol) {
        case Protocol::json: {
            const bool readable = accepts_target(hints, service);
            return Error("UnknownOperationException", readable ? 400 : 404, "");
        }
        case Protocol::query:
        case Protocol::ec2:
            // aws: docs, "Common errors": MissingAction, InvalidAction.
            if (found.action.empty()) {
                return Error("MissingAction", 400,
                             "The request is missing an action or a required parameter.");
            }
            return Error("InvalidAction", 400,
                         "Could not find operation " + found.action + " for version " +
                             (found.version.empty() ? service.api_version : found.version));
        case Protocol::rest_xml:
            if (is_s3(service)) {
                return Error("MethodNotAllowed", 405,
                             "The specified method is not allowed against this resource.")
                    .with("Method", std::string(hints.method))
                    .with("ResourceType", resource_type(hints.path));
            }
            [[fallthrough]];
        case Protocol::rest_json:
            break;
    }
    // aws: REST front ends take a path that they do not know for an unsigned one ("Missing Authentication
    // Token" is API Gateway's); Coral's is UnknownOperationException with 404 and no text.
    return Error("UnknownOperationException", 404, "");
}

}  // namespace fogbank::protocol
