#include "services/s3/cors/rules.h"

#include "src/base/text.h"

#include <algorithm>
#include <array>

namespace fogbank::s3::cors {

namespace {

// docs: a pattern holds one '*' at most.
bool fits(std::string_view pattern, std::string_view text) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    const std::string_view front = pattern.substr(0, star);
    const std::string_view back = pattern.substr(star + 1);
    return text.size() >= front.size() + back.size() && text.starts_with(front) && text.ends_with(back);
}

const std::string* find_pattern(const std::optional<std::vector<std::string>>& patterns,
                                std::string_view text) {
    if (!patterns) return nullptr;
    for (const std::string& pattern : *patterns) {
        if (fits(pattern, text)) return &pattern;
    }
    return nullptr;
}

bool allows_headers(const api::CORSRule& rule, const std::vector<std::string>& headers) {
    return std::all_of(headers.begin(), headers.end(), [&](const std::string& header) {
        if (!rule.AllowedHeaders) return false;
        return std::any_of(rule.AllowedHeaders->begin(), rule.AllowedHeaders->end(),
                           [&](const std::string& pattern) { return fits(lower_case(pattern), header); });
    });
}

std::string join(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out.append(out.empty() ? "" : ", ").append(part);
    return out;
}

Error refusal(const char* message, std::string_view method, std::string_view resource_type) {
    return Error("AccessForbidden", 403, message)
        .with("Method", std::string(method))
        .with("ResourceType", std::string(resource_type));
}

}  // namespace

std::vector<std::string> header_names(std::string_view list) {
    std::vector<std::string> out;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view name = trimmed(list.substr(0, comma));
        if (!name.empty()) out.push_back(lower_case(name));
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return out;
}

const api::CORSRule* find_rule(const std::vector<api::CORSRule>& rules, const Question& question) {
    for (const api::CORSRule& rule : rules) {
        const auto& methods = rule.AllowedMethods;
        if (!methods || std::find(methods->begin(), methods->end(), question.method) == methods->end())
            continue;
        if (find_pattern(rule.AllowedOrigins, question.origin) == nullptr) continue;
        if (allows_headers(rule, question.headers)) return &rule;
    }
    return nullptr;
}

void allow(const api::CORSRule& rule, const Question& question, http::Headers& out) {
    // aws: an origin that the pattern "*" lets in is not named, and may send no credentials.
    const std::string* pattern = find_pattern(rule.AllowedOrigins, question.origin);
    const bool anyone = pattern != nullptr && *pattern == "*";
    out.set("Access-Control-Allow-Origin", anyone ? "*" : question.origin);
    out.set("Access-Control-Allow-Methods", join(*rule.AllowedMethods));
    if (!question.headers.empty()) out.set("Access-Control-Allow-Headers", join(question.headers));
    if (rule.ExposeHeaders && !rule.ExposeHeaders->empty()) {
        out.set("Access-Control-Expose-Headers", join(*rule.ExposeHeaders));
    }
    if (rule.MaxAgeSeconds) out.set("Access-Control-Max-Age", std::to_string(*rule.MaxAgeSeconds));
    if (!anyone) out.set("Access-Control-Allow-Credentials", "true");
    out.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

Error not_enabled(std::string_view method, std::string_view resource_type) {
    return refusal("CORSResponse: CORS is not enabled for this bucket.", method, resource_type);
}

Error not_allowed(std::string_view method, std::string_view resource_type) {
    // aws: "evalution" is how S3 spells it.
    return refusal(
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
        "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not "
        "whitelisted "
        "by the resource's CORS spec.",
        method, resource_type);
}

void check_preflight(const http::Request& request) {
    if (!request.headers.has("origin")) {
        throw Error("BadRequest", 400, "Insufficient information. Origin request header needed.");
    }
    const std::string_view method = request.headers.get("access-control-request-method");
    constexpr std::array<std::string_view, 5> kMethods = {"GET", "PUT", "HEAD", "POST", "DELETE"};
    if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) return;
    throw Error("BadRequest", 400,
                "Invalid Access-Control-Request-Method: " + std::string(method.empty() ? "null" : method));
}

}  // namespace fogbank::s3::cors
