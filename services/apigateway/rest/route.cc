#include "services/apigateway/rest/route.h"

#include "services/apigateway/rest/integration_rules.h"
#include "services/apigateway/rest/invocation.h"
#include "services/apigateway/rest/media_type.h"
#include "services/apigateway/rest/mock.h"
#include "services/apigateway/rest/proxy_event.h"
#include "services/apigateway/rest/proxy_response.h"
#include "src/base/arn.h"
#include "src/base/json.h"
#include "src/base/log.h"

namespace fogbank::apigateway::rest {

namespace {

// aws: "Payload size: 10 MB" (docs: quotas of REST APIs).
constexpr std::uint64_t kBodyLimit = 10'485'760;

http::Response message(int status, const std::string& text, const char* error_type) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("x-amzn-ErrorType", error_type);
    std::string body;
    json::Writer(body).begin_object().field("message", text).end_object();
    response.body = std::move(body);
    return response;
}

http::Response unknown_api(const std::string& api_id) {
    return message(404, "The API id '" + api_id + "' does not correspond to a deployed API Gateway API",
                   "NotFoundException");
}

http::Response forbidden() {
    return message(403, "Forbidden", "ForbiddenException");
}

// aws: what no method serves.
http::Response missing_token() {
    return message(403, "Missing Authentication Token", "MissingAuthenticationTokenException");
}

http::Response internal_error(int status) {
    return message(status, "Internal server error", "InternalServerErrorException");
}

// Answers to HEAD announce the length of a body that is not sent.
void drop_body(http::Response& response) {
    if (const auto* body = std::get_if<std::string>(&response.body)) {
        response.announced_length = static_cast<std::int64_t>(body->size());
    }
    response.body = std::string();
}

}  // namespace

// One request on its way.
struct Route::Call {
    gateway::EdgeRequest& request;
    Destination destination;
    std::shared_ptr<const CompiledStage> stage;  // shared with the cache
    PathMatch match;
    const api::Method* method = nullptr;
    std::string body;
    std::string extended_request_id;
    Timestamp received_at;
};

bool Route::matches(const gateway::EdgeRequest& request) const {
    return parse_destination(request.host, request.path).has_value();
}

Task<http::Response> Route::handle(gateway::EdgeRequest& request) {
    Call call{request, *parse_destination(request.host, request.path), nullptr, {}, nullptr, {}, {}, {}};
    call.received_at = clock_.now();
    call.extended_request_id = entropy_.alphanumeric(15) + "=";
    http::Response response = co_await serve(call);
    response.headers.set("x-amzn-RequestId", request.request_id);
    response.headers.set("x-amz-apigw-id", call.extended_request_id);
    if (request.http.method == "HEAD") drop_body(response);
    co_return response;
}

std::shared_ptr<const CompiledStage> Route::find_stage(const Destination& destination, bool& api_exists) {
    return database_.read([&](store::ReadTxn& txn) {
        std::shared_ptr<const CompiledStage> stage = stages_.find(txn, destination.api_id, destination.stage);
        api_exists = stage != nullptr || is_api_id_taken(txn, destination.api_id);
        return stage;
    });
}

Task<http::Response> Route::serve(Call& call) {
    bool api_exists = false;
    call.stage = find_stage(call.destination, api_exists);
    if (!api_exists) co_return unknown_api(call.destination.api_id);
    if (call.stage != nullptr) call.request.account = call.stage->key.account;
    if (call.stage == nullptr || call.stage->api.disableExecuteApiEndpoint.value_or(false))
        co_return forbidden();

    std::optional<PathMatch> match = call.stage->resources.match(call.destination.path);
    if (!match) co_return missing_token();
    call.match = *std::move(match);
    call.method = find_method(*call.match.resource, call.request.http.method);
    if (call.method == nullptr) co_return missing_token();
    // aws: a method that wants an API key refuses all who bring none; no key can exist here.
    if (call.method->apiKeyRequired.value_or(false)) co_return forbidden();

    std::optional<http::Response> refusal;
    try {
        const Error too_large("RequestEntityTooLargeException", 413,
                              "HTTP content length exceeded 10485760 bytes.");
        call.body = co_await read_all(*call.request.http.body, kBodyLimit, too_large);
    } catch (const Error& error) {
        refusal = message(error.http_status(), error.message(), "RequestEntityTooLargeException");
    }
    if (refusal) co_return std::move(*refusal);

    const api::Integration& integration = *call.method->methodIntegration;
    if (*integration.type == "MOCK") {
        std::optional<http::Response> mock =
            mock_response(integration, call.request.http.headers.get("Content-Type"));
        co_return mock ? std::move(*mock) : internal_error(500);
    }
    http::Response response = co_await run_function(call);
    response.headers.set("X-Amzn-Trace-Id", "Root=" + call.request.trace.id);
    co_return response;
}

namespace {

// The value that functions see as X-Amzn-Trace-Id.
std::string trace_header(const events::Trace& trace) {
    return "Root=" + trace.id;
}

gateway::RequestContext calling_context(const gateway::EdgeRequest& request, const Arn& function,
                                        Timestamp now) {
    gateway::RequestContext context;
    context.request_id = request.request_id;
    context.account = function.account();
    context.region = function.region();
    context.partition = function.partition();
    context.principal.kind = auth::PrincipalKind::service;
    context.principal.account = function.account();
    context.principal.arn = "apigateway.amazonaws.com";
    context.trace = request.trace;
    context.received_at = now;
    context.base_url = request.base_url;
    context.user_agent = "AmazonAPIGateway";
    context.source_ip = request.http.peer;
    return context;
}

// aws: whatever keeps the function from running is an internal error to the caller; only the size is told.
http::Response failed_invocation(const Error& error) {
    log::warning("API Gateway could not invoke a function",
                 {{"code", error.code()}, {"message", error.message()}});
    if (error.http_status() == 413) return message(413, "Request Too Long", "RequestEntityTooLargeException");
    return internal_error(500);
}

http::Response malformed(std::string_view function) {
    log::warning("a function's answer is not what API Gateway takes", {{"function", std::string(function)}});
    return internal_error(502);
}

}  // namespace

Task<http::Response> Route::run_function(Call& call) {
    const CompiledStage& stage = *call.stage;
    const http::Request& http = call.request.http;
    const api::Integration& integration = *call.method->methodIntegration;
    const std::string uri = substitute(*integration.uri, stage.variables());
    const std::string function = function_of_uri(uri).value_or("");
    const std::optional<Arn> arn = Arn::parse(function);
    if (!arn) co_return internal_error(500);

    const std::string trace = trace_header(call.request.trace);
    const ProxyRequest event{
        http.method,
        call.destination.path,
        call.request.query,
        http.headers,
        call.body,
        http.secure,
        http.local_port,
        http.peer,
        stage.key.account,
        stage.key.api_id,
        *stage.stage.stageName,
        *stage.stage.deploymentId,
        call.destination.domain,
        &stage.variables(),
        call.match,
        call.method->operationName ? std::string_view(*call.method->operationName) : std::string_view(),
        is_binary(http.headers.get("Content-Type"), stage.binary_types()),
        call.request.request_id,
        call.extended_request_id,
        trace,
        call.received_at};
    lambda::api::Invoke::Input input;
    input.FunctionName = function;
    input.InvocationType = "RequestResponse";
    input.Payload.emplace().data = proxy_event(event);

    std::optional<lambda::api::Invoke::Output> output;
    std::optional<http::Response> refusal;
    const std::chrono::milliseconds limit(integration.timeoutInMillis.value_or(kLongestTimeoutMs));
    gateway::RequestContext context = calling_context(call.request, *arn, call.received_at);
    try {
        output = co_await invoke_within(client_, clock_, std::move(context), std::move(input), limit);
    } catch (const Error& error) {
        refusal = failed_invocation(error);
    }
    if (refusal) co_return std::move(*refusal);
    if (!output) co_return message(504, "Endpoint request timed out", "InternalServerErrorException");
    if (output->FunctionError || !output->Payload) co_return malformed(function);

    const BodyDecoding decoding = is_binary(http.headers.get("Accept"), stage.binary_types())
                                      ? BodyDecoding::base64
                                      : BodyDecoding::as_is;
    std::optional<http::Response> response = parse_proxy_response(output->Payload->data, decoding);
    co_return response ? std::move(*response) : malformed(function);
}

}  // namespace fogbank::apigateway::rest
