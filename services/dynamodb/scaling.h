// Auto scaling settings of provisioned capacity: stored and shown. Nothing scales.
#pragma once

#include "services/dynamodb/model/types/auto_scaling_settings_description.h"
#include "services/dynamodb/model/types/auto_scaling_settings_update.h"
#include "services/dynamodb/table.h"
#include "src/base/json.h"

#include <optional>

namespace fogbank::dynamodb {

// Changes what `given` names. Refuses units and targets that AWS does not take.
void apply_scaling(const std::optional<api::AutoScalingSettingsUpdate>& given,
                   std::optional<ScalingSettings>& settings);
std::optional<api::AutoScalingSettingsDescription> describe_scaling(
    const std::optional<ScalingSettings>& settings);

void write_scaling(json::Writer& out, const char* name, const std::optional<ScalingSettings>& settings);
std::optional<ScalingSettings> read_scaling(json::Value in, const char* name);

}  // namespace fogbank::dynamodb
