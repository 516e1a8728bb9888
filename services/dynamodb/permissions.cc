#include "services/dynamodb/permissions.h"

#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/request_checks.h"
#include "src/auth/policy_decision.h"
#include "src/gateway/condition_values.h"

#include <optional>
#include <vector>

namespace fogbank::dynamodb {
namespace {

constexpr std::string_view kTable = "table/";

std::string arn_of(const gateway::RequestContext& context, const TableAddress& address,
                   std::string_view index) {
    std::string out = "arn:" + context.partition + ":dynamodb:";
    out.append(address.region).append(":").append(address.account).append(":").append(kTable);
    out.append(address.name);
    if (!index.empty()) out.append("/index/").append(index);
    return out;
}

[[noreturn]] void deny(const gateway::RequestContext& context, const std::string& resource,
                       const std::string& action, const std::string& why) {
    throw errors::AccessDeniedException("User: " + context.principal.arn + " is not authorized to perform: " +
                                        action + " on resource: " + resource + " " + why);
}

auth::Decision decide(const gateway::RequestContext& context, const Table& table, std::string_view action,
                      std::string_view resource) {
    if (table.policy == nullptr) return auth::Decision::none;
    const auth::RequestValues values = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
        constexpr std::string_view kGlobal = "aws:";
        if (!key.starts_with(kGlobal)) return std::nullopt;
        return gateway::global_condition_values(context, table.account, key.substr(kGlobal.size()));
    };
    return auth::evaluate(*table.policy, {context.principal, {}, action, resource, values});
}

}  // namespace

TableAddress address_of(const gateway::RequestContext& context, std::string_view given) {
    TableAddress out{context.account, context.region, given};
    if (!given.starts_with("arn:")) return out;
    // arn:partition:service:region:account:resource
    const auto part = [&](int number) {
        std::size_t begin = 0;
        for (int i = 0; i < number; ++i) begin = given.find(':', begin) + 1;
        return given.substr(begin, given.find(':', begin) - begin);
    };
    out.region = part(3);
    out.account = part(4);
    out.name = given.substr(given.find(kTable) + kTable.size());
    return out;
}

void check_permission(const gateway::RequestContext& context, const TableAddress& address, const Table* table,
                      const Permission& permission) {
    const bool is_own = address.account == context.account;
    if (is_own && (table == nullptr || table->policy == nullptr)) return;
    if (context.principal.kind == auth::PrincipalKind::service) return;
    const std::string resource = arn_of(context, address, permission.index);
    const std::string action = "dynamodb:" + std::string(permission.action);
    const auth::Decision decision =
        table == nullptr ? auth::Decision::none : decide(context, *table, action, resource);
    if (decision == auth::Decision::deny) {
        deny(context, resource, action, "with an explicit deny in a resource-based policy");
    }
    if (is_own || decision == auth::Decision::allow) return;
    deny(context, resource, action, "because no resource-based policy allows the " + action + " action");
}

TablePtr require_table(TableCache& tables, const gateway::RequestContext& context, std::string_view given,
                       const Permission& permission) {
    const TableAddress address = address_of(context, given);
    TablePtr table = address.region == context.region
                         ? tables.find(address.account, address.region, address.name)
                         : nullptr;
    check_permission(context, address, table.get(), permission);
    // aws: a table that is being restored is CREATING, and no items are read or written.
    if (table == nullptr || table->restoring) {
        throw errors::ResourceNotFoundException("Requested resource not found");
    }
    return table;
}

std::string own_table_name(const gateway::RequestContext& context, const std::string& given) {
    std::string name = table_name(given);
    const TableAddress address = address_of(context, given);
    if (address.account != context.account) {
        check_permission(context, address, nullptr, {context.operation->name});
    }
    return name;
}

}  // namespace fogbank::dynamodb
