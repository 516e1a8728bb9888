#include "services/lambda/model/create_function.h"
#include "services/lambda/configuration.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/publish_version.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

namespace fogbank::lambda {

namespace {

Function published_copy(const Function& latest, std::int64_t number, const std::string& revision) {
    Function version = latest;
    version.number = number;
    version.configuration.Version = std::to_string(number);
    version.configuration.FunctionArn = latest.arn() + ":" + std::to_string(number);
    version.configuration.RevisionId = revision;
    return version;
}

}  // namespace

Task<api::CreateFunction::Output> Service::create_function(const Context& context,
                                                           const api::CreateFunction::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName);
    check_create(input);
    check_environment_size(input.Environment, options_.environment_limit);
    if (input.Tags && input.Tags->size() > kTagLimit) {
        throw errors::InvalidParameterValueException("Number of tags exceeds resource tag limit.");
    }
    const bool exists = database_.read([&](store::ReadTxn& txn) { return function_exists(txn, reference); });
    if (exists) throw errors::ResourceConflictException("Function already exist: " + reference.name);

    const api::FunctionConfiguration wanted = make_configuration(input, reference.name);
    refuse_settings(wanted);

    const api::FunctionCode& code = *input.Code;
    const CodeSource source{code.ZipFile, code.S3Bucket, code.S3Key, code.S3ObjectVersion};
    const LoadedCode loaded = co_await load_code(context, source);

    Function latest;
    latest.account = reference.account;
    latest.region = reference.region;
    latest.name = reference.name;
    latest.code_id = loaded.id;
    latest.hot_reload_folder = loaded.hot_reload_folder;
    latest.configuration = wanted;
    latest.configuration.FunctionArn = reference.arn();
    latest.configuration.Version = std::string(kLatest);
    latest.configuration.CodeSize = loaded.size;
    latest.configuration.CodeSha256 = loaded.sha_base64;
    latest.configuration.LastModified = modified_text(context.received_at);
    latest.configuration.RevisionId = entropy_.uuid();
    const Tags tags = input.Tags ? Tags(input.Tags->begin(), input.Tags->end()) : Tags();
    const std::string version_revision = entropy_.uuid();
    const bool publishes = input.Publish.value_or(false);

    auto insert = [&](store::Txn& txn) {
        if (function_exists(txn, reference)) {
            throw errors::ResourceConflictException("Function already exist: " + reference.name);
        }
        insert_function(txn, latest, tags);
        forget_after(txn);
        if (!publishes) return latest.configuration;
        const Function version =
            published_copy(latest, take_version_number(txn, reference), version_revision);
        insert_version(txn, version);
        return version.configuration;
    };
    api::FunctionConfiguration stored = co_await database_.write(insert);
    warn_of_settings(latest.configuration);
    scheduler_.prepare(*input.Runtime);
    if (options_.creation == Creation::active_at_once) co_return stored;
    co_return as_pending(std::move(stored));
}

Task<api::PublishVersion::Output> Service::publish_version(const Context& context,
                                                           const api::PublishVersion::Input& input) {
    FunctionReference reference = requested_function(context, input.FunctionName);
    reference.qualifier.clear();
    if (input.PublishTo) throw not_served("PublishTo");
    const std::string revision = entropy_.uuid();
    auto publish = [&](store::Txn& txn) {
        const std::optional<Function> latest = find_function(txn, reference);
        if (!latest) throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
        check_revision(input.RevisionId, latest->configuration.RevisionId);
        if (input.CodeSha256 && !input.CodeSha256->empty() &&
            input.CodeSha256 != latest->configuration.CodeSha256) {
            throw errors::InvalidParameterValueException(
                "CodeSHA256 (" + *input.CodeSha256 + ") is different from current CodeSHA256 in $LATEST (" +
                latest->configuration.CodeSha256.value_or("") +
                "). Please try again with the CodeSHA256 in $LATEST.");
        }
        // aws: "Lambda doesn't publish a version if the function's configuration and code haven't changed
        // since the last version"
        std::optional<Function> last;
        for (Function& version : list_versions(txn, reference, 0, 100'000)) last = std::move(version);
        Function next = *latest;
        if (input.Description) next.configuration.Description = input.Description;
        if (last && last->configuration.CodeSha256 == next.configuration.CodeSha256 &&
            last->configuration.LastModified == next.configuration.LastModified) {
            return last->configuration;
        }
        const Function version = published_copy(next, take_version_number(txn, reference), revision);
        insert_version(txn, version);
        forget_after(txn);
        return version.configuration;
    };
    co_return co_await database_.write(publish);
}

}  // namespace fogbank::lambda
