#include "services/dynamodb/store/policies.h"

namespace fogbank::dynamodb {

std::optional<Policy> find_policy(store::ReadTxn& txn, const PolicyPlace& place) {
    auto rows =
        txn.query("select revision, policy from dynamodb_policies where table_number = ?1 and stream = ?2",
                  place.table, std::string_view(place.stream));
    if (!rows.next()) return std::nullopt;
    return Policy{std::string(rows->text(0)), std::string(rows->text(1))};
}

std::vector<StoredPolicy> list_policies(store::ReadTxn& txn, std::int64_t table) {
    std::vector<StoredPolicy> out;
    for (const auto& row :
         txn.query("select stream, policy from dynamodb_policies where table_number = ?1", table)) {
        out.push_back({std::string(row.text(0)), std::string(row.text(1))});
    }
    return out;
}

void store_policy(store::Txn& txn, const PolicyPlace& place, const Policy& policy) {
    txn.execute(
        "insert into dynamodb_policies (table_number, stream, revision, policy) values (?1, ?2, ?3, ?4) "
        "on conflict (table_number, stream) do update set revision = excluded.revision, policy = "
        "excluded.policy",
        place.table, std::string_view(place.stream), std::string_view(policy.revision),
        std::string_view(policy.text));
}

void erase_policy(store::Txn& txn, const PolicyPlace& place) {
    txn.execute("delete from dynamodb_policies where table_number = ?1 and stream = ?2", place.table,
                std::string_view(place.stream));
}

}  // namespace fogbank::dynamodb
