#include "services/lambda/model/invoke.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/service.h"
#include "src/base/bytes.h"
#include "src/base/json.h"

namespace fogbank::lambda {

namespace {

void check_payload(const std::string& payload, std::size_t limit) {
    if (payload.size() > limit) {
        throw errors::RequestTooLargeException("Request must be smaller than " + std::to_string(limit) +
                                               " bytes for the InvokeFunction operation");
    }
    if (!payload.empty() && !json::parse(payload)) {
        throw errors::InvalidRequestContentException(
            "Could not parse request body into json: Could not parse payload into json");
    }
}

std::string client_context(const api::Invoke::Input& input) {
    if (!input.ClientContext || input.ClientContext->empty()) return {};
    std::optional<std::string> decoded = base64_decode(*input.ClientContext);
    if (!decoded || !json::parse(*decoded)) {
        throw errors::InvalidRequestContentException(
            "Client context must be a valid Base64-encoded JSON object.");
    }
    // It travels in a header of the Runtime API.
    std::erase_if(*decoded, [](char c) { return c == '\n' || c == '\r'; });
    return *decoded;
}

}  // namespace

Task<void> Service::enqueue(const Context& context, const FunctionReference& reference,
                            const api::Invoke::Input& input) {
    QueuedInvocation queued;
    queued.id = context.request_id;
    queued.function = reference;
    queued.payload = input.Payload ? input.Payload->data : std::string();
    if (queued.payload.empty()) queued.payload = "{}";
    queued.client_context = client_context(input);
    queued.trace = context.trace;
    queued.queued_ms = unix_millis(context.received_at);
    const std::string other_id = entropy_.uuid();
    auto insert = [&](store::Txn& txn) {
        QueuedInvocation row = queued;
        // One call of another service may invoke twice under its own request id.
        if (has_invocation(txn, row.id)) row.id = other_id;
        insert_invocation(txn, row);
    };
    co_await database_.write(insert);
}

Task<api::Invoke::Output> Service::invoke(const Context& context, const api::Invoke::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    const FunctionPtr function = required_function(reference);
    const bool is_event = input.InvocationType == "Event";
    static const std::string kNothing;
    const std::string& payload = input.Payload ? input.Payload->data : kNothing;
    check_payload(payload, is_event ? kAsyncPayloadLimit : kSyncPayloadLimit);
    if (context.trace.depth > events::kDepthLimit) {
        throw errors::RecursiveInvocationException(
            "Lambda has detected your function being invoked in a recursive loop with other AWS resources "
            "and "
            "stopped your function's invocation.");
    }
    api::Invoke::Output output;
    if (input.InvocationType == "DryRun") {
        output.StatusCode = 204;
        co_return output;
    }
    if (is_event) {
        co_await enqueue(context, reference, input);
        output.StatusCode = 202;
        co_return output;
    }
    Invocation invocation;
    invocation.request_id = context.request_id;
    invocation.payload = payload.empty() ? "{}" : payload;
    invocation.client_context = client_context(input);
    invocation.invoked_arn = reference.qualified_arn();
    invocation.trace = context.trace;
    Outcome outcome = co_await scheduler_.run(function, std::move(invocation), context.cancelled);
    output.StatusCode = 200;
    output.ExecutedVersion = function->version();
    if (outcome.failed()) output.FunctionError = std::move(outcome.function_error);
    if (input.LogType == "Tail") output.LogResult = base64_encode(outcome.log_tail);
    output.Payload.emplace().data = std::move(outcome.payload);
    co_return output;
}

}  // namespace fogbank::lambda
