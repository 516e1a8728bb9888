// Branches of a WHERE clause that reach the same keys.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/table.h"

namespace fogbank::dynamodb::partiql {

// Refuses (ValidationException) a SELECT in which two branches, joined by OR or IN, name one partition and
// ranges of its sort keys that meet. aws: captured 2026-10 (conformance suite); a branch that negates a
// condition on the sort key, or has it with <>, meets none.
void check_overlap(const KeySchema& keys, const expression::Condition& where);

}  // namespace fogbank::dynamodb::partiql
