#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/cors_configuration.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kRuleLimit = 100;  // docs: "CORS configuration"
constexpr std::size_t kIdLimit = 255;

std::string quoted(const char* before, const std::string& text, const char* after) {
    return std::string(before) + " \"" + text + "\" " + after;
}

bool has_two_stars(const std::string& text) {
    return std::count(text.begin(), text.end(), '*') > 1;
}

void check_rule(const api::CORSRule& rule) {
    constexpr std::array<std::string_view, 5> kMethods = {"GET", "PUT", "HEAD", "POST", "DELETE"};
    if (rule.ID && rule.ID->size() > kIdLimit) {
        throw invalid_request("The ID of a CORS rule can not be longer than 255 characters.");
    }
    if (rule.AllowedMethods->empty() || rule.AllowedOrigins->empty()) throw malformed_xml();
    for (const std::string& method : *rule.AllowedMethods) {
        if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
            throw invalid_request("Found unsupported HTTP method in CORS config. Unsupported method is " +
                                  method);
        }
    }
    for (const std::string& origin : *rule.AllowedOrigins) {
        if (has_two_stars(origin)) {
            throw invalid_request(quoted("AllowedOrigin", origin, "can not have more than one wildcard."));
        }
    }
    if (rule.AllowedHeaders) {
        for (const std::string& header : *rule.AllowedHeaders) {
            if (has_two_stars(header)) {
                throw invalid_request(
                    quoted("AllowedHeader", header, "can not have more than one wildcard."));
            }
        }
    }
    if (!rule.ExposeHeaders) return;
    for (const std::string& header : *rule.ExposeHeaders) {
        if (header.find('*') != std::string::npos) {
            throw invalid_request(quoted("ExposeHeader", header,
                                         "contains wildcard. We currently do not support wildcard for "
                                         "ExposeHeader."));
        }
    }
}

}  // namespace

void check_cors(const api::CORSConfiguration& cors) {
    if (cors.CORSRules->empty()) throw malformed_xml();
    if (cors.CORSRules->size() > kRuleLimit) {
        throw invalid_request("The number of CORS rules should not exceed allowed limit of 100 rules.");
    }
    for (const api::CORSRule& rule : *cors.CORSRules) check_rule(rule);
}

}  // namespace fogbank::s3
