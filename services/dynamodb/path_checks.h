// What AWS refuses of an expression for the keys of its table. docs: none; dynalite's suite has it from AWS.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/table.h"

#include <string>

namespace fogbank::dynamodb {

// Nothing stands below a key of the table or of one of its indexes: those are scalars.
void check_paths(const Table& table, const expression::Projection& projection);
void check_paths(const Table& table, const expression::Condition& condition);
void check_paths(const Table& table, const expression::Update& update);

// Refuses key attributes in the condition; `parameter` is what it stands in.
void check_filter(const expression::Condition& filter, const KeySchema& keys, const std::string& parameter);

// Refuses what sets a key of an index to a value of another type, as far as the text tells the type.
void check_index_types(const Table& table, const expression::Update& update);

}  // namespace fogbank::dynamodb
