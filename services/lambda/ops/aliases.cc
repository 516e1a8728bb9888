#include "services/lambda/configuration.h"
#include "services/lambda/model/create_alias.h"
#include "services/lambda/model/delete_alias.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/get_alias.h"
#include "services/lambda/model/list_aliases.h"
#include "services/lambda/model/update_alias.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

FunctionReference aliased_function(const gateway::RequestContext& context,
                                   const std::optional<std::string>& name) {
    FunctionReference reference = requested_function(context, name);
    reference.qualifier.clear();
    return reference;
}

Error alias_not_found(const FunctionReference& reference, const std::string& alias) {
    return errors::ResourceNotFoundException("Cannot find alias arn: " + reference.arn() + ":" + alias);
}

void require_version(store::ReadTxn& txn, FunctionReference reference, const std::string& version) {
    reference.qualifier = version;
    if ((version != kLatest && !is_version_number(version)) || !find_function(txn, reference)) {
        throw errors::ResourceNotFoundException("Function not found: " + reference.qualified_arn());
    }
}

void refuse_routing(const std::optional<api::AliasRoutingConfiguration>& routing) {
    if (routing && routing->AdditionalVersionWeights && !routing->AdditionalVersionWeights->empty()) {
        throw not_served("RoutingConfig (weighted aliases)");
    }
}

}  // namespace

Task<api::CreateAlias::Output> Service::create_alias(const Context& context,
                                                     const api::CreateAlias::Input& input) {
    const FunctionReference reference = aliased_function(context, input.FunctionName);
    refuse_routing(input.RoutingConfig);
    api::AliasConfiguration alias;
    alias.AliasArn = reference.arn() + ":" + *input.Name;
    alias.Name = input.Name;
    alias.FunctionVersion = input.FunctionVersion;
    alias.Description = input.Description.value_or("");
    alias.RevisionId = entropy_.uuid();
    auto create = [&](store::Txn& txn) {
        require_version(txn, reference, *input.FunctionVersion);
        if (find_alias(txn, reference, *input.Name)) {
            throw errors::ResourceConflictException("Alias already exists: " + *alias.AliasArn);
        }
        store_alias(txn, reference, alias);
        forget_after(txn);
    };
    co_await database_.write(create);
    co_return alias;
}

Task<api::UpdateAlias::Output> Service::update_alias(const Context& context,
                                                     const api::UpdateAlias::Input& input) {
    const FunctionReference reference = aliased_function(context, input.FunctionName);
    refuse_routing(input.RoutingConfig);
    const std::string revision = entropy_.uuid();
    auto update = [&](store::Txn& txn) {
        std::optional<api::AliasConfiguration> alias = find_alias(txn, reference, *input.Name);
        if (!alias) throw alias_not_found(reference, *input.Name);
        check_revision(input.RevisionId, alias->RevisionId);
        if (input.FunctionVersion) {
            require_version(txn, reference, *input.FunctionVersion);
            alias->FunctionVersion = input.FunctionVersion;
        }
        if (input.Description) alias->Description = input.Description;
        alias->RevisionId = revision;
        store_alias(txn, reference, *alias);
        forget_after(txn);
        return *alias;
    };
    co_return co_await database_.write(update);
}

Task<api::DeleteAlias::Output> Service::delete_alias(const Context& context,
                                                     const api::DeleteAlias::Input& input) {
    const FunctionReference reference = aliased_function(context, input.FunctionName);
    auto erase = [&](store::Txn& txn) {
        erase_alias(txn, reference, *input.Name);
        forget_after(txn);
    };
    co_await database_.write(erase);
    co_return api::DeleteAlias::Output();
}

api::GetAlias::Output Service::get_alias(const Context& context, const api::GetAlias::Input& input) {
    const FunctionReference reference = aliased_function(context, input.FunctionName);
    std::optional<api::AliasConfiguration> alias =
        database_.read([&](store::ReadTxn& txn) { return find_alias(txn, reference, *input.Name); });
    if (!alias) throw alias_not_found(reference, *input.Name);
    return *alias;
}

api::ListAliases::Output Service::list_aliases(const Context& context, const api::ListAliases::Input& input) {
    const FunctionReference reference = aliased_function(context, input.FunctionName);
    const std::int64_t limit = std::clamp<std::int64_t>(input.MaxItems.value_or(kListPage), 1, kListPage);
    std::vector<api::AliasConfiguration> found = database_.read([&](store::ReadTxn& txn) {
        if (!function_exists(txn, reference)) {
            throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
        }
        return lambda::list_aliases(txn, reference, input.Marker.value_or(""), limit + 1);
    });
    if (input.FunctionVersion) {
        std::erase_if(found,
                      [&](const auto& alias) { return alias.FunctionVersion != input.FunctionVersion; });
    }
    api::ListAliases::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextMarker = found.back().Name;
    }
    output.Aliases = std::move(found);
    return output;
}

}  // namespace fogbank::lambda
