// What resource-based policies say: who of another account may use a table, and who of its own may not. There
// are no identity policies here: an account's principals may do all that no policy of its table denies.
#pragma once

#include "services/dynamodb/store/tables.h"
#include "src/gateway/request_context.h"

#include <string>
#include <string_view>

namespace fogbank::dynamodb {

// Where a table is that a request names by name or ARN.
struct TableAddress {
    std::string_view account;
    std::string_view region;
    std::string_view name;
};
// Views of `context` and `given`, which is checked (check_table_name).
TableAddress address_of(const gateway::RequestContext& context, std::string_view given);

// What is asked for: `action` is "GetItem"; `index` is the name of the index that is read, or empty.
struct Permission {
    std::string_view action;
    std::string_view index = {};
};
// Throws AccessDeniedException. `table` is null where there is none, which other accounts do not learn.
void check_permission(const gateway::RequestContext& context, const TableAddress& address, const Table* table,
                      const Permission& permission);

// The table, where the caller may do that with it; throws ResourceNotFoundException and
// AccessDeniedException. It may be stale: see TableCache.
TablePtr require_table(TableCache& tables, const gateway::RequestContext& context, std::string_view given,
                       const Permission& permission);

// The name of a table of the caller's own account; throws AccessDeniedException where `given` is another's.
std::string own_table_name(const gateway::RequestContext& context, const std::string& given);

}  // namespace fogbank::dynamodb
