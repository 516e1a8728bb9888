#include "services/dynamodb/model/delete_resource_policy.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/get_resource_policy.h"
#include "services/dynamodb/model/put_resource_policy.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/policies.h"
#include "services/dynamodb/store/streams.h"
#include "src/base/arn.h"

namespace fogbank::dynamodb {
namespace {

struct Named {
    std::string table;
    std::string stream;
};

// In the words and order of AWS (measured 2026-10).
Named parse_resource(const RequestContext& context, const std::string& given) {
    if (!given.starts_with("arn:")) refuse_parameter("ARNs must start with 'arn:': " + given);
    const auto arn = Arn::parse(given);
    constexpr std::string_view kTable = "table/";
    if (!arn || arn->service() != "dynamodb" || !arn->resource().starts_with(kTable)) {
        refuse_parameter("Provided Arn is not a DynamoDB resource arn: " + given);
    }
    if (arn->partition() != context.partition || arn->region() != context.region) {
        refuse_parameter("Invalid resource Arn: " + given);
    }
    if (arn->account() != context.account) {
        refuse("This action is only supported by accounts that match the resource owner\u2019s account.");
    }
    std::string_view resource = arn->resource();
    resource.remove_prefix(kTable.size());
    const std::size_t split = resource.find('/');
    Named out{std::string(resource.substr(0, split)), {}};
    if (split == std::string_view::npos) return out;
    const std::string_view rest = resource.substr(split + 1);
    constexpr std::string_view kStream = "stream/";
    if (rest.starts_with("index/")) {
        refuse_parameter(
            "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
            given);
    }
    if (!rest.starts_with(kStream)) {
        refuse_parameter("Provided Arn is not a DynamoDB resource arn: " + given);
    }
    out.stream = rest.substr(kStream.size());
    return out;
}

// A Deny in the policy binds those who would change it, too.
Named permitted(TableCache& tables, const RequestContext& context, const std::string& arn) {
    Named out = parse_resource(context, arn);
    if (out.stream.empty()) {
        own_table_name(tables, context, out.table);
    } else {
        permitted_stream_owner(tables, context, arn);
    }
    return out;
}

PolicyPlace require_place(store::ReadTxn& txn, const RequestContext& context, const Named& named) {
    const TablePtr table = load_table(txn, context.account, context.region, named.table);
    if (table == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + named.table +
                                                " not found");
    }
    const bool is_known =
        named.stream.empty() || find_stream(txn, context.account, context.region, named.table, named.stream,
                                            unix_millis(context.received_at));
    if (!is_known) {
        throw errors::ResourceNotFoundException("Requested resource not found: Stream: " + named.stream +
                                                " not found for Table: " + named.table);
    }
    return {table->number, named.stream};
}

[[noreturn]] void refuse_policy(const std::string& what) {
    throw errors::PolicyNotFoundException("Resource-based policy not found for the provided ResourceArn: " +
                                          what);
}

void check_revision(const std::optional<std::string>& expected, const std::optional<Policy>& current,
                    const std::string& table, const std::string& arn) {
    if (!expected) return;
    if (*expected == "NO_POLICY") {
        if (!current) return;
        refuse_policy("Requested policy update expecting none to be present for table " + table +
                      ", but a policy exists with revision id " + current->revision + ".");
    }
    if (!current) refuse_policy(arn);
    if (current->revision == *expected) return;
    refuse_policy("Requested update for policy with revision id " + *expected +
                  ", but the policy associated to target table " + table + " has revision id " +
                  current->revision + ".");
}

}  // namespace

Task<api::PutResourcePolicy::Output> Service::put_resource_policy(
    const RequestContext& context, const api::PutResourcePolicy::Input& input) {
    const Named named = permitted(tables_, context, *input.ResourceArn);
    check_policy(*input.Policy);
    // docs: PutResourcePolicy, ConfirmRemoveSelfResourceAccess.
    if (!input.ConfirmRemoveSelfResourceAccess.value_or(false) &&
        denies_policy_changes(context, *input.Policy, *input.ResourceArn)) {
        refuse_parameter(
            "The policy would keep you from changing it: set ConfirmRemoveSelfResourceAccess to confirm "
            "that");
    }
    const std::string now = std::to_string(unix_millis(context.received_at));
    auto body = [&](store::Txn& txn) {
        const PolicyPlace place = require_place(txn, context, named);
        const auto current = find_policy(txn, place);
        check_revision(input.ExpectedRevisionId, current, named.table, *input.ResourceArn);
        // docs: "running it multiple times ... using the same policy document will return the same revision
        // ID".
        if (current && current->text == *input.Policy) return current->revision;
        Policy policy{now, *input.Policy};
        if (current && current->revision >= now)
            policy.revision = std::to_string(std::stoll(current->revision) + 1);
        store_policy(txn, place, policy);
        return policy.revision;
    };
    api::PutResourcePolicy::Output output;
    output.RevisionId = co_await database_.write(body);
    tables_.forget(context.account, context.region, named.table);
    co_return output;
}

api::GetResourcePolicy::Output Service::get_resource_policy(const RequestContext& context,
                                                            const api::GetResourcePolicy::Input& input) {
    const Named named = permitted(tables_, context, *input.ResourceArn);
    auto found = database_.read(
        [&](store::ReadTxn& txn) { return find_policy(txn, require_place(txn, context, named)); });
    if (!found) refuse_policy(*input.ResourceArn);
    api::GetResourcePolicy::Output output;
    output.Policy = std::move(found->text);
    output.RevisionId = std::move(found->revision);
    return output;
}

Task<api::DeleteResourcePolicy::Output> Service::delete_resource_policy(
    const RequestContext& context, const api::DeleteResourcePolicy::Input& input) {
    const Named named = permitted(tables_, context, *input.ResourceArn);
    auto body = [&](store::Txn& txn) {
        const PolicyPlace place = require_place(txn, context, named);
        const auto current = find_policy(txn, place);
        check_revision(input.ExpectedRevisionId, current, named.table, *input.ResourceArn);
        std::optional<std::string> revision;
        if (current) revision = current->revision;
        erase_policy(txn, place);
        return revision;
    };
    api::DeleteResourcePolicy::Output output;
    output.RevisionId = co_await database_.write(body);
    tables_.forget(context.account, context.region, named.table);
    co_return output;
}

}  // namespace fogbank::dynamodb
