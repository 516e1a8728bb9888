// Expressions from text. Every mistake is a ValidationException in AWS's words ("Invalid ConditionExpression:
// ..."). Syntax errors come first, wherever they stand; the other mistakes are reported by kind, as AWS's
// passes find them.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/expression/placeholders.h"

#include <string_view>

namespace fogbank::dynamodb::expression {

// `kind` is condition, filter or key_condition.
Condition parse_condition(Kind kind, std::string_view text, Placeholders& placeholders);
Projection parse_projection(std::string_view text, Placeholders& placeholders);
Update parse_update(std::string_view text, Placeholders& placeholders);

// The first pair of paths that overlap or conflict, in AWS's words; empty where there is none.
std::string path_conflict(const std::vector<const Path*>& paths);

}  // namespace fogbank::dynamodb::expression
