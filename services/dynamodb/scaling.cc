#include "services/dynamodb/scaling.h"

#include "services/dynamodb/refuse.h"

namespace fogbank::dynamodb {
namespace {

// docs: "Managing throughput capacity automatically with DynamoDB auto scaling": "between 20 and 90 percent".
constexpr double kLeastTarget = 20;
constexpr double kMostTarget = 90;

std::string text(json::Value in, const char* name) {
    const json::Value found = in.find(name);
    return found && found.is_string() ? std::string(found.string()) : std::string();
}

std::int64_t integer(json::Value in, const char* name) {
    const json::Value found = in.find(name);
    return found && found.is_number() ? found.integer() : 0;
}

bool truth(json::Value in, const char* name) {
    const json::Value found = in.find(name);
    return found && found.type() == json::Type::boolean && found.boolean();
}

}  // namespace

void apply_scaling(const std::optional<api::AutoScalingSettingsUpdate>& given,
                   std::optional<ScalingSettings>& settings) {
    if (!given) return;
    if (!settings) settings.emplace();
    if (given->MinimumUnits) settings->minimum = *given->MinimumUnits;
    if (given->MaximumUnits) settings->maximum = *given->MaximumUnits;
    if (given->AutoScalingDisabled) settings->is_disabled = *given->AutoScalingDisabled;
    if (given->AutoScalingRoleArn) settings->role = *given->AutoScalingRoleArn;
    if (settings->minimum > settings->maximum) {
        refuse_parameter("MinimumUnits must not be greater than MaximumUnits");
    }
    if (!given->ScalingPolicyUpdate) return;
    const auto& tracking = *given->ScalingPolicyUpdate->TargetTrackingScalingPolicyConfiguration;
    if (*tracking.TargetValue < kLeastTarget || *tracking.TargetValue > kMostTarget) {
        refuse_parameter("TargetValue must be between 20 and 90");
    }
    settings->policy = given->ScalingPolicyUpdate->PolicyName.value_or("");
    settings->target = *tracking.TargetValue;
    settings->keeps_from_below = tracking.DisableScaleIn.value_or(false);
    settings->in_cooldown_s = tracking.ScaleInCooldown.value_or(0);
    settings->out_cooldown_s = tracking.ScaleOutCooldown.value_or(0);
}

std::optional<api::AutoScalingSettingsDescription> describe_scaling(
    const std::optional<ScalingSettings>& settings) {
    if (!settings) return std::nullopt;
    api::AutoScalingSettingsDescription out;
    out.AutoScalingDisabled = settings->is_disabled;
    if (settings->minimum != 0) out.MinimumUnits = settings->minimum;
    if (settings->maximum != 0) out.MaximumUnits = settings->maximum;
    if (!settings->role.empty()) out.AutoScalingRoleArn = settings->role;
    if (settings->target == 0) return out;
    auto& policy = out.ScalingPolicies.emplace().emplace_back();
    if (!settings->policy.empty()) policy.PolicyName = settings->policy;
    auto& tracking = policy.TargetTrackingScalingPolicyConfiguration.emplace();
    tracking.TargetValue = settings->target;
    tracking.DisableScaleIn = settings->keeps_from_below;
    if (settings->in_cooldown_s != 0) tracking.ScaleInCooldown = settings->in_cooldown_s;
    if (settings->out_cooldown_s != 0) tracking.ScaleOutCooldown = settings->out_cooldown_s;
    return out;
}

void write_scaling(json::Writer& out, const char* name, const std::optional<ScalingSettings>& settings) {
    if (!settings) return;
    out.key(name).begin_object().field("minimum", settings->minimum).field("maximum", settings->maximum);
    out.field("disabled", settings->is_disabled).field("role", settings->role);
    out.field("policy", settings->policy).key("target").number(settings->target);
    out.field("keeps_from_below", settings->keeps_from_below);
    out.field("in_cooldown_s", settings->in_cooldown_s).field("out_cooldown_s", settings->out_cooldown_s);
    out.end_object();
}

std::optional<ScalingSettings> read_scaling(json::Value in, const char* name) {
    const json::Value found = in.find(name);
    if (!found) return std::nullopt;
    ScalingSettings out;
    out.minimum = integer(found, "minimum");
    out.maximum = integer(found, "maximum");
    out.is_disabled = truth(found, "disabled");
    out.role = text(found, "role");
    out.policy = text(found, "policy");
    if (const json::Value target = found.find("target")) out.target = target.number();
    out.keeps_from_below = truth(found, "keeps_from_below");
    out.in_cooldown_s = static_cast<std::int32_t>(integer(found, "in_cooldown_s"));
    out.out_cooldown_s = static_cast<std::int32_t>(integer(found, "out_cooldown_s"));
    return out;
}

}  // namespace fogbank::dynamodb
