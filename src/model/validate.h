// Checks a decoded input against the model's constraints, in AWS's words.
#pragma once

#include "src/model/shape.h"

#include <string>
#include <vector>

namespace fogbank::model {

// One sentence per violated constraint, in the order AWS lists them, such as
//   Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1
//   Value null at 'tableName' failed to satisfy constraint: Member must not be null
// Paths use the lower-camel member names of AWS's Java front ends ('items.1.member.key').
std::vector<std::string> violations(const Shape& shape, const void* value);

// "2 validation errors detected: ...; ..." or empty where `violations` is empty.
std::string validation_message(const std::vector<std::string>& violations);

}  // namespace fogbank::model
