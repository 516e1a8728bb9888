// How AWS words what a request breaks of the model where its newer front end reads it: otherwise than the
// model's constraints say (conformance suite, captured 2026-09 and 2026-10 in up to 33 regions).
#pragma once

#include "src/gateway/service.h"

#include <string>

namespace fogbank::dynamodb {

namespace api {
struct BatchGetItemInput;
struct BatchWriteItemInput;
}  // namespace api

// Binds the words of the operations that have some of their own.
void bind_words(gateway::OperationTable& table);

// "Value '{...}' at 'requestItems' failed to satisfy constraint: Map keys ...", where a table's name is none.
std::string wrong_table_name(const api::BatchGetItemInput& input);
std::string wrong_table_name(const api::BatchWriteItemInput& input);

}  // namespace fogbank::dynamodb
