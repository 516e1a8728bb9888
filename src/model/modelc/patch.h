// services/<x>/model.patch.json: what AWS's model leaves out or says differently from AWS's servers. Its
// format is in src/model/README.md.
#pragma once

#include "src/model/modelc/model.h"

#include <string>

namespace fogbank::modelc {

// Throws ModelError where an entry is malformed, gives no reason, or names what the model does not have.
void apply_patch(const std::string& json, ServiceModel& service);

}  // namespace fogbank::modelc
