// What a stage may be, and how a patch changes it.
#pragma once

#include "services/apigateway/model/create_stage.h"
#include "services/apigateway/model/update_stage.h"
#include "src/model/types.h"

#include <string>
#include <vector>

namespace fogbank::apigateway::rest {

// Throws BadRequestException where AWS takes no such name or value.
void check_stage_name(const std::string& name);
void check_variables(const model::Map<std::string>& variables);

// Applies the operations in order. Throws BadRequestException for a path that can't be patched. That a new
// deploymentId exists is the caller's to check.
void patch_stage(api::Stage& stage, const std::vector<api::PatchOperation>& operations);

}  // namespace fogbank::apigateway::rest
