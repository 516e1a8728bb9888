// Writes a plan as C++.
#pragma once

#include "src/model/modelc/output.h"
#include "src/model/modelc/plan.h"

namespace fogbank::modelc {

// types/<structure>.h, operations.h and <operation>.h
void emit_types(const Plan& plan, OutputFolder& out);
// tables.h and tables_<n>.cc, `parts` of them
void emit_tables(const Plan& plan, int parts, OutputFolder& out);
// errors.h, service.h and service.cc with the descriptors of errors, operations and the service
void emit_service(const Plan& plan, OutputFolder& out);

}  // namespace fogbank::modelc
