// Resource-based policies of tables and of their streams.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

struct PolicyPlace {
    std::int64_t table = 0;
    std::string stream;  // its label; empty: the table's own
};

struct Policy {
    std::string revision;
    std::string text;
};

std::optional<Policy> find_policy(store::ReadTxn& txn, const PolicyPlace& place);
// Of the table and of its streams.
struct StoredPolicy {
    std::string stream;  // its label; empty: the table's own
    std::string text;
};
std::vector<StoredPolicy> list_policies(store::ReadTxn& txn, std::int64_t table);
void store_policy(store::Txn& txn, const PolicyPlace& place, const Policy& policy);
void erase_policy(store::Txn& txn, const PolicyPlace& place);

}  // namespace fogbank::dynamodb
