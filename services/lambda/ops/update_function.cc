#include "services/lambda/configuration.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/update_function_code.h"
#include "services/lambda/model/update_function_configuration.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

namespace fogbank::lambda {

Task<api::UpdateFunctionCode::Output> Service::update_function_code(
    const Context& context, const api::UpdateFunctionCode::Input& input) {
    FunctionReference reference = requested_function(context, input.FunctionName);
    reference.qualifier.clear();
    if (input.ImageUri) throw not_served("container images (ImageUri)");
    const FunctionPtr before = required_function(reference);
    check_revision(input.RevisionId, before->configuration.RevisionId);
    const CodeSource source{input.ZipFile, input.S3Bucket, input.S3Key, input.S3ObjectVersion};
    const LoadedCode loaded = co_await load_code(context, source);
    const std::string revision = entropy_.uuid();
    const std::string version_revision = entropy_.uuid();
    const bool is_dry_run = input.DryRun.value_or(false);

    struct Result {
        api::FunctionConfiguration configuration;
        std::string old_code;
    };
    auto update = [&](store::Txn& txn) {
        std::optional<Function> function = find_function(txn, reference);
        if (!function) throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
        check_revision(input.RevisionId, function->configuration.RevisionId);
        Result result{{}, function->code_id};
        function->code_id = loaded.id;
        function->hot_reload_folder = loaded.hot_reload_folder;
        api::FunctionConfiguration& configuration = function->configuration;
        configuration.CodeSha256 = loaded.sha_base64;
        configuration.CodeSize = loaded.size;
        configuration.LastModified = modified_text(context.received_at);
        configuration.RevisionId = revision;
        if (input.Architectures) configuration.Architectures = input.Architectures;
        result.configuration = configuration;
        if (is_dry_run) return result;
        update_version(txn, *function);
        forget_after(txn);
        if (input.Publish.value_or(false)) {
            function->number = take_version_number(txn, reference);
            configuration.Version = std::to_string(function->number);
            configuration.FunctionArn = reference.arn() + ":" + *configuration.Version;
            configuration.RevisionId = version_revision;
            insert_version(txn, *function);
            result.configuration = configuration;
        }
        return result;
    };
    Result result = co_await database_.write(update);
    if (is_dry_run) co_return result.configuration;
    scheduler_.end_sandboxes(reference.arn());
    co_await codes_.erase_unused(result.old_code);
    co_return as_updating(std::move(result.configuration));
}

Task<api::UpdateFunctionConfiguration::Output> Service::update_function_configuration(
    const Context& context, const api::UpdateFunctionConfiguration::Input& input) {
    FunctionReference reference = requested_function(context, input.FunctionName);
    reference.qualifier.clear();
    check_update(input);
    check_environment_size(input.Environment, options_.environment_limit);
    const std::string revision = entropy_.uuid();
    auto update = [&](store::Txn& txn) {
        std::optional<Function> function = find_function(txn, reference);
        if (!function) throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
        check_revision(input.RevisionId, function->configuration.RevisionId);
        apply_update(input, function->configuration);
        refuse_settings(function->configuration);
        function->configuration.LastModified = modified_text(context.received_at);
        function->configuration.RevisionId = revision;
        update_version(txn, *function);
        forget_after(txn);
        return function->configuration;
    };
    api::FunctionConfiguration stored = co_await database_.write(update);
    scheduler_.end_sandboxes(reference.arn());
    warn_of_settings(stored);
    if (input.Runtime) scheduler_.prepare(*input.Runtime);
    co_return as_updating(std::move(stored));
}

}  // namespace fogbank::lambda
