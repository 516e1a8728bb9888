// Statements of functions' resource policies.
#pragma once

#include "services/lambda/names.h"
#include "src/store/database.h"

#include <string>
#include <vector>

namespace fogbank::lambda {

// `reference.qualifier` says whose policy: the function's where empty, else that version's or alias's.
bool has_statement(store::ReadTxn& txn, const FunctionReference& reference, std::string_view statement_id);
void insert_statement(store::Txn& txn, const FunctionReference& reference, std::string_view statement_id,
                      std::string_view statement);
bool erase_statement(store::Txn& txn, const FunctionReference& reference, std::string_view statement_id);
// JSON texts, in the order of insertion.
std::vector<std::string> list_statements(store::ReadTxn& txn, const FunctionReference& reference);

// {"Version":"2012-10-17","Id":"default","Statement":[...]}; empty where there is no statement.
std::string policy_text(const std::vector<std::string>& statements);

}  // namespace fogbank::lambda
