// Which of AWS's front ends reads a single write: the older one where a value is very deep.
#pragma once

#include "services/dynamodb/value/attribute_value.h"

#include <algorithm>
#include <optional>

namespace fogbank::dynamodb {

template <class Map>
bool has_very_deep(const std::optional<Map>& expected) {
    if (!expected) return false;
    for (const auto& [name, each] : *expected) {
        if (each.Value && each.Value->is_very_deep()) return true;
    }
    return false;
}

inline bool has_very_deep(const std::optional<Item>& item) {
    if (!item) return false;
    const AttributeMap& attributes = item->attributes;
    return std::any_of(attributes.begin(), attributes.end(),
                       [](const Attribute& each) { return each.value.is_very_deep(); });
}

// Whether AWS has the request read by its older front end.
template <class Input>
bool is_read_as_older(const Input& input) {
    if constexpr (requires { input.Item; }) {
        if (has_very_deep(input.Item)) return true;
    } else {
        if (has_very_deep(input.Key)) return true;
    }
    if constexpr (requires { input.AttributeUpdates; }) {
        if (has_very_deep(input.AttributeUpdates)) return true;
    }
    return has_very_deep(input.ExpressionAttributeValues) || has_very_deep(input.Expected);
}

}  // namespace fogbank::dynamodb
