#include "services/lambda/model/get_alias.h"
#include "services/lambda/store/functions.h"
#include "services/lambda/store/json_text.h"

#include <charconv>

namespace fogbank::lambda {

std::optional<api::AliasConfiguration> find_alias(store::ReadTxn& txn, const FunctionReference& reference,
                                                  std::string_view alias) {
    auto rows = txn.query(
        "select configuration from lambda_alias where account = ?1 and region = ?2 and name = ?3 "
        "and alias = ?4",
        reference.account, reference.region, reference.name, alias);
    if (!rows.next()) return std::nullopt;
    return from_json<api::GetAlias>(rows->text(0));
}

void store_alias(store::Txn& txn, const FunctionReference& reference, const api::AliasConfiguration& alias) {
    std::int64_t number = 0;
    const std::string& version = *alias.FunctionVersion;
    std::from_chars(version.data(), version.data() + version.size(), number);  // $LATEST stays 0
    txn.execute(
        "insert into lambda_alias (account, region, name, alias, number, configuration) "
        "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (account, region, name, alias) do update set "
        "number = excluded.number, configuration = excluded.configuration",
        reference.account, reference.region, reference.name, *alias.Name, number,
        to_json<api::GetAlias>(alias));
}

bool erase_alias(store::Txn& txn, const FunctionReference& reference, std::string_view alias) {
    txn.execute(
        "delete from lambda_permission where account = ?1 and region = ?2 and name = ?3 and qualifier = ?4",
        reference.account, reference.region, reference.name, alias);
    return txn.execute(
               "delete from lambda_alias where account = ?1 and region = ?2 and name = ?3 and alias = ?4",
               reference.account, reference.region, reference.name, alias) > 0;
}

std::vector<api::AliasConfiguration> list_aliases(store::ReadTxn& txn, const FunctionReference& reference,
                                                  std::string_view after, std::int64_t limit) {
    std::vector<api::AliasConfiguration> result;
    for (const auto& row :
         txn.query("select configuration from lambda_alias where account = ?1 and region = ?2 and "
                   "name = ?3 and alias > ?4 order by alias limit ?5",
                   reference.account, reference.region, reference.name, after, limit)) {
        result.push_back(from_json<api::GetAlias>(row.text(0)));
    }
    return result;
}

bool version_has_alias(store::ReadTxn& txn, const FunctionReference& reference, std::int64_t number) {
    auto rows = txn.query(
        "select 1 from lambda_alias where account = ?1 and region = ?2 and name = ?3 and number = ?4",
        reference.account, reference.region, reference.name, number);
    return rows.next();
}

}  // namespace fogbank::lambda
