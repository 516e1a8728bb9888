#include "src/gateway/exchange.h"

namespace fogbank::gateway {
namespace {

// The fourth of key/date/region/service/aws4_request, with the separator that the place uses.
std::string_view scope_service(std::string_view scope, std::string_view separator) {
    // Counted from the end: an access key may contain anything.
    std::size_t end = scope.rfind(separator);
    if (end == std::string_view::npos || end == 0) return {};
    std::size_t start = scope.rfind(separator, end - 1);
    if (start == std::string_view::npos) return {};
    return scope.substr(start + separator.size(), end - start - separator.size());
}

}  // namespace

std::string_view signing_name_hint(const http::Request& request, std::string_view query) {
    constexpr std::string_view kHeader = "Credential=";
    std::string_view header = request.headers.get("authorization");
    if (std::size_t at = header.find(kHeader); at != std::string_view::npos) {
        std::string_view scope = header.substr(at + kHeader.size());
        return scope_service(scope.substr(0, scope.find(',')), "/");
    }
    constexpr std::string_view kParameter = "X-Amz-Credential=";
    if (std::size_t at = query.find(kParameter); at != std::string_view::npos) {
        std::string_view scope = query.substr(at + kParameter.size());
        scope = scope.substr(0, scope.find('&'));
        for (std::string_view slash : {"%2F", "%2f"}) {
            if (scope.find(slash) != std::string_view::npos) return scope_service(scope, slash);
        }
        return scope_service(scope, "/");
    }
    return {};
}

auth::Dialect dialect_of(const model::Service& service) {
    switch (service.protocol) {
        case model::Protocol::rest_xml:
            return auth::Dialect::s3;
        case model::Protocol::rest_json:
            return auth::Dialect::rest_json;
        case model::Protocol::query:
        case model::Protocol::ec2:
            return auth::Dialect::query;
        case model::Protocol::json:
            return auth::Dialect::json;
    }
    return auth::Dialect::json;
}

}  // namespace fogbank::gateway
