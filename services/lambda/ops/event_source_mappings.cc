#include "services/lambda/mappings/rules.h"
#include "services/lambda/model/create_event_source_mapping.h"
#include "services/lambda/model/delete_event_source_mapping.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/get_event_source_mapping.h"
#include "services/lambda/model/list_event_source_mappings.h"
#include "services/lambda/model/update_event_source_mapping.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"
#include "services/lambda/store/mappings.h"
#include "src/base/log.h"
#include "src/gateway/unheeded.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

Error mapping_not_found() {
    return errors::ResourceNotFoundException("The resource you requested does not exist.");
}

// The stored row says Enabled or Disabled; an answer to a change says that it is under way, as on AWS.
api::EventSourceMappingConfiguration described(const Mapping& mapping, const char* transition = nullptr) {
    api::EventSourceMappingConfiguration result = mapping.configuration;
    result.UUID = mapping.uuid;
    result.FunctionArn = mapping.function.qualified_arn();
    result.EventSourceMappingArn = mapping.arn();
    result.State = transition != nullptr ? transition : mapping.enabled ? "Enabled" : "Disabled";
    return result;
}

FunctionReference mapped_function(const gateway::RequestContext& context,
                                  const std::optional<std::string>& name) {
    FunctionReference reference = requested_function(context, name);
    if (reference.qualifier == kLatest) reference.qualifier.clear();
    return reference;
}

// Each shard is read in order, one batch at a time.
bool wants_parallel_batches(const Mapping& mapping) {
    return mapping.configuration.ParallelizationFactor.value_or(1) != 1;
}

void refuse_settings(const Mapping& mapping) {
    if (wants_parallel_batches(mapping)) gateway::refuse_unheeded("ParallelizationFactor");
}

void warn_of_settings(const Mapping& mapping) {
    if (!wants_parallel_batches(mapping)) return;
    log::warning("an event source mapping has settings without effect here",
                 {{"mapping", mapping.uuid}, {"settings", "ParallelizationFactor"}});
}

}  // namespace

Task<api::CreateEventSourceMapping::Output> Service::create_event_source_mapping(
    const Context& context, const api::CreateEventSourceMapping::Input& input) {
    check_create(input);
    Mapping mapping;
    mapping.account = context.account;
    mapping.region = context.region;
    mapping.uuid = entropy_.uuid();
    mapping.function = mapped_function(context, input.FunctionName);
    mapping.source_arn = *input.EventSourceArn;
    mapping.enabled = input.Enabled.value_or(true);
    mapping.configuration = make_configuration(input);
    refuse_settings(mapping);
    mapping.configuration.LastModified = context.received_at;
    if (!functions_.find(mapping.function)) {
        throw errors::InvalidParameterValueException("Function does not exist");
    }
    auto own_context = [&]() {
        Context own = context;
        own.principal.kind = auth::PrincipalKind::service;
        own.principal.arn = "lambda.amazonaws.com";
        return own;
    };
    const std::unique_ptr<StreamSource> source = open_stream(client_, own_context, mapping.source_arn, {});
    Checkpoints checkpoints;
    std::string problem;
    try {
        if (input.StartingPosition == "LATEST") {
            checkpoints = co_await read_to_end(*source);
        } else {
            co_await source->shards();
        }
    } catch (const Error& error) {
        problem = error.message();
    }
    if (!problem.empty()) {
        throw errors::InvalidParameterValueException("Stream not found: " + mapping.source_arn);
    }
    auto insert = [&](store::Txn& txn) {
        for (const Mapping& other : lambda::list_mappings(txn, mapping.account, mapping.region,
                                                          mapping.source_arn, mapping.function.name, "", 1)) {
            throw errors::ResourceConflictException("The event source arn (\" " + mapping.source_arn +
                                                    " \") and function (\" " + mapping.function.name +
                                                    " \") provided mapping already exists. Please update or "
                                                    "delete the existing mapping with UUID " +
                                                    other.uuid);
        }
        insert_mapping(txn, mapping);
        for (const auto& [shard, checkpoint] : checkpoints) store_checkpoint(txn, mapping, shard, checkpoint);
    };
    co_await database_.write(insert);
    warn_of_settings(mapping);
    mappings_.apply(mapping);
    co_return described(mapping, "Creating");
}

api::GetEventSourceMapping::Output Service::get_event_source_mapping(
    const Context& context, const api::GetEventSourceMapping::Input& input) {
    const std::optional<Mapping> mapping = database_.read(
        [&](store::ReadTxn& txn) { return find_mapping(txn, context.account, context.region, *input.UUID); });
    if (!mapping) throw mapping_not_found();
    return described(*mapping);
}

api::ListEventSourceMappings::Output Service::list_event_source_mappings(
    const Context& context, const api::ListEventSourceMappings::Input& input) {
    const std::int64_t limit =
        std::clamp<std::int64_t>(input.MaxItems.value_or(kMappingPage), 1, kMappingPage);
    std::string function;
    if (input.FunctionName) function = mapped_function(context, input.FunctionName).name;
    std::vector<Mapping> found = database_.read([&](store::ReadTxn& txn) {
        return lambda::list_mappings(txn, context.account, context.region, input.EventSourceArn.value_or(""),
                                     function, input.Marker.value_or(""), limit + 1);
    });
    api::ListEventSourceMappings::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextMarker = found.back().uuid;
    }
    auto& mappings = output.EventSourceMappings.emplace();
    for (const Mapping& mapping : found) mappings.push_back(described(mapping));
    return output;
}

Task<api::UpdateEventSourceMapping::Output> Service::update_event_source_mapping(
    const Context& context, const api::UpdateEventSourceMapping::Input& input) {
    check_update(input);
    std::optional<FunctionReference> function;
    if (input.FunctionName) {
        function = mapped_function(context, input.FunctionName);
        if (!functions_.find(*function))
            throw errors::InvalidParameterValueException("Function does not exist");
    }
    auto update = [&](store::Txn& txn) {
        std::optional<Mapping> mapping = find_mapping(txn, context.account, context.region, *input.UUID);
        if (!mapping) throw mapping_not_found();
        if (function) mapping->function = *function;
        if (input.Enabled) mapping->enabled = *input.Enabled;
        apply_update(input, mapping->configuration);
        refuse_settings(*mapping);
        mapping->configuration.LastModified = context.received_at;
        update_mapping(txn, *mapping);
        return *mapping;
    };
    const Mapping mapping = co_await database_.write(update);
    warn_of_settings(mapping);
    mappings_.apply(mapping);
    co_return described(mapping, input.Enabled && !*input.Enabled ? "Disabling" : "Updating");
}

Task<api::DeleteEventSourceMapping::Output> Service::delete_event_source_mapping(
    const Context& context, const api::DeleteEventSourceMapping::Input& input) {
    auto erase = [&](store::Txn& txn) {
        const std::optional<Mapping> mapping =
            find_mapping(txn, context.account, context.region, *input.UUID);
        if (!mapping) throw mapping_not_found();
        erase_mapping(txn, *mapping);
        return *mapping;
    };
    const Mapping mapping = co_await database_.write(erase);
    mappings_.erase(mapping.arn());
    co_return described(mapping, "Deleting");
}

}  // namespace fogbank::lambda
