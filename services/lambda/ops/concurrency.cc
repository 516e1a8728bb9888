// Reserved concurrency, the settings of asynchronous invocations, the account's limits.
#include "services/lambda/configuration.h"
#include "services/lambda/model/delete_function_concurrency.h"
#include "services/lambda/model/delete_function_event_invoke_config.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/get_account_settings.h"
#include "services/lambda/model/get_function_concurrency.h"
#include "services/lambda/model/get_function_event_invoke_config.h"
#include "services/lambda/model/put_function_concurrency.h"
#include "services/lambda/model/put_function_event_invoke_config.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

namespace fogbank::lambda {

namespace {

constexpr std::int64_t kUnreservedMinimum = 100;         // aws: "Lambda reserves 100 for functions without"
constexpr std::int64_t kTotalCodeSize = 80'530'636'800;  // aws: 75 GB

void require(store::ReadTxn& txn, const FunctionReference& reference) {
    if (!function_exists(txn, reference)) {
        throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
    }
}

FunctionReference unqualified(FunctionReference reference) {
    reference.qualifier.clear();
    return reference;
}

std::string settings_arn(const FunctionReference& reference) {
    return reference.arn() + ":" + (reference.qualifier.empty() ? std::string(kLatest) : reference.qualifier);
}

api::FunctionEventInvokeConfig described(const EventInvokeSettings& settings,
                                         const FunctionReference& reference) {
    api::FunctionEventInvokeConfig result;
    result.FunctionArn = settings_arn(reference);
    result.LastModified = from_unix_millis(settings.modified_ms);
    if (settings.max_retries) result.MaximumRetryAttempts = static_cast<std::int32_t>(*settings.max_retries);
    if (settings.max_age_s) result.MaximumEventAgeInSeconds = static_cast<std::int32_t>(*settings.max_age_s);
    result.DestinationConfig.emplace();
    result.DestinationConfig->OnSuccess.emplace();
    result.DestinationConfig->OnFailure.emplace();
    return result;
}

// Settings stand for the function as a whole.
FunctionReference settings_function(const gateway::RequestContext& context,
                                    const std::optional<std::string>& name,
                                    const std::optional<std::string>& qualifier) {
    const FunctionReference reference = requested_function(context, name, qualifier);
    if (!reference.qualifier.empty() && reference.qualifier != kLatest) {
        throw not_served("an event invoke configuration of a version or an alias");
    }
    return reference;
}

void refuse_destinations(const std::optional<api::DestinationConfig>& config) {
    if (!config) return;
    const bool on_success = config->OnSuccess && config->OnSuccess->Destination;
    const bool on_failure = config->OnFailure && config->OnFailure->Destination;
    if (on_success || on_failure) throw not_served("DestinationConfig");
}

Error no_settings(const FunctionReference& reference) {
    return errors::ResourceNotFoundException("The function " + settings_arn(reference) +
                                             " doesn't have an EventInvokeConfig");
}

}  // namespace

Task<api::PutFunctionConcurrency::Output> Service::put_function_concurrency(
    const Context& context, const api::PutFunctionConcurrency::Input& input) {
    const FunctionReference reference = unqualified(requested_function(context, input.FunctionName));
    const std::int64_t wanted = *input.ReservedConcurrentExecutions;
    const std::int64_t total = options_.scheduler.concurrency;
    auto put = [&](store::Txn& txn) {
        require(txn, reference);
        if (reserved_total(txn, reference.account, reference.region, reference.name) + wanted >
            total - kUnreservedMinimum) {
            throw errors::InvalidParameterValueException(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                "UnreservedConcurrentExecution below its minimum value of [" +
                std::to_string(kUnreservedMinimum) + "].");
        }
        update_reserved_concurrency(txn, reference, wanted);
        forget_after(txn);
    };
    co_await database_.write(put);
    api::PutFunctionConcurrency::Output output;
    output.ReservedConcurrentExecutions = input.ReservedConcurrentExecutions;
    co_return output;
}

api::GetFunctionConcurrency::Output Service::get_function_concurrency(
    const Context& context, const api::GetFunctionConcurrency::Input& input) {
    const FunctionPtr function =
        required_function(unqualified(requested_function(context, input.FunctionName)));
    api::GetFunctionConcurrency::Output output;
    if (function->reserved_concurrency) {
        output.ReservedConcurrentExecutions = static_cast<std::int32_t>(*function->reserved_concurrency);
    }
    return output;
}

Task<api::DeleteFunctionConcurrency::Output> Service::delete_function_concurrency(
    const Context& context, const api::DeleteFunctionConcurrency::Input& input) {
    const FunctionReference reference = unqualified(requested_function(context, input.FunctionName));
    auto erase = [&](store::Txn& txn) {
        require(txn, reference);
        update_reserved_concurrency(txn, reference, std::nullopt);
        forget_after(txn);
    };
    co_await database_.write(erase);
    co_return api::DeleteFunctionConcurrency::Output();
}

Task<api::PutFunctionEventInvokeConfig::Output> Service::put_function_event_invoke_config(
    const Context& context, const api::PutFunctionEventInvokeConfig::Input& input) {
    const FunctionReference reference = settings_function(context, input.FunctionName, input.Qualifier);
    refuse_destinations(input.DestinationConfig);
    EventInvokeSettings settings;
    if (input.MaximumRetryAttempts) settings.max_retries = *input.MaximumRetryAttempts;
    if (input.MaximumEventAgeInSeconds) settings.max_age_s = *input.MaximumEventAgeInSeconds;
    settings.modified_ms = unix_millis(context.received_at);
    auto put = [&](store::Txn& txn) {
        require(txn, reference);
        update_event_invoke(txn, reference, settings);
        forget_after(txn);
    };
    co_await database_.write(put);
    co_return described(settings, reference);
}

api::GetFunctionEventInvokeConfig::Output Service::get_function_event_invoke_config(
    const Context& context, const api::GetFunctionEventInvokeConfig::Input& input) {
    const FunctionReference reference = settings_function(context, input.FunctionName, input.Qualifier);
    const std::optional<EventInvokeSettings> settings = database_.read([&](store::ReadTxn& txn) {
        require(txn, reference);
        return find_event_invoke(txn, reference);
    });
    if (!settings) throw no_settings(reference);
    return described(*settings, reference);
}

Task<api::DeleteFunctionEventInvokeConfig::Output> Service::delete_function_event_invoke_config(
    const Context& context, const api::DeleteFunctionEventInvokeConfig::Input& input) {
    const FunctionReference reference = settings_function(context, input.FunctionName, input.Qualifier);
    auto erase = [&](store::Txn& txn) {
        require(txn, reference);
        if (!find_event_invoke(txn, reference)) throw no_settings(reference);
        update_event_invoke(txn, reference, std::nullopt);
        forget_after(txn);
    };
    co_await database_.write(erase);
    co_return api::DeleteFunctionEventInvokeConfig::Output();
}

Task<api::GetAccountSettings::Output> Service::get_account_settings(const Context& context,
                                                                    const api::GetAccountSettings::Input&) {
    struct Usage {
        std::int64_t functions = 0, bytes = 0, reserved = 0;
    };
    auto measure = [&](store::ReadTxn& txn) {
        Usage usage;
        for (const Function& function :
             list_all_versions(txn, context.account, context.region, "", -1, 1'000'000)) {
            if (function.number == 0) ++usage.functions;
            usage.bytes += function.configuration.CodeSize.value_or(0);
        }
        usage.reserved = reserved_total(txn, context.account, context.region, "");
        return usage;
    };
    const Usage usage = co_await database_.read_in_pool(measure);
    api::GetAccountSettings::Output output;
    auto& limit = output.AccountLimit.emplace();
    limit.TotalCodeSize = kTotalCodeSize;
    limit.CodeSizeUnzipped = static_cast<std::int64_t>(kUnzippedLimit);
    limit.CodeSizeZipped = static_cast<std::int64_t>(options_.zipped_limit);
    limit.ConcurrentExecutions = options_.scheduler.concurrency;
    limit.UnreservedConcurrentExecutions =
        static_cast<std::int32_t>(options_.scheduler.concurrency - usage.reserved);
    auto& used = output.AccountUsage.emplace();
    used.TotalCodeSize = usage.bytes;
    used.FunctionCount = usage.functions;
    co_return output;
}

}  // namespace fogbank::lambda
