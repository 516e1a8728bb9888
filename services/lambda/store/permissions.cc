#include "services/lambda/store/permissions.h"

namespace fogbank::lambda {

bool has_statement(store::ReadTxn& txn, const FunctionReference& reference, std::string_view statement_id) {
    auto rows = txn.query(
        "select 1 from lambda_permission where account = ?1 and region = ?2 and name = ?3 and "
        "qualifier = ?4 and statement_id = ?5",
        reference.account, reference.region, reference.name, reference.qualifier, statement_id);
    return rows.next();
}

void insert_statement(store::Txn& txn, const FunctionReference& reference, std::string_view statement_id,
                      std::string_view statement) {
    txn.execute(
        "insert into lambda_permission (account, region, name, qualifier, statement_id, position, statement) "
        "select ?1, ?2, ?3, ?4, ?5, coalesce(max(position), 0) + 1, ?6 from lambda_permission "
        "where account = ?1 and region = ?2 and name = ?3 and qualifier = ?4",
        reference.account, reference.region, reference.name, reference.qualifier, statement_id, statement);
}

bool erase_statement(store::Txn& txn, const FunctionReference& reference, std::string_view statement_id) {
    return txn.execute(
               "delete from lambda_permission where account = ?1 and region = ?2 and name = ?3 and "
               "qualifier = ?4 and statement_id = ?5",
               reference.account, reference.region, reference.name, reference.qualifier, statement_id) > 0;
}

std::vector<std::string> list_statements(store::ReadTxn& txn, const FunctionReference& reference) {
    std::vector<std::string> result;
    for (const auto& row :
         txn.query("select statement from lambda_permission where account = ?1 and region = ?2 and "
                   "name = ?3 and qualifier = ?4 order by position",
                   reference.account, reference.region, reference.name, reference.qualifier)) {
        result.emplace_back(row.text(0));
    }
    return result;
}

std::string policy_text(const std::vector<std::string>& statements) {
    if (statements.empty()) return {};
    std::string text = R"({"Version":"2012-10-17","Id":"default","Statement":[)";
    for (const std::string& statement : statements) {
        if (text.back() != '[') text += ',';
        text += statement;
    }
    return text + "]}";
}

}  // namespace fogbank::lambda
