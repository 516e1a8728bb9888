#include "services/dynamodb/permissions.h"

#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/strong_groups.h"
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

std::optional<std::vector<std::string>> one(const std::string& value) {
    if (value.empty()) return std::nullopt;
    return std::vector<std::string>{value};
}

bool is_transaction(std::string_view operation) {
    return operation == "TransactWriteItems" || operation == "TransactGetItems" ||
           operation == "ExecuteTransaction";
}

// The values of DynamoDB's own condition keys, gathered when the first is asked for.
class OwnValues {
public:
    OwnValues(const gateway::RequestContext& context, const Table& table, const FactSource& source)
        : context_(context), table_(table), source_(source) {}

    std::optional<std::vector<std::string>> find(std::string_view key) {
        if (key == "enclosingoperation") {
            const std::string operation(context_.operation->name);
            return is_transaction(operation) ? one(operation) : std::nullopt;
        }
        const ConditionFacts& facts = gathered();
        if (key == "leadingkeys") return facts.leading_keys;
        if (key == "select") return one(facts.select);
        if (key == "returnvalues") return one(facts.return_values);
        if (key == "returnconsumedcapacity") return one(facts.return_capacity);
        if (key == "fulltablescan") return one(facts.full_scan);
        if (key != "attributes" || facts.attributes.empty()) return std::nullopt;
        return std::vector<std::string>(facts.attributes.begin(), facts.attributes.end());
    }

private:
    const ConditionFacts& gathered() {
        if (facts_) return *facts_;
        facts_.emplace();
        if (source_.gather != nullptr) source_.gather(source_.request, table_, *facts_);
        if (source_.return_capacity != nullptr) {
            facts_->return_capacity = source_.return_capacity->value_or("NONE");
        }
        return *facts_;
    }

    const gateway::RequestContext& context_;
    const Table& table_;
    const FactSource& source_;
    std::optional<ConditionFacts> facts_;
};

struct Question {
    const gateway::RequestContext& context;
    const auth::Policy* policy;
    std::string_view account;  // of the resource
    std::string_view action;
    std::string_view resource;
};

auth::Decision decide(const Question& asked, OwnValues* own) {
    if (asked.policy == nullptr) return auth::Decision::none;
    const auth::RequestValues values = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
        constexpr std::string_view kGlobal = "aws:";
        constexpr std::string_view kOwn = "dynamodb:";
        if (own != nullptr && key.starts_with(kOwn)) return own->find(key.substr(kOwn.size()));
        if (!key.starts_with(kGlobal)) return std::nullopt;
        return gateway::global_condition_values(asked.context, asked.account, key.substr(kGlobal.size()));
    };
    return auth::evaluate(*asked.policy, {asked.context.principal, {}, asked.action, asked.resource, values});
}

// Throws where the decision keeps the caller out.
void enforce(const Question& asked, auth::Decision decision) {
    const std::string resource(asked.resource);
    const std::string action(asked.action);
    if (decision == auth::Decision::deny) {
        deny(asked.context, resource, action, "with an explicit deny in a resource-based policy");
    }
    if (asked.account == asked.context.account || decision == auth::Decision::allow) return;
    deny(asked.context, resource, action,
         "because no resource-based policy allows the " + action + " action");
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
    const auth::Policy* policy = table == nullptr ? nullptr : table->policy.get();
    const Question asked{context, policy, address.account, action, resource};
    if (policy == nullptr) return enforce(asked, auth::Decision::none);
    OwnValues own(context, *table, permission.facts);
    enforce(asked, decide(asked, &own));
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
    if (table->is_strong && is_transaction(context.operation->name)) {
        refuse_strong(*table, "Transactions are not supported");
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

std::string own_table_name(TableCache& tables, const gateway::RequestContext& context,
                           const std::string& given) {
    std::string name = own_table_name(context, given);
    const TablePtr table = tables.find(context.account, context.region, name);
    check_permission(context, {context.account, context.region, name}, table.get(),
                     {context.operation->name});
    return name;
}

NamedTable permitted_table(TableCache& tables, const gateway::RequestContext& context,
                           const std::string& given) {
    NamedTable out{{}, table_name(given)};
    const TableAddress address = address_of(context, given);
    out.account = address.account;
    const TablePtr table =
        address.region == context.region ? tables.find(address.account, address.region, out.name) : nullptr;
    check_permission(context, address, table.get(), {context.operation->name});
    return out;
}

std::string permitted_stream_owner(TableCache& tables, const gateway::RequestContext& context,
                                   std::string_view arn) {
    const TableAddress address = address_of(context, arn);
    std::string owner(address.account);
    if (context.principal.kind == auth::PrincipalKind::service) return owner;
    const std::string_view name = address.name.substr(0, address.name.find('/'));
    const std::string_view label = address.name.substr(address.name.rfind('/') + 1);
    const TablePtr table =
        address.region == context.region ? tables.find(owner, address.region, name) : nullptr;
    const auth::Policy* policy = table == nullptr ? nullptr : table->find_stream_policy(label);
    if (policy == nullptr && owner == context.account) return owner;
    const std::string action = "dynamodb:" + std::string(context.operation->name);
    const Question asked{context, policy, owner, action, arn};
    enforce(asked, decide(asked, nullptr));
    return owner;
}

bool denies_policy_changes(const gateway::RequestContext& context, const std::string& policy,
                           const std::string& resource) {
    const auto parsed = auth::parse_policy(policy);
    const auto* found = std::get_if<auth::Policy>(&parsed);
    const Question asked{context, found, context.account, "dynamodb:PutResourcePolicy", resource};
    return decide(asked, nullptr) == auth::Decision::deny;
}

}  // namespace fogbank::dynamodb
