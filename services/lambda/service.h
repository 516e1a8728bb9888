// Lambda: functions, their versions and policies, invocations, event source mappings.
#pragma once

#include "services/lambda/code_route.h"
#include "services/lambda/code_store/code_store.h"
#include "services/lambda/function_cache.h"
#include "services/lambda/mappings/registry.h"
#include "services/lambda/model/operations.h"
#include "services/lambda/model/types/environment.h"
#include "services/lambda/queue.h"
#include "services/lambda/runtime/log_store.h"
#include "services/lambda/runtime/runtime_api.h"
#include "services/lambda/runtime/scheduler.h"
#include "src/gateway/managed_service.h"

namespace fogbank::lambda {

std::span<const store::Migration> migrations();

enum class Creation {
    pending_first,   // CreateFunction answers State Pending, as on AWS
    active_at_once,  // LAMBDA_SYNCHRONOUS_CREATE
};

struct Options {
    std::string state_folder;                           // functions/ is made in it
    std::string log_folder;                             // empty: <state_folder>/logs
    std::string hot_reload_bucket = "hot-reload";       // BUCKET_MARKER_LOCAL
    std::uint64_t zipped_limit = kZippedLimit;          // LAMBDA_LIMITS_CODE_SIZE_ZIPPED, bytes
    std::size_t environment_limit = kEnvironmentLimit;  // LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES
    Creation creation = Creation::pending_first;
    SchedulerOptions scheduler;
    QueueOptions queue;
};

struct Parts {
    store::Database& database;
    Clock& clock;
    Entropy& entropy;
    events::TraceLog& trace_log;
    const gateway::LocalClient& client;
    exec::SandboxExecutor& executor;  // runs on `home`
    Executor home;                    // a context with one thread
    Executor pool;                    // for what blocks: unpacking zips
};

class Service final : public gateway::ManagedService {
public:
    Service(const Parts& parts, Options options);

    // Functions get it as AWS_ENDPOINT_URL. Before the first invocation.
    void set_endpoint_url(std::string url) { scheduler_.set_endpoint_url(std::move(url)); }

    std::string_view name() const override { return "lambda"; }
    std::span<const store::Migration> migrations() const override { return lambda::migrations(); }
    void bind(gateway::OperationTable& table) override;
    void start() override;
    Task<void> stop() override;
    void reset(store::Txn& txn, std::string_view account) override;
    void after_reset(std::string_view account) override;

    // For the daemon: Dispatcher::add_target("lambda", ...), add_pending_source, Pipeline::add_route.
    events::Target& target() { return queue_; }
    events::PendingSource& invocations() { return queue_; }
    events::PendingSource& mappings() { return mappings_; }
    gateway::EdgeRoute& code_route() { return code_route_; }
    // For `fogbank logs`.
    LogPiece read_logs(std::string_view account, std::string_view region, std::string_view function,
                       std::int64_t offset) const {
        return logs_.read(account, region, function, offset);
    }

private:
    using Context = gateway::RequestContext;

    Task<api::CreateFunction::Output> create_function(const Context& context,
                                                      const api::CreateFunction::Input& input);
    api::GetFunction::Output get_function(const Context& context, const api::GetFunction::Input& input);
    api::GetFunctionConfiguration::Output get_function_configuration(
        const Context& context, const api::GetFunctionConfiguration::Input& input);
    Task<api::ListFunctions::Output> list_functions(const Context& context,
                                                    const api::ListFunctions::Input& input);
    Task<gateway::Answer<api::DeleteFunction::Output>> delete_function(
        const Context& context, const api::DeleteFunction::Input& input);
    Task<api::UpdateFunctionCode::Output> update_function_code(const Context& context,
                                                               const api::UpdateFunctionCode::Input& input);
    Task<api::UpdateFunctionConfiguration::Output> update_function_configuration(
        const Context& context, const api::UpdateFunctionConfiguration::Input& input);
    Task<api::PublishVersion::Output> publish_version(const Context& context,
                                                      const api::PublishVersion::Input& input);
    api::ListVersionsByFunction::Output list_versions_by_function(
        const Context& context, const api::ListVersionsByFunction::Input& input);
    Task<api::Invoke::Output> invoke(const Context& context, const api::Invoke::Input& input);
    Task<api::AddPermission::Output> add_permission(const Context& context,
                                                    const api::AddPermission::Input& input);
    Task<api::RemovePermission::Output> remove_permission(const Context& context,
                                                          const api::RemovePermission::Input& input);
    api::GetPolicy::Output get_policy(const Context& context, const api::GetPolicy::Input& input);
    Task<api::TagResource::Output> tag_resource(const Context& context, const api::TagResource::Input& input);
    Task<api::UntagResource::Output> untag_resource(const Context& context,
                                                    const api::UntagResource::Input& input);
    api::ListTags::Output list_tags(const Context& context, const api::ListTags::Input& input);
    Task<api::CreateAlias::Output> create_alias(const Context& context, const api::CreateAlias::Input& input);
    Task<api::UpdateAlias::Output> update_alias(const Context& context, const api::UpdateAlias::Input& input);
    Task<api::DeleteAlias::Output> delete_alias(const Context& context, const api::DeleteAlias::Input& input);
    api::GetAlias::Output get_alias(const Context& context, const api::GetAlias::Input& input);
    api::ListAliases::Output list_aliases(const Context& context, const api::ListAliases::Input& input);
    Task<api::PutFunctionConcurrency::Output> put_function_concurrency(
        const Context& context, const api::PutFunctionConcurrency::Input& input);
    api::GetFunctionConcurrency::Output get_function_concurrency(
        const Context& context, const api::GetFunctionConcurrency::Input& input);
    Task<api::DeleteFunctionConcurrency::Output> delete_function_concurrency(
        const Context& context, const api::DeleteFunctionConcurrency::Input& input);
    Task<api::PutFunctionEventInvokeConfig::Output> put_function_event_invoke_config(
        const Context& context, const api::PutFunctionEventInvokeConfig::Input& input);
    api::GetFunctionEventInvokeConfig::Output get_function_event_invoke_config(
        const Context& context, const api::GetFunctionEventInvokeConfig::Input& input);
    Task<api::DeleteFunctionEventInvokeConfig::Output> delete_function_event_invoke_config(
        const Context& context, const api::DeleteFunctionEventInvokeConfig::Input& input);
    Task<api::GetAccountSettings::Output> get_account_settings(const Context& context,
                                                               const api::GetAccountSettings::Input& input);
    Task<api::CreateEventSourceMapping::Output> create_event_source_mapping(
        const Context& context, const api::CreateEventSourceMapping::Input& input);
    api::GetEventSourceMapping::Output get_event_source_mapping(
        const Context& context, const api::GetEventSourceMapping::Input& input);
    api::ListEventSourceMappings::Output list_event_source_mappings(
        const Context& context, const api::ListEventSourceMappings::Input& input);
    Task<api::UpdateEventSourceMapping::Output> update_event_source_mapping(
        const Context& context, const api::UpdateEventSourceMapping::Input& input);
    Task<api::DeleteEventSourceMapping::Output> delete_event_source_mapping(
        const Context& context, const api::DeleteEventSourceMapping::Input& input);

    // A deployment package wherever a request names it.
    struct CodeSource {
        const std::optional<Bytes>& zip;
        const std::optional<std::string>& bucket;
        const std::optional<std::string>& key;
        const std::optional<std::string>& object_version;
    };
    struct LoadedCode {
        std::string id, sha_base64, hot_reload_folder;
        std::int64_t size = 0;
        CodeStore::Pin pin;  // until a row names the code
    };
    Task<LoadedCode> load_code(const Context& context, const CodeSource& source);
    Task<std::string> fetch_package(const Context& context, const CodeSource& source);
    // In a transaction that changes functions: caches forget them after its commit.
    void forget_after(store::Txn& txn);
    FunctionPtr required_function(const FunctionReference& reference);
    Task<void> enqueue(const Context& context, const FunctionReference& reference,
                       const api::Invoke::Input& input);

    store::Database& database_;
    Clock& clock_;
    Entropy& entropy_;
    const gateway::LocalClient& client_;
    Executor home_;
    Options options_;
    LogStore logs_;
    CodeStore codes_;
    FunctionCache functions_;
    Scheduler scheduler_;
    RuntimeApi runtime_api_;
    Queue queue_;
    MappingRegistry mappings_;
    CodeRoute code_route_;
};

}  // namespace fogbank::lambda
