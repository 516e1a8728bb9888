#include "src/auth/policy_decision.h"

#include "src/base/arn.h"

#include <algorithm>

namespace fogbank::auth {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

// The role of arn:aws:sts::111122223333:assumed-role/name/session; empty for any other.
std::string role_of_session(std::string_view text) {
    const auto arn = Arn::parse(text);
    if (!arn || arn->service() != "sts" || !arn->resource().starts_with("assumed-role/")) return {};
    std::string_view name = arn->resource().substr(13);
    name = name.substr(0, name.rfind('/'));
    return Arn(arn->partition(), "iam", "", arn->account(), "role/" + std::string(name)).text();
}

// An account stands for all who belong to it, as its number or its root's ARN.
bool names_account(std::string_view name, std::string_view account) {
    if (account.empty()) return false;
    if (name == account) return true;
    const auto arn = Arn::parse(name);
    return arn && arn->service() == "iam" && arn->account() == account && arn->resource() == "root";
}

bool any_action(const std::vector<std::string>& patterns, std::string_view action) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_pattern_any_case(pattern, action); });
}

bool any_resource(const std::vector<std::string>& patterns, const PolicyRequest& request,
                  Variables variables) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        if (variables == Variables::literal) return matches_pattern(pattern, request.resource);
        const auto expanded = expand(pattern, request.values);
        return expanded && matches_pattern(*expanded, request.resource);
    });
}

bool speaks_of(const Statement& statement, const PolicyRequest& request, Variables variables) {
    if (statement.principal && !includes(*statement.principal, request.principal, request.canonical_user))
        return false;
    if (statement.not_principal &&
        includes(*statement.not_principal, request.principal, request.canonical_user)) {
        return false;
    }
    if (!statement.actions.empty() && !any_action(statement.actions, request.action)) return false;
    if (!statement.not_actions.empty() && any_action(statement.not_actions, request.action)) return false;
    if (!statement.resources.empty() && !any_resource(statement.resources, request, variables)) return false;
    if (!statement.not_resources.empty() && any_resource(statement.not_resources, request, variables))
        return false;
    return std::all_of(
        statement.conditions.begin(), statement.conditions.end(),
        [&](const PolicyCondition& condition) { return holds(condition, request.values, variables); });
}

}  // namespace

bool includes(const PrincipalSet& set, const Principal& principal, std::string_view canonical_user) {
    if (set.everyone) return true;
    if (principal.kind == PrincipalKind::anonymous) return false;
    if (principal.kind == PrincipalKind::service) return contains(set.service, principal.arn);
    if (contains(set.canonical, canonical_user) || contains(set.federated, principal.arn)) return true;
    const std::string role = role_of_session(principal.arn);
    return std::any_of(set.aws.begin(), set.aws.end(), [&](const std::string& name) {
        return names_account(name, principal.account) || name == principal.arn ||
               (!role.empty() && name == role);
    });
}

Decision evaluate(const Policy& policy, const PolicyRequest& request) {
    const Variables variables = policy.has_variables() ? Variables::expanded : Variables::literal;
    Decision decision = Decision::none;
    for (const Statement& statement : policy.statements) {
        if (decision == Decision::allow && statement.effect == Effect::allow) continue;
        if (!speaks_of(statement, request, variables)) continue;
        if (statement.effect == Effect::deny) return Decision::deny;
        decision = Decision::allow;
    }
    return decision;
}

Decision combine(Decision a, Decision b) {
    return std::max(a, b);
}

}  // namespace fogbank::auth
