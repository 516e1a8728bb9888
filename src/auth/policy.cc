#include "src/auth/policy.h"

#include "src/auth/policy_conditions.h"
#include "src/base/json.h"

#include <algorithm>
#include <array>
#include <set>

namespace fogbank::auth {

namespace {

// Thrown inside this file only: parse_policy returns it.
PolicyProblem problem(PolicyFault fault, std::string_view detail = {}) {
    return {fault, std::string(detail)};
}

std::string text_of(json::Value value) {
    if (!value.is_string()) throw problem(PolicyFault::bad_syntax);
    return std::string(value.string());
}

// A text or a list of texts. AWS takes numbers and booleans as the values of conditions.
std::vector<std::string> texts_of(json::Value value) {
    std::vector<std::string> out;
    const auto add = [&out](json::Value each) {
        if (each.is_string()) {
            out.emplace_back(each.string());
        } else if (each.type() == json::Type::boolean) {
            out.emplace_back(each.boolean() ? "true" : "false");
        } else if (each.is_number()) {
            json::Writer writer(out.emplace_back());
            json::write(writer, each);
        } else {
            throw problem(PolicyFault::bad_syntax);
        }
    };
    if (!value.is_array()) {
        add(value);
        return out;
    }
    for (const json::Value each : value.elements()) add(each);
    return out;
}

PrincipalSet principals_of(json::Value value) {
    PrincipalSet out;
    if (value.is_string()) {
        if (value.string() != "*") throw problem(PolicyFault::bad_principal, value.string());
        out.everyone = true;
        return out;
    }
    if (!value.is_object() || value.size() == 0) throw problem(PolicyFault::bad_principal);
    for (const json::Member& member : value.members()) {
        std::vector<std::string> names = texts_of(member.value);
        if (member.name == "AWS") {
            out.everyone = out.everyone || std::find(names.begin(), names.end(), "*") != names.end();
            std::erase(names, "*");
            out.aws = std::move(names);
        } else if (member.name == "Service") {
            out.service = std::move(names);
        } else if (member.name == "CanonicalUser") {
            out.canonical = std::move(names);
        } else if (member.name == "Federated") {
            out.federated = std::move(names);
        } else {
            throw problem(PolicyFault::bad_principal, member.name);
        }
    }
    return out;
}

std::vector<std::string> actions_of(json::Value value) {
    std::vector<std::string> out = texts_of(value);
    if (out.empty()) throw problem(PolicyFault::bad_action);
    for (const std::string& action : out) {
        const std::size_t colon = action.find(':');
        const bool whole = colon != std::string::npos && colon > 0 && colon + 1 < action.size();
        if (action != "*" && !whole) throw problem(PolicyFault::bad_action, action);
    }
    return out;
}

std::vector<std::string> resources_of(json::Value value) {
    std::vector<std::string> out = texts_of(value);
    if (out.empty()) throw problem(PolicyFault::bad_resource);
    for (const std::string& resource : out) {
        const bool arn =
            resource.starts_with("arn:") && std::count(resource.begin(), resource.end(), ':') >= 5;
        if (resource != "*" && !arn) throw problem(PolicyFault::bad_resource, resource);
    }
    return out;
}

// "ForAnyValue:StringLikeIfExists"
PolicyCondition operator_of(std::string_view name) {
    PolicyCondition out;
    std::string_view rest = name;
    if (rest.starts_with("ForAnyValue:")) {
        out.quantifier = Quantifier::any;
        rest.remove_prefix(12);
    } else if (rest.starts_with("ForAllValues:")) {
        out.quantifier = Quantifier::all;
        rest.remove_prefix(13);
    }
    if (rest.ends_with("IfExists")) {
        out.if_exists = true;
        rest.remove_suffix(8);
    }
    out.test = rest;
    const bool null_with_more = rest == "Null" && (out.if_exists || out.quantifier != Quantifier::one);
    if (!is_condition_operator(rest) || null_with_more) throw problem(PolicyFault::bad_condition, name);
    return out;
}

std::vector<PolicyCondition> conditions_of(json::Value value) {
    if (!value.is_object()) throw problem(PolicyFault::bad_syntax);
    std::vector<PolicyCondition> out;
    for (const json::Member& test : value.members()) {
        const PolicyCondition condition = operator_of(test.name);
        if (!test.value.is_object()) throw problem(PolicyFault::bad_syntax);
        for (const json::Member& entry : test.value.members()) {
            PolicyCondition& each = out.emplace_back(condition);
            each.key = entry.name;
            each.values = texts_of(entry.value);
        }
    }
    return out;
}

Effect effect_of(json::Value value) {
    const std::string text = text_of(value);
    if (text == "Allow") return Effect::allow;
    if (text == "Deny") return Effect::deny;
    throw problem(PolicyFault::bad_effect, text);
}

Statement statement_of(json::Value value) {
    if (!value.is_object()) throw problem(PolicyFault::bad_syntax);
    Statement out;
    bool has_effect = false;
    std::set<std::string_view> seen;
    for (const auto& [name, field] : value.members()) {
        if (!seen.insert(name).second) throw problem(PolicyFault::bad_syntax, name);
        if (name == "Sid") {
            out.sid = text_of(field);
        } else if (name == "Effect") {
            out.effect = effect_of(field);
            has_effect = true;
        } else if (name == "Principal") {
            out.principal = principals_of(field);
        } else if (name == "NotPrincipal") {
            out.not_principal = principals_of(field);
        } else if (name == "Action") {
            out.actions = actions_of(field);
        } else if (name == "NotAction") {
            out.not_actions = actions_of(field);
        } else if (name == "Resource") {
            out.resources = resources_of(field);
        } else if (name == "NotResource") {
            out.not_resources = resources_of(field);
        } else if (name == "Condition") {
            out.conditions = conditions_of(field);
        } else {
            throw problem(PolicyFault::unknown_field, name);
        }
    }
    if (!has_effect) throw problem(PolicyFault::missing_field, "Effect");
    if (out.actions.empty() && out.not_actions.empty()) throw problem(PolicyFault::missing_field, "Action");
    const bool both = (!out.actions.empty() && !out.not_actions.empty()) ||
                      (!out.resources.empty() && !out.not_resources.empty()) ||
                      (out.principal && out.not_principal);
    if (both) throw problem(PolicyFault::bad_syntax);
    return out;
}

std::vector<Statement> statements_of(json::Value value) {
    std::vector<Statement> out;
    if (value.is_object()) {
        out.push_back(statement_of(value));
    } else if (value.is_array()) {
        for (const json::Value each : value.elements()) out.push_back(statement_of(each));
    } else {
        throw problem(PolicyFault::bad_syntax);
    }
    if (out.empty()) throw problem(PolicyFault::missing_field, "Statement");
    std::set<std::string_view> sids;
    for (const Statement& statement : out) {
        if (!statement.sid.empty() && !sids.insert(statement.sid).second) {
            throw problem(PolicyFault::repeated_sid, statement.sid);
        }
    }
    return out;
}

Policy policy_of(json::Value root) {
    Policy out;
    out.version = "2008-10-17";  // docs: "If you do not include a Version element"
    bool has_statement = false;
    for (const auto& [name, value] : root.members()) {
        if (name == "Version") {
            out.version = text_of(value);
            if (out.version != "2012-10-17" && out.version != "2008-10-17") {
                throw problem(PolicyFault::bad_version, out.version);
            }
        } else if (name == "Id") {
            out.id = text_of(value);
        } else if (name == "Statement") {
            out.statements = statements_of(value);
            has_statement = true;
        } else {
            throw problem(PolicyFault::unknown_field, name);
        }
    }
    if (!has_statement) throw problem(PolicyFault::missing_field, "Statement");
    return out;
}

}  // namespace

std::variant<Policy, PolicyProblem> parse_policy(std::string_view json) {
    const auto document = json::parse(json, kPolicyDepth);
    if (!document || !document->root().is_object()) return problem(PolicyFault::not_json);
    try {
        return policy_of(document->root());
    } catch (PolicyProblem& found) {
        return std::move(found);
    }
}

}  // namespace fogbank::auth
