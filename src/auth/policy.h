// A policy document of AWS's policy language: read whole, with what is wrong with it, before anything is
// asked of it. docs: IAM User Guide, "IAM JSON policy elements reference", "Grammar of the IAM JSON policy
// language".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fogbank::auth {

enum class Effect : std::uint8_t { allow, deny };

// Who: "*" is everyone, the anonymous among them.
struct PrincipalSet {
    bool everyone = false;
    std::vector<std::string> aws;        // ARNs and account numbers
    std::vector<std::string> service;    // "logging.s3.amazonaws.com"
    std::vector<std::string> canonical;  // S3's canonical user ids
    std::vector<std::string> federated;
};

enum class Quantifier : std::uint8_t { one, any, all };  // none, ForAnyValue, ForAllValues

struct PolicyCondition {
    std::string test;  // "StringLike": the operator without quantifier and IfExists
    Quantifier quantifier = Quantifier::one;
    bool if_exists = false;
    std::string key;  // as written; keys compare without regard to case
    std::vector<std::string> values;
};

struct Statement {
    std::string sid;
    Effect effect = Effect::deny;
    std::optional<PrincipalSet> principal, not_principal;
    std::vector<std::string> actions, not_actions;
    std::vector<std::string> resources, not_resources;
    std::vector<PolicyCondition> conditions;
};

struct Policy {
    std::string version;  // 2012-10-17, or 2008-10-17, which knows no variables
    std::string id;
    std::vector<Statement> statements;

    bool has_variables() const { return version == "2012-10-17"; }
};

// What is wrong with a document. Each service says it in words of its own.
enum class PolicyFault : std::uint8_t {
    not_json,
    bad_version,
    missing_field,  // `detail` names it
    unknown_field,  // likewise
    repeated_sid,
    bad_effect,     // `detail` is what stands there
    bad_principal,  // likewise
    bad_action,     // likewise
    bad_resource,   // likewise
    bad_condition,  // `detail` is the operator
    bad_syntax,     // a value of the wrong type
};
struct PolicyProblem {
    PolicyFault fault;
    std::string detail;
};

inline constexpr int kPolicyDepth = 10;  // deeper than any element of the grammar

// Principals are not demanded: identity policies have none. Resources neither.
std::variant<Policy, PolicyProblem> parse_policy(std::string_view json);

}  // namespace fogbank::auth
