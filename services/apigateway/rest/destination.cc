#include "services/apigateway/rest/destination.h"

#include "src/base/url.h"

namespace fogbank::apigateway::rest {

namespace {

constexpr std::string_view kHostMark = ".execute-api.";
constexpr std::string_view kPathMark = "/_aws/execute-api/";
constexpr std::string_view kOldPathMark = "/restapis/";
constexpr std::string_view kUserRequest = "/_user_request_";
// What the path forms, which have no host of their own, show as the API's domain.
constexpr std::string_view kDomain = ".execute-api.localhost.localstack.cloud";

// Cuts the first part off `rest` ("id/stage/a/b"), without its slash.
std::string_view take_part(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    if (rest.starts_with('/')) rest.remove_prefix(1);
    return part;
}

std::string rooted(std::string_view path) {
    return "/" + std::string(path);
}

}  // namespace

std::optional<Destination> parse_destination(std::string_view host, std::string_view path) {
    Destination destination;
    if (const std::size_t mark = host.find(kHostMark); mark != std::string_view::npos && mark > 0) {
        destination.api_id = host.substr(0, mark);
        destination.domain = host;
        std::string_view rest = path.substr(path.starts_with('/') ? 1 : 0);
        destination.stage = percent_decode(take_part(rest));
        destination.path = rooted(rest);
        return destination;
    }
    if (path.starts_with(kPathMark)) {
        std::string_view rest = path.substr(kPathMark.size());
        destination.api_id = percent_decode(take_part(rest));
        destination.stage = percent_decode(take_part(rest));
        destination.path = rooted(rest);
    } else if (path.starts_with(kOldPathMark)) {
        std::string_view rest = path.substr(kOldPathMark.size());
        destination.api_id = percent_decode(take_part(rest));
        destination.stage = percent_decode(take_part(rest));
        const std::string with_mark = rooted(rest);
        if (!with_mark.starts_with(kUserRequest)) return std::nullopt;
        std::string_view behind = std::string_view(with_mark).substr(kUserRequest.size());
        if (!behind.empty() && !behind.starts_with('/')) return std::nullopt;
        destination.path = behind.empty() ? "/" : std::string(behind);
    } else {
        return std::nullopt;
    }
    destination.domain = destination.api_id + std::string(kDomain);
    return destination;
}

}  // namespace fogbank::apigateway::rest
