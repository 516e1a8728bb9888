#include "services/lambda/model/get_function.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/get_function_configuration.h"
#include "services/lambda/model/list_functions.h"
#include "services/lambda/model/list_versions_by_function.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

#include <algorithm>
#include <charconv>

namespace fogbank::lambda {

namespace {

// aws: an answer about a qualified function names the qualifier in its ARN, also for $LATEST and aliases
api::FunctionConfiguration described(const Function& function, const FunctionReference& reference) {
    api::FunctionConfiguration result = function.configuration;
    if (!reference.qualifier.empty()) result.FunctionArn = reference.qualified_arn();
    return result;
}

std::int64_t page_size(const std::optional<std::int32_t>& wanted) {
    return std::clamp<std::int64_t>(wanted.value_or(kListPage), 1, kListPage);
}

// "name/number", or "name" where only $LATEST is listed.
struct Marker {
    std::string name;
    std::int64_t number = -1;
};

Marker parse_marker(const std::optional<std::string>& text) {
    Marker marker;
    if (!text) return marker;
    const std::size_t slash = text->find('/');
    marker.name = text->substr(0, slash);
    if (slash != std::string::npos) {
        std::from_chars(text->data() + slash + 1, text->data() + text->size(), marker.number);
    }
    return marker;
}

}  // namespace

FunctionPtr Service::required_function(const FunctionReference& reference) {
    FunctionPtr function = functions_.find(reference);
    if (!function)
        throw errors::ResourceNotFoundException("Function not found: " + reference.qualified_arn());
    return function;
}

api::GetFunction::Output Service::get_function(const Context& context, const api::GetFunction::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    const FunctionPtr function = required_function(reference);
    api::GetFunction::Output output;
    output.Configuration = described(*function, reference);
    auto& code = output.Code.emplace();
    code.RepositoryType = "S3";
    code.Location = function->hot_reload_folder.empty() ? CodeRoute::url(context.base_url, function->code_id)
                                                        : "file://" + function->hot_reload_folder;
    const Tags tags = database_.read([&](store::ReadTxn& txn) { return find_tags(txn, reference); });
    if (!tags.empty()) output.Tags = model::Map<std::string>(tags.begin(), tags.end());
    if (function->reserved_concurrency) {
        output.Concurrency.emplace().ReservedConcurrentExecutions =
            static_cast<std::int32_t>(*function->reserved_concurrency);
    }
    return output;
}

api::GetFunctionConfiguration::Output Service::get_function_configuration(
    const Context& context, const api::GetFunctionConfiguration::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    return described(*required_function(reference), reference);
}

Task<api::ListFunctions::Output> Service::list_functions(const Context& context,
                                                         const api::ListFunctions::Input& input) {
    const std::int64_t limit = page_size(input.MaxItems);
    const Marker marker = parse_marker(input.Marker);
    const bool all = input.FunctionVersion == "ALL";
    auto list = [&](store::ReadTxn& txn) {
        return all ? list_all_versions(txn, context.account, context.region, marker.name, marker.number,
                                       limit + 1)
                   : lambda::list_functions(txn, context.account, context.region, marker.name, limit + 1);
    };
    std::vector<Function> found = co_await database_.read_in_pool(list);
    api::ListFunctions::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextMarker = found.back().name + (all ? "/" + std::to_string(found.back().number) : "");
    }
    auto& functions = output.Functions.emplace();
    for (Function& function : found) {
        // aws: ListFunctions "doesn't return the State, StateReasonCode ... fields"
        api::FunctionConfiguration& out = functions.emplace_back(std::move(function.configuration));
        out.State.reset();
        out.LastUpdateStatus.reset();
        if (all && function.number == 0) out.FunctionArn = *out.FunctionArn + ":" + std::string(kLatest);
    }
    co_return output;
}

api::ListVersionsByFunction::Output Service::list_versions_by_function(
    const Context& context, const api::ListVersionsByFunction::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName);
    const std::int64_t limit = page_size(input.MaxItems);
    std::int64_t after = -1;
    if (input.Marker)
        std::from_chars(input.Marker->data(), input.Marker->data() + input.Marker->size(), after);
    std::vector<Function> found =
        database_.read([&](store::ReadTxn& txn) { return list_versions(txn, reference, after, limit + 1); });
    if (found.empty() && after < 0) {
        throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
    }
    api::ListVersionsByFunction::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextMarker = std::to_string(found.back().number);
    }
    auto& versions = output.Versions.emplace();
    for (Function& function : found) {
        const std::int64_t number = function.number;
        api::FunctionConfiguration& out = versions.emplace_back(std::move(function.configuration));
        if (number == 0) out.FunctionArn = *out.FunctionArn + ":" + std::string(kLatest);
    }
    return output;
}

}  // namespace fogbank::lambda
