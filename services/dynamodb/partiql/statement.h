// A parsed PartiQL statement. Its trees refer to values of its own and of the request's parameters.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/value/attribute_value.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::partiql {

enum class Verb { select, insert, update, erase, exists };

struct OrderTerm {
    enum class Direction { ascending, descending };
    std::string attribute;
    Direction direction = Direction::ascending;
};

enum class Returning { nothing, all_old, modified_old, all_new, modified_new };

struct Statement {
    Statement() = default;
    // Trees refer to `values`: a copy would refer to those of another.
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    Statement(Statement&&) = default;
    Statement& operator=(Statement&&) = default;

    Verb verb = Verb::select;
    std::string table;
    std::optional<std::string> index;
    std::vector<expression::Path> projection;  // empty: *
    // Why the projection is none. aws: told once the table and its index are known (captured 2026-10).
    std::string projection_defect;
    AttributeMap item;  // of INSERT
    expression::Update update;
    std::optional<expression::Condition> where;
    std::vector<OrderTerm> order;
    Returning returning = Returning::nothing;
    // Where the trees' values stand; a deque, for they must not move.
    std::deque<AttributeValue> values;
};

// Parses `text`; every ? takes the next of `parameters`. Refuses (ValidationException) in AWS's words. The
// result must not outlive `parameters`.
Statement parse(std::string_view text, const std::optional<std::vector<AttributeValue>>& parameters);

}  // namespace fogbank::dynamodb::partiql
