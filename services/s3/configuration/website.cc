#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/website_configuration.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kRuleLimit = 50;  // docs: "(Optional) Configuring a webpage redirect"

bool is_number(std::string_view text) {
    return text.size() == 3 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void check_protocol(const std::optional<std::string>& protocol) {
    if (!protocol || *protocol == "http" || *protocol == "https") return;
    throw invalid_request(
        "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected "
        "automatically.");
}

void check_condition(const api::Condition& condition) {
    if (!condition.HttpErrorCodeReturnedEquals && !condition.KeyPrefixEquals) {
        throw invalid_request(
            "Condition cannot be empty. To redirect all requests without a condition, the condition element "
            "shouldn't be present.");
    }
    if (!condition.HttpErrorCodeReturnedEquals) return;
    const std::string& code = *condition.HttpErrorCodeReturnedEquals;
    if (is_number(code) && (code[0] == '4' || code[0] == '5')) return;
    throw invalid_request("The provided HTTP error code (" + code +
                          ") is not valid. Valid codes are 4XX or 5XX.");
}

void check_routing_rule(const api::RoutingRule& rule) {
    if (rule.Condition) check_condition(*rule.Condition);
    const api::Redirect& redirect = *rule.Redirect;
    check_protocol(redirect.Protocol);
    if (!redirect.HostName && !redirect.HttpRedirectCode && !redirect.Protocol &&
        !redirect.ReplaceKeyPrefixWith && !redirect.ReplaceKeyWith) {
        throw malformed_xml();
    }
    if (redirect.ReplaceKeyPrefixWith && redirect.ReplaceKeyWith) {
        throw invalid_request("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    }
    if (redirect.HttpRedirectCode) {
        const std::string& code = *redirect.HttpRedirectCode;
        if (!is_number(code) || code[0] != '3' || code == "300") {
            throw invalid_request("The provided HTTP redirect code (" + code +
                                  ") is not valid. Valid codes are 3XX except 300.");
        }
    }
}

}  // namespace

void check_website(const api::WebsiteConfiguration& website) {
    if (website.RedirectAllRequestsTo) {
        if (website.IndexDocument || website.ErrorDocument || website.RoutingRules) {
            throw invalid_argument(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "RedirectAllRequestsTo", "not null");
        }
        check_protocol(website.RedirectAllRequestsTo->Protocol);
        return;
    }
    if (!website.IndexDocument) {
        throw invalid_argument(
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            "IndexDocument", "null");
    }
    const std::string& suffix = *website.IndexDocument->Suffix;
    if (suffix.empty() || suffix.find('/') != std::string::npos) {
        throw invalid_argument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
    }
    if (website.ErrorDocument && website.ErrorDocument->Key->empty()) {
        throw invalid_argument("The ErrorDocument Key is not well formed", "ErrorDocument", "");
    }
    if (!website.RoutingRules) return;
    if (website.RoutingRules->empty()) throw malformed_xml();
    if (website.RoutingRules->size() > kRuleLimit) {
        throw invalid_request(
            std::to_string(website.RoutingRules->size()) +
            " routing rules provided, the number of routing rules in a website configuration is "
            "limited to 50.");
    }
    for (const api::RoutingRule& rule : *website.RoutingRules) check_routing_rule(rule);
}

}  // namespace fogbank::s3
