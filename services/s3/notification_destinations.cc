#include "services/s3/notification_destinations.h"

#include "services/lambda/model/get_policy.h"
#include "src/base/json.h"

#include <functional>

namespace fogbank::s3 {

namespace {

// '*' is any run of characters, '?' any one.
bool like(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

// A policy's value is a text or a list of them.
bool any_text(json::Value value, const std::function<bool(std::string_view)>& accept) {
    if (value && value.is_string()) return accept(value.string());
    if (!value || !value.is_array()) return false;
    for (const json::Value each : value.elements()) {
        if (each.is_string() && accept(each.string())) return true;
    }
    return false;
}

bool same_key(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
    }
    return true;
}

bool conditions_hold(json::Value conditions, const Arn& bucket, std::string_view account) {
    if (!conditions || !conditions.is_object()) return true;
    for (const auto& test : conditions.members()) {
        if (!test.value.is_object()) return false;
        for (const auto& entry : test.value.members()) {
            std::string_view actual;
            if (same_key(entry.name, "aws:SourceArn")) actual = bucket.text();
            if (same_key(entry.name, "aws:SourceAccount")) actual = account;
            if (actual.empty()) return false;
            const bool wild =
                test.name.find("Like") != std::string_view::npos || test.name.starts_with("Arn");
            const bool held = any_text(entry.value, [&](std::string_view wanted) {
                return wild ? like(wanted, actual) : wanted == actual;
            });
            if (!held) return false;
        }
    }
    return true;
}

bool statement_allows(json::Value statement, const Arn& bucket, std::string_view account) {
    if (!any_text(statement.find("Effect"), [](std::string_view effect) { return effect == "Allow"; }))
        return false;
    const json::Value principal = statement.find("Principal");
    const auto is_s3 = [](std::string_view name) { return name == "s3.amazonaws.com" || name == "*"; };
    const bool principal_fits =
        principal && (principal.is_object() ? any_text(principal.find("Service"), is_s3) ||
                                                  any_text(principal.find("AWS"), is_s3)
                                            : any_text(principal, is_s3));
    const bool action_fits = any_text(statement.find("Action"), [](std::string_view action) {
        return like(action, "lambda:InvokeFunction");
    });
    return principal_fits && action_fits && conditions_hold(statement.find("Condition"), bucket, account);
}

}  // namespace

bool allows_s3(std::string_view policy, const Arn& bucket, std::string_view account) {
    const auto document = json::parse(policy);
    if (!document || !document->root().is_object()) return false;
    const json::Value statements = document->root().find("Statement");
    if (!statements) return false;
    if (statements.is_object()) return statement_allows(statements, bucket, account);
    if (!statements.is_array()) return false;
    for (const json::Value statement : statements.elements()) {
        if (statement.is_object() && statement_allows(statement, bucket, account)) return true;
    }
    return false;
}

Task<std::optional<std::string>> LambdaDestinations::refusal(const gateway::RequestContext& cause,
                                                             const Arn& function, const Arn& bucket) {
    lambda::api::GetPolicy::Input input;
    input.FunctionName = function.text();
    std::optional<std::string> policy;
    try {
        lambda::api::GetPolicy::Output output = co_await client_.call<lambda::api::GetPolicy>(cause, input);
        policy = std::move(output.Policy);
    } catch (const Error& error) {
        // No such function, or one without a policy: Lambda has one code for both.
        if (error.http_status() != 404) throw;
    }
    if (policy && allows_s3(*policy, bucket, cause.account)) co_return std::nullopt;
    co_return "Not authorized to invoke function [" + function.text() + "]";
}

}  // namespace fogbank::s3
