// What resource-based policies say: who of another account may use a table, and who of its own may not. There
// are no identity policies here: an account's principals may do all that no policy of its table denies.
#pragma once

#include "services/dynamodb/store/tables.h"
#include "src/gateway/request_context.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

// Where a table is that a request names by name or ARN.
struct TableAddress {
    std::string_view account;
    std::string_view region;
    std::string_view name;
};
// Views of `context` and `given`, which is checked (check_table_name).
TableAddress address_of(const gateway::RequestContext& context, std::string_view given);

// What a request has for DynamoDB's own condition keys. docs: "Using IAM policy conditions for fine-grained
// access control".
struct ConditionFacts {
    std::optional<std::vector<std::string>> leading_keys;  // values of partition keys
    std::set<std::string> attributes;                      // top-level names
    // Empty: the request has no such.
    std::string select;
    std::string return_values;
    std::string return_capacity;
    std::string full_scan;
};
// Where they come from (condition_facts.h): they are gathered only where a policy asks for one.
struct FactSource {
    using Gather = void (*)(const void* request, const Table& table, ConditionFacts& out);
    const void* request = nullptr;
    Gather gather = nullptr;
    const std::optional<std::string>* return_capacity = nullptr;  // of the request that `request` is part of
};

// What is asked for: `action` is "GetItem"; `index` is the name of the index that is read, or empty.
struct Permission {
    std::string_view action;
    std::string_view index = {};
    FactSource facts = {};
};
// Throws AccessDeniedException. `table` is null where there is none, which other accounts do not learn.
void check_permission(const gateway::RequestContext& context, const TableAddress& address, const Table* table,
                      const Permission& permission);

// The table, where the caller may do that with it; throws ResourceNotFoundException and
// AccessDeniedException. It may be stale: see TableCache.
TablePtr require_table(TableCache& tables, const gateway::RequestContext& context, std::string_view given,
                       const Permission& permission);

// The name of a table of the caller's own account; throws AccessDeniedException where `given` is another's.
// With `tables`, also where the table's policy denies the operation; no policy speaks of lists.
std::string own_table_name(const gateway::RequestContext& context, const std::string& given);
std::string own_table_name(TableCache& tables, const gateway::RequestContext& context,
                           const std::string& given);

struct NamedTable {
    std::string account;
    std::string name;
};
// The table that the operation is for, where the caller may do that with it; it need not exist. docs:
// "DynamoDB API operations supported by resource-based policies": some operations may be done by accounts
// that the policy of the table allows them.
NamedTable permitted_table(TableCache& tables, const gateway::RequestContext& context,
                           const std::string& given);

// The account of the stream with that ARN (parse_stream_arn takes it), where the caller may do that with it.
std::string permitted_stream_owner(TableCache& tables, const gateway::RequestContext& context,
                                   std::string_view arn);

// Whether the policy would keep the caller from changing it again.
bool denies_policy_changes(const gateway::RequestContext& context, const std::string& policy,
                           const std::string& resource);

}  // namespace fogbank::dynamodb
