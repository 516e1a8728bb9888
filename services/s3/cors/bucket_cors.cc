#include "services/s3/cors/bucket_cors.h"

#include "services/s3/configuration/document.h"
#include "services/s3/model/service.h"
#include "services/s3/store/bucket_store.h"
#include "services/s3/store/configuration_store.h"
#include "src/base/url.h"
#include "src/protocol/codec.h"

#include <optional>
#include <string>

namespace fogbank::s3::cors {

namespace {

struct Place {
    std::string bucket;
    bool is_object = false;
};

// The bucket that host or path name; empty where they name none.
Place place_of(const gateway::CorsRequest& request) {
    const gateway::HostForm& host = request.host;
    if (!host.service.empty() && host.service != "s3" && host.service != "s3-website") return {};
    std::string_view path = request.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (!host.label.empty()) return {host.label, !path.empty()};
    const std::size_t slash = path.find('/');
    const bool is_object = slash != std::string_view::npos && slash + 1 < path.size();
    return {percent_decode(path.substr(0, slash)), is_object};
}

// Nothing where there is no such bucket; no rules where it has none.
std::optional<std::vector<api::CORSRule>> rules_of(store::ReadTxn& txn, const std::string& name) {
    const std::optional<Bucket> bucket = find_bucket(txn, name);
    if (!bucket) return std::nullopt;
    if (!bucket->has(Configuration::cors)) return std::vector<api::CORSRule>();
    const auto document = find_configuration(txn, bucket->id, Configuration::cors);
    if (!document) return std::vector<api::CORSRule>();
    return output_from_document<api::GetBucketCors>(*document).CORSRules.value_or(
        std::vector<api::CORSRule>());
}

http::Response refused(const gateway::CorsRequest& request, const Error& error) {
    http::Response response;
    protocol::encode_error(api::service(), error, {request.request_id, request.host_id}, response);
    return response;
}

http::Response answer_preflight(const gateway::CorsRequest& request, const std::vector<api::CORSRule>& rules,
                                const Question& question, std::string_view resource_type) {
    try {
        check_preflight(request.http);
        if (rules.empty()) throw not_enabled(question.method, resource_type);
        const api::CORSRule* rule = find_rule(rules, question);
        if (rule == nullptr) throw not_allowed(question.method, resource_type);
        http::Response response;
        response.headers.set("x-amz-request-id", std::string(request.request_id));
        response.headers.set("x-amz-id-2", std::string(request.host_id));
        allow(*rule, question, response.headers);
        return response;
    } catch (const Error& error) {
        return refused(request, error);
    }
}

}  // namespace

std::optional<gateway::CorsAnswer> BucketCors::judge(const gateway::CorsRequest& request) {
    const Place place = place_of(request);
    if (place.bucket.empty()) return std::nullopt;
    const auto rules = database_.read([&](store::ReadTxn& txn) { return rules_of(txn, place.bucket); });
    if (!rules) return std::nullopt;
    gateway::CorsAnswer out;
    out.has_rules = !rules->empty();
    const http::Headers& headers = request.http.headers;
    const std::string* asked = headers.find("access-control-request-method");
    const Question question{std::string(headers.get("origin")),
                            asked != nullptr ? *asked : request.http.method,
                            header_names(headers.get("access-control-request-headers"))};
    if (request.http.method == "OPTIONS") {
        out.preflight = answer_preflight(request, *rules, question, place.is_object ? "OBJECT" : "BUCKET");
    } else if (const api::CORSRule* rule = find_rule(*rules, question)) {
        allow(*rule, question, out.headers);
    }
    return out;
}

}  // namespace fogbank::s3::cors
