#include "services/s3/website/rules.h"

#include "src/base/url.h"

#include <charconv>

namespace fogbank::s3::website {

namespace {

int number(std::string_view text, int otherwise) {
    int value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool prefix_fits(const api::RoutingRule& rule, std::string_view key) {
    if (!rule.Condition || !rule.Condition->KeyPrefixEquals) return true;
    return key.starts_with(*rule.Condition->KeyPrefixEquals);
}

const std::string* error_code(const api::RoutingRule& rule) {
    if (!rule.Condition || !rule.Condition->HttpErrorCodeReturnedEquals) return nullptr;
    return &*rule.Condition->HttpErrorCodeReturnedEquals;
}

Redirect apply(const api::RoutingRule& rule, const Site& request, std::string_view key) {
    const api::Redirect& to = *rule.Redirect;
    std::string target(key);
    if (to.ReplaceKeyWith) {
        target = *to.ReplaceKeyWith;
    } else if (to.ReplaceKeyPrefixWith) {
        const std::string prefix = rule.Condition && rule.Condition->KeyPrefixEquals
                                       ? *rule.Condition->KeyPrefixEquals
                                       : std::string();
        target = *to.ReplaceKeyPrefixWith + target.substr(prefix.size());
    }
    Redirect out;
    if (to.HttpRedirectCode) out.status = number(*to.HttpRedirectCode, 301);
    out.location = to.Protocol.value_or(request.scheme) + "://" + to.HostName.value_or(request.authority) +
                   "/" + percent_encode(target, "/#?=&");
    return out;
}

}  // namespace

std::string object_key(const SiteConfiguration& site, std::string_view key) {
    std::string out(key);
    const bool means_index = key.empty() || key.ends_with('/');
    if (means_index && site.IndexDocument) out += site.IndexDocument->Suffix.value_or("");
    return out;
}

std::optional<Redirect> redirect_before(const SiteConfiguration& site, const Site& request,
                                        std::string_view key, std::string_view query) {
    if (site.RedirectAllRequestsTo) {
        const api::RedirectAllRequestsTo& all = *site.RedirectAllRequestsTo;
        std::string location = all.Protocol.value_or(request.scheme) + "://" + *all.HostName + "/";
        location += percent_encode(key, "/");
        if (!query.empty()) location.append("?").append(query);
        return Redirect{301, std::move(location)};
    }
    if (!site.RoutingRules) return std::nullopt;
    for (const api::RoutingRule& rule : *site.RoutingRules) {
        if (error_code(rule) == nullptr && prefix_fits(rule, key)) return apply(rule, request, key);
    }
    return std::nullopt;
}

std::optional<Redirect> redirect_on_error(const SiteConfiguration& site, const Site& request,
                                          std::string_view key, int status) {
    if (!site.RoutingRules) return std::nullopt;
    for (const api::RoutingRule& rule : *site.RoutingRules) {
        const std::string* code = error_code(rule);
        if (code != nullptr && number(*code, 0) == status && prefix_fits(rule, key)) {
            return apply(rule, request, key);
        }
    }
    return std::nullopt;
}

std::optional<std::string> folder_index(const SiteConfiguration& site, std::string_view key) {
    if (key.empty() || key.ends_with('/') || !site.IndexDocument) return std::nullopt;
    return std::string(key) + "/" + site.IndexDocument->Suffix.value_or("");
}

}  // namespace fogbank::s3::website
