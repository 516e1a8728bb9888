// What parsed expressions do to items. Pure.
#pragma once

#include "services/dynamodb/expression/ast.h"

namespace fogbank::dynamodb::expression {

// Whether `item` satisfies the condition. An item that does not exist is an empty map.
bool evaluate(const Condition& condition, const AttributeMap& item);

// The parts of `item` that the paths name, in their maps and lists.
AttributeMap project(const Projection& paths, const AttributeMap& item);

// The item after the update. Every operand is read from `item` as it was.
// Refuses (ValidationException) what AWS finds only with the item at hand.
AttributeMap apply(const Update& update, const AttributeMap& item);

}  // namespace fogbank::dynamodb::expression
