#include "services/s3/access/policy_rules.h"

#include "services/s3/access/actions.h"
#include "src/auth/policy_conditions.h"
#include "src/base/arn.h"
#include "src/base/error.h"
#include "src/base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace fogbank::s3 {

namespace {

using auth::PolicyFault;

Error malformed(std::string message, std::string_view detail = {}) {
    Error error("MalformedPolicy", 400, std::move(message));
    if (detail.empty()) return error;
    return std::move(error).with("Detail", std::string(detail));
}

Error refusal_of(const auth::PolicyProblem& problem) {
    switch (problem.fault) {
        case PolicyFault::not_json:
            return malformed("Policies must be valid JSON and the first byte must be '{'");
        case PolicyFault::bad_version:
            return malformed("The policy must contain a valid version string");
        case PolicyFault::missing_field:
            return malformed("Missing required field " + problem.detail);
        case PolicyFault::unknown_field:
            return malformed("Unknown field " + problem.detail);
        case PolicyFault::repeated_sid:
            return malformed("Statement IDs (SID) in a single policy must be unique.");
        case PolicyFault::bad_effect:
            return malformed("Invalid effect: " + problem.detail);
        case PolicyFault::bad_principal:
            return malformed("Invalid principal in policy", problem.detail);
        case PolicyFault::bad_action:
            return malformed("Policy has invalid action", problem.detail);
        case PolicyFault::bad_resource:
            return malformed("Policy has invalid resource", problem.detail);
        case PolicyFault::bad_condition:
            return malformed("Invalid Condition type : " + problem.detail);
        case PolicyFault::bad_syntax:
            break;
    }
    return malformed("Invalid policy syntax.");
}

bool is_account(std::string_view text) {
    return text.size() == 12 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An account, or the ARN of an identity of one. No wildcard stands for a part of a name.
void check_principals(const auth::PrincipalSet& set) {
    for (const std::string& name : set.aws) {
        const auto arn = Arn::parse(name);
        const bool identity = arn && (arn->service() == "iam" || arn->service() == "sts") &&
                              !arn->resource().empty() &&
                              (is_account(arn->account()) || arn->resource().starts_with("cloudfront/")) &&
                              name.find('*') == std::string::npos;
        if (!is_account(name) && !identity) throw malformed("Invalid principal in policy", name);
    }
    for (const std::string& id : set.canonical) {
        if (id.size() != 64) throw malformed("Invalid principal in policy", id);
    }
    for (const std::string& service : set.service) {
        if (service.find('.') == std::string::npos) throw malformed("Invalid principal in policy", service);
    }
}

// The kinds of resource that a pattern of a policy on `bucket` covers. Throws where it speaks of other
// buckets only.
unsigned resources_of(const std::string& resource, std::string_view bucket) {
    if (resource == "*") return kOnBucket | kOnObject;
    const auto arn = Arn::parse(resource);
    const bool ours = arn && (arn->service() == "s3" || arn->service() == "*") && arn->region().empty() &&
                      arn->account().empty();
    if (!ours) throw malformed("Policy has invalid resource", resource);
    const std::string_view path = arn->resource();
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    // A variable may become any text.
    const bool open = name.find('*') != std::string_view::npos || name.find("${") != std::string_view::npos;
    if (name.find("${") == std::string_view::npos && !auth::matches_pattern(name, bucket)) {
        throw malformed("Policy has invalid resource", resource);
    }
    if (slash != std::string_view::npos) return open ? kOnBucket | kOnObject : kOnObject;
    return open ? kOnBucket | kOnObject : kOnBucket;
}

void check_statement(const auth::Statement& statement, std::string_view bucket) {
    if (!statement.principal && !statement.not_principal) throw malformed("Missing required field Principal");
    check_principals(statement.principal ? *statement.principal : *statement.not_principal);
    const std::vector<std::string>& resources =
        statement.resources.empty() ? statement.not_resources : statement.resources;
    if (resources.empty()) throw malformed("Missing required field Resource");
    unsigned covered = 0;
    for (const std::string& resource : resources) covered |= resources_of(resource, bucket);
    for (const std::string& action : statement.not_actions) {
        if (resources_of_action(action) == 0) throw malformed("Policy has invalid action", action);
    }
    for (const std::string& action : statement.actions) {
        const unsigned wanted = action == "*" ? kOnBucket | kOnObject : resources_of_action(action);
        if (wanted == 0) throw malformed("Policy has invalid action", action);
        if (statement.not_resources.empty() && (wanted & covered) == 0) {
            throw malformed("Action does not apply to any resource(s) in statement", action);
        }
    }
}

bool is_fixed(const std::string& value) {
    return value.find_first_of("*?") == std::string::npos && value.find("${") == std::string::npos;
}

// Wider ranges count as everybody's.
bool is_narrow_range(const std::string& range) {
    constexpr int kWidestV4 = 8;  // docs: "aws:SourceIp ... CIDRs broader than /8 (IPv4) and /32 (IPv6)"
    constexpr int kWidestV6 = 32;
    const std::size_t slash = range.find('/');
    if (slash == std::string::npos) return true;
    const int bits = std::atoi(range.c_str() + slash + 1);
    return bits >= (range.find(':') == std::string::npos ? kWidestV4 : kWidestV6);
}

bool narrows(const auth::PolicyCondition& condition) {
    constexpr std::array<std::string_view, 18> kKeys = {"aws:sourcearn",
                                                        "aws:sourcevpc",
                                                        "aws:sourcevpce",
                                                        "aws:sourceowner",
                                                        "aws:sourceaccount",
                                                        "aws:userid",
                                                        "aws:principalarn",
                                                        "aws:principalaccount",
                                                        "aws:principalorgid",
                                                        "aws:principalorgpaths",
                                                        "aws:sourceorgid",
                                                        "aws:sourceorgpaths",
                                                        "aws:vpcsourceip",
                                                        "s3:dataaccesspointarn",
                                                        "s3:dataaccesspointaccount",
                                                        "s3:x-amz-server-side-encryption-aws-kms-key-id",
                                                        "aws:calledvia",
                                                        "aws:username"};
    if (condition.if_exists || condition.quantifier == auth::Quantifier::all) return false;
    const std::string key = lower_case(condition.key);
    const std::vector<std::string>& values = condition.values;
    if (key == "aws:sourceip") {
        return condition.test == "IpAddress" && std::all_of(values.begin(), values.end(), is_narrow_range);
    }
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) return false;
    const bool positive = condition.test == "StringEquals" || condition.test == "StringEqualsIgnoreCase" ||
                          condition.test == "StringLike" || condition.test == "ArnEquals" ||
                          condition.test == "ArnLike";
    return positive && std::all_of(values.begin(), values.end(), is_fixed);
}

}  // namespace

auth::Policy checked_bucket_policy(std::string_view json, std::string_view bucket) {
    if (json.size() > kPolicyLimit) {
        throw Error("PolicyTooLarge", 400, "Policy exceeds the maximum allowed document size.")
            .with("MaxSizeAllowed", std::to_string(kPolicyLimit));
    }
    auto parsed = auth::parse_policy(json);
    if (const auto* problem = std::get_if<auth::PolicyProblem>(&parsed)) throw refusal_of(*problem);
    auth::Policy policy = std::move(std::get<auth::Policy>(parsed));
    for (const auth::Statement& statement : policy.statements) check_statement(statement, bucket);
    return policy;
}

bool is_public(const auth::Policy& policy) {
    return std::any_of(
        policy.statements.begin(), policy.statements.end(), [](const auth::Statement& statement) {
            if (statement.effect != auth::Effect::allow) return false;
            const bool everyone =
                statement.not_principal || (statement.principal && statement.principal->everyone);
            return everyone &&
                   std::none_of(statement.conditions.begin(), statement.conditions.end(), narrows);
        });
}

}  // namespace fogbank::s3
