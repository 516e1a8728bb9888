// From the conditions of a Query to a range of keys.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/table.h"

#include <string>
#include <vector>

namespace fogbank::dynamodb {

// A condition on one key attribute.
struct KeyCondition {
    std::string attribute;
    expression::Operator op = expression::Operator::equal;  // equal to greater_equal, between, begins_with
    std::vector<const AttributeValue*> values;
};

// Takes a KeyConditionExpression apart; refuses what no key condition may have.
std::vector<KeyCondition> key_conditions_of(const expression::Condition& parsed);

struct KeyRange {
    std::string low;
    std::string high;  // keys in [low, high)
};

// Refuses conditions that do not fit the keys.
KeyRange range_of(const KeySchema& keys, const std::vector<KeyCondition>& conditions);

}  // namespace fogbank::dynamodb
