// What AWS counts of an UpdateExpression beside the item it makes.
#pragma once

#include "services/dynamodb/expression/ast.h"

#include <cstddef>

namespace fogbank::dynamodb::expression {

// aws: UpdateItem refuses an update of more than 400 KB, counted from the request alone: a fixed cost for
// each clause and operand, the names of paths, and each value at each use. The item it makes has a limit of
// its own. Measured to the byte in 2026-08 and 2026-10 (conformance suite); 22 of 33 regions do so, us-east-1
// among them. Transactions, PartiQL and AttributeUpdates have the limit of the item only.
std::size_t update_charge(const Update& update);

}  // namespace fogbank::dynamodb::expression
