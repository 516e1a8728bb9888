// NextToken of ExecuteStatement: where the statement goes on, bound to its text and parameters.
#pragma once

#include "services/dynamodb/model/types/execute_statement_input.h"
#include "services/dynamodb/partiql/session.h"

#include <string>

namespace fogbank::dynamodb::partiql {

std::string next_token(const api::ExecuteStatementInput& input, const Place& place);
// The place that input.NextToken names, or the start. Refuses tokens of another statement.
Place place_of(const api::ExecuteStatementInput& input);

// The statement and its parameters as one text.
std::string text_of(const std::string& statement,
                    const std::optional<std::vector<AttributeValue>>& parameters);

}  // namespace fogbank::dynamodb::partiql
