#include "services/lambda/service.h"

#include "services/lambda/model/add_permission.h"
#include "services/lambda/model/create_alias.h"
#include "services/lambda/model/create_event_source_mapping.h"
#include "services/lambda/model/create_function.h"
#include "services/lambda/model/delete_alias.h"
#include "services/lambda/model/delete_event_source_mapping.h"
#include "services/lambda/model/delete_function.h"
#include "services/lambda/model/delete_function_concurrency.h"
#include "services/lambda/model/delete_function_event_invoke_config.h"
#include "services/lambda/model/get_account_settings.h"
#include "services/lambda/model/get_alias.h"
#include "services/lambda/model/get_event_source_mapping.h"
#include "services/lambda/model/get_function.h"
#include "services/lambda/model/get_function_concurrency.h"
#include "services/lambda/model/get_function_configuration.h"
#include "services/lambda/model/get_function_event_invoke_config.h"
#include "services/lambda/model/get_policy.h"
#include "services/lambda/model/invoke.h"
#include "services/lambda/model/list_aliases.h"
#include "services/lambda/model/list_event_source_mappings.h"
#include "services/lambda/model/list_functions.h"
#include "services/lambda/model/list_tags.h"
#include "services/lambda/model/list_versions_by_function.h"
#include "services/lambda/model/publish_version.h"
#include "services/lambda/model/put_function_concurrency.h"
#include "services/lambda/model/put_function_event_invoke_config.h"
#include "services/lambda/model/remove_permission.h"
#include "services/lambda/model/service.h"
#include "services/lambda/model/tag_resource.h"
#include "services/lambda/model/untag_resource.h"
#include "services/lambda/model/update_alias.h"
#include "services/lambda/model/update_event_source_mapping.h"
#include "services/lambda/model/update_function_code.h"
#include "services/lambda/model/update_function_configuration.h"

namespace fogbank::lambda {

Service::Service(const Parts& parts, Options options)
    : database_(parts.database),
      clock_(parts.clock),
      entropy_(parts.entropy),
      client_(parts.client),
      home_(parts.home),
      options_(std::move(options)),
      logs_(options_.log_folder.empty() ? options_.state_folder + "/logs" : options_.log_folder),
      codes_(options_.state_folder + "/functions", database_, parts.pool, options_.zipped_limit),
      functions_(database_),
      scheduler_({home_, clock_, entropy_, parts.executor, codes_, logs_, parts.trace_log},
                 options_.scheduler),
      runtime_api_(home_, scheduler_),
      queue_(home_, database_, clock_, entropy_, functions_, scheduler_, options_.queue),
      mappings_({home_, database_, clock_, entropy_, client_, functions_, scheduler_}),
      code_route_(codes_) {}

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    table.on<api::CreateFunction>(*this, &Service::create_function);
    table.on<api::GetFunction>(*this, &Service::get_function);
    table.on<api::GetFunctionConfiguration>(*this, &Service::get_function_configuration);
    table.on<api::ListFunctions>(*this, &Service::list_functions);
    table.on<api::DeleteFunction>(*this, &Service::delete_function);
    table.on<api::UpdateFunctionCode>(*this, &Service::update_function_code);
    table.on<api::UpdateFunctionConfiguration>(*this, &Service::update_function_configuration);
    table.on<api::PublishVersion>(*this, &Service::publish_version);
    table.on<api::ListVersionsByFunction>(*this, &Service::list_versions_by_function);
    table.on<api::Invoke>(*this, &Service::invoke);
    table.on<api::AddPermission>(*this, &Service::add_permission);
    table.on<api::RemovePermission>(*this, &Service::remove_permission);
    table.on<api::GetPolicy>(*this, &Service::get_policy);
    table.on<api::TagResource>(*this, &Service::tag_resource);
    table.on<api::UntagResource>(*this, &Service::untag_resource);
    table.on<api::ListTags>(*this, &Service::list_tags);
    table.on<api::CreateAlias>(*this, &Service::create_alias);
    table.on<api::UpdateAlias>(*this, &Service::update_alias);
    table.on<api::DeleteAlias>(*this, &Service::delete_alias);
    table.on<api::GetAlias>(*this, &Service::get_alias);
    table.on<api::ListAliases>(*this, &Service::list_aliases);
    table.on<api::PutFunctionConcurrency>(*this, &Service::put_function_concurrency);
    table.on<api::GetFunctionConcurrency>(*this, &Service::get_function_concurrency);
    table.on<api::DeleteFunctionConcurrency>(*this, &Service::delete_function_concurrency);
    table.on<api::PutFunctionEventInvokeConfig>(*this, &Service::put_function_event_invoke_config);
    table.on<api::GetFunctionEventInvokeConfig>(*this, &Service::get_function_event_invoke_config);
    table.on<api::DeleteFunctionEventInvokeConfig>(*this, &Service::delete_function_event_invoke_config);
    table.on<api::GetAccountSettings>(*this, &Service::get_account_settings);
    table.on<api::CreateEventSourceMapping>(*this, &Service::create_event_source_mapping);
    table.on<api::GetEventSourceMapping>(*this, &Service::get_event_source_mapping);
    table.on<api::ListEventSourceMappings>(*this, &Service::list_event_source_mappings);
    table.on<api::UpdateEventSourceMapping>(*this, &Service::update_event_source_mapping);
    table.on<api::DeleteEventSourceMapping>(*this, &Service::delete_event_source_mapping);
}

void Service::start() {
    codes_.sweep();
    scheduler_.start([this] { return runtime_api_.listen(); });
    queue_.start();
    mappings_.start();
}

Task<void> Service::stop() {
    // On the executor that owns the sandboxes, wherever the daemon asks from.
    Completion<void> done;
    spawn(home_, [this, &done]() -> Task<void> {
        mappings_.cancel();
        queue_.cancel();
        co_await scheduler_.stop();
        co_await mappings_.stop();
        co_await queue_.stop();
        co_await runtime_api_.stop();
        done.set({});
    });
    co_await done.wait();
}

void Service::reset(store::Txn& txn, std::string_view account) {
    txn.execute("delete from lambda_function where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_version where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_alias where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_permission where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_invocation where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_mapping where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_failed_batch where ?1 = '' or account = ?1", account);
    txn.execute("delete from lambda_checkpoint where ?1 = '' or account = ?1", account);
    forget_after(txn);
}

void Service::after_reset(std::string_view account) {
    mappings_.erase_account(std::string(account));
    logs_.erase(account);
    scheduler_.kill_sandboxes(std::string(account));
}

void Service::forget_after(store::Txn& txn) {
    txn.after_commit([this] { functions_.clear(); });
}

}  // namespace fogbank::lambda
