// From the conditions of a Query to a range of keys.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/table.h"

#include <functional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// A condition on one key attribute.
struct KeyCondition {
    std::string attribute;
    // Equal to greater_equal, between, begins_with; another is refused with the table at hand.
    expression::Operator op = expression::Operator::equal;
    std::vector<const AttributeValue*> values;
};

// Takes a KeyConditionExpression apart; refuses what no key condition may have.
std::vector<KeyCondition> key_conditions_of(const expression::Condition& parsed);

struct KeyRange {
    std::string low;
    std::string high;  // keys in [low, high)
};

// Refuses conditions that do not fit the keys; `check_first` comes before what is said of each attribute.
using KeyCheck = std::function<void(const KeyAttribute&)>;
KeyRange range_of(
    const KeySchema& keys, const std::vector<KeyCondition>& conditions,
    const KeyCheck& check_first = [](const KeyAttribute&) {});

}  // namespace fogbank::dynamodb
