#include "services/lambda/runtime/runtime_api.h"

#include "services/lambda/runtime/failures.h"
#include "src/base/json.h"

namespace fogbank::lambda {

namespace {

constexpr std::string_view kPrefix = "/2018-06-01/runtime/";
constexpr std::string_view kInvocation = "invocation/";

http::ServerOptions server_options() {
    http::ServerOptions options;
    // A runtime is silent while its function works: up to 15 minutes, and as long as the sandbox is warm.
    options.idle_timeout = std::chrono::hours(24);
    options.body_timeout = std::chrono::minutes(15);
    return options;
}

http::Response json_response(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

http::Response error_response(int status, std::string_view type, std::string_view message) {
    std::string body;
    json::Writer(body).begin_object().field("errorMessage", message).field("errorType", type).end_object();
    return json_response(status, std::move(body));
}

http::Response accepted() {
    return json_response(202, R"({"status":"OK"})");
}

http::Response unknown_request() {
    return error_response(400, "InvalidRequestID", "Invalid request ID");
}

// The type that the runtime names in a header, or in the error itself.
std::string error_type_of(const http::Request& request, const std::string& body) {
    const std::string_view named = request.headers.get("Lambda-Runtime-Function-Error-Type");
    if (!named.empty()) return std::string(named);
    const auto document = json::parse(body);
    if (!document || !document->root().is_object()) return "Unhandled";
    const json::Value type = document->root().find("errorType");
    return type && type.is_string() ? std::string(type.string()) : "Unhandled";
}

}  // namespace

RuntimeApi::RuntimeApi(Executor home, Scheduler& scheduler)
    : scheduler_(scheduler),
      server_(http::make_server(
          {std::move(home)}, [this](http::Request& request) { return handle(request); }, server_options())) {}

Task<void> RuntimeApi::stop() {
    co_await server_->stop(std::chrono::milliseconds(0));
    server_.reset();
}

Task<http::Response> RuntimeApi::handle(http::Request& request) {
    std::shared_ptr<Instance> instance = scheduler_.find(request.local_port);
    std::string_view path = request.target;
    path = path.substr(0, path.find('?'));
    if (!instance || path.substr(0, kPrefix.size()) != kPrefix) {
        co_return error_response(404, "NotFound", "404 page not found");
    }
    path.remove_prefix(kPrefix.size());
    if (request.method == "GET" && path == "invocation/next") {
        http::Response response = co_await scheduler_.next(std::move(instance), request.cancelled);
        co_return response;
    }
    if (request.method == "POST" && path == "init/error") {
        http::Response response = co_await take_init_error(std::move(instance), request);
        co_return response;
    }
    if (request.method == "POST" && path.substr(0, kInvocation.size()) == kInvocation) {
        path.remove_prefix(kInvocation.size());
        const std::size_t slash = path.find('/');
        const std::string_view kind =
            slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
        if (kind == "response" || kind == "error") {
            http::Response response =
                co_await take_answer(std::move(instance), request, path.substr(0, slash), kind);
            co_return response;
        }
    }
    co_return error_response(404, "NotFound", "404 page not found");
}

Task<http::Response> RuntimeApi::take_answer(std::shared_ptr<Instance> instance, http::Request& request,
                                             std::string_view request_id, std::string_view kind) {
    if (!scheduler_.is_running(*instance, request_id)) co_return unknown_request();
    static const Error too_large("RequestEntityTooLarge", 413, "Exceeded maximum allowed payload size");
    std::string body;
    bool is_too_large = false;
    try {
        body = co_await read_all(*request.body, kResponseLimit, too_large);
    } catch (const Error&) {
        is_too_large = true;
    }
    if (is_too_large) {
        Outcome outcome = response_too_large();
        scheduler_.fail(*instance, request_id, std::move(outcome.payload), outcome.error_type);
        co_return error_response(
            413, "RequestEntityTooLarge",
            "Exceeded maximum allowed payload size (" + std::to_string(kResponseLimit) + " bytes).");
    }
    const bool taken = kind == "response"
                           ? scheduler_.answer(*instance, request_id, std::move(body))
                           : scheduler_.fail(*instance, request_id, body, error_type_of(request, body));
    if (!taken) co_return unknown_request();
    co_return accepted();
}

Task<http::Response> RuntimeApi::take_init_error(std::shared_ptr<Instance> instance, http::Request& request) {
    static const Error too_large("RequestEntityTooLarge", 413, "Exceeded maximum allowed payload size");
    std::string body = co_await read_all(*request.body, kResponseLimit, too_large);
    std::string type = error_type_of(request, body);
    scheduler_.fail_init(*instance, std::move(body), std::move(type));
    co_return accepted();
}

}  // namespace fogbank::lambda
