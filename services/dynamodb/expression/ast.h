// Parsed expressions. Values are referred to where the request keeps them; a tree must not outlive its
// request.
#pragma once

#include "services/dynamodb/value/attribute_value.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::expression {

enum class Kind : std::uint8_t { condition, filter, key_condition, projection, update };

// "ConditionExpression"
std::string_view kind_name(Kind kind);

// A step of a document path: a name, or an index into a list.
struct PathStep {
    std::string name;
    std::size_t index = 0;
    bool is_index = false;
    bool operator==(const PathStep&) const = default;
};
using Path = std::vector<PathStep>;  // the first step is a name

// "[a, b, [0]]", as AWS's messages have it.
std::string describe(const Path& path);

// What stands at `path`, or null.
const AttributeValue* find(const AttributeMap& item, const Path& path);
AttributeValue* find(AttributeMap& item, const Path& path);

struct Operand {
    enum class Kind : std::uint8_t { path, value, size, if_not_exists, list_append, plus, minus };
    Kind kind = Kind::path;
    Path path;                              // path; the first argument of if_not_exists
    const AttributeValue* value = nullptr;  // value
    std::vector<Operand> operands;  // of size, if_not_exists (the second argument), list_append, plus, minus
};

enum class Operator : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    between,
    in,
    attribute_exists,
    attribute_not_exists,
    attribute_type,
    begins_with,
    contains,
    logical_and,
    logical_or,
    logical_not,
};

struct Condition {
    Operator op = Operator::equal;
    std::vector<Operand> operands;
    std::vector<Condition> conditions;  // of and, or, not
};

using Projection = std::vector<Path>;

struct UpdateAction {
    enum class Kind : std::uint8_t { set, remove, add, erase };  // erase: DELETE
    Kind kind = Kind::set;
    Path path;
    Operand operand;  // not for remove
    bool is_legacy = false;  // of AttributeUpdates
};
using Update = std::vector<UpdateAction>;

}  // namespace fogbank::dynamodb::expression
