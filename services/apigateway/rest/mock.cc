#include "services/apigateway/rest/mock.h"

#include "src/base/json.h"

#include <regex>
#include <string>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::string_view kDefaultType = "application/json";
constexpr std::string_view kHeaderTarget = "method.response.header.";

// The statusCode that the request template names; it chooses the response.
std::optional<std::string> chosen_status(const api::Integration& integration, std::string_view content_type) {
    if (!integration.requestTemplates) return std::nullopt;
    auto found = integration.requestTemplates->find(content_type.substr(0, content_type.find(';')));
    if (found == integration.requestTemplates->end())
        found = integration.requestTemplates->find(kDefaultType);
    if (found == integration.requestTemplates->end()) return std::nullopt;
    const std::optional<json::Document> document = json::parse(found->second);
    if (!document || !document->root().is_object()) return std::nullopt;
    const json::Value status = document->root().find("statusCode");
    if (!status || status.type() != json::Type::integer) return std::nullopt;
    return std::to_string(status.integer());
}

bool selects(const std::string& pattern, const std::string& status) {
    try {
        return std::regex_match(status, std::regex(pattern));
    } catch (const std::regex_error&) {
        return false;
    }
}

const api::IntegrationResponse* choose(const api::Integration& integration, const std::string& status) {
    if (!integration.integrationResponses) return nullptr;
    const api::IntegrationResponse* fallback = nullptr;
    for (const auto& [code, response] : *integration.integrationResponses) {
        if (!response.selectionPattern || response.selectionPattern->empty()) {
            fallback = &response;
        } else if (selects(*response.selectionPattern, status)) {
            return &response;
        }
    }
    return fallback;
}

}  // namespace

std::optional<http::Response> mock_response(const api::Integration& integration,
                                            std::string_view content_type) {
    const std::optional<std::string> status = chosen_status(integration, content_type);
    const api::IntegrationResponse* chosen = status ? choose(integration, *status) : nullptr;
    if (chosen == nullptr) return std::nullopt;
    http::Response response;
    response.status = std::stoi(*chosen->statusCode);
    response.headers.add("Content-Type", std::string(kDefaultType));
    if (chosen->responseParameters) {
        for (const auto& [target, value] : *chosen->responseParameters) {
            if (!target.starts_with(kHeaderTarget)) continue;
            response.headers.set(target.substr(kHeaderTarget.size()), value.substr(1, value.size() - 2));
        }
    }
    std::string body;
    if (chosen->responseTemplates) {
        const auto found = chosen->responseTemplates->find(kDefaultType);
        if (found != chosen->responseTemplates->end()) body = found->second;
    }
    response.body = std::move(body);
    return response;
}

}  // namespace fogbank::apigateway::rest
