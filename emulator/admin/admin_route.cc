#include "emulator/admin/admin_route.h"

#include "src/base/json.h"
#include "src/base/url.h"

namespace fogbank::emulator {

AdminRoute::AdminRoute(AdminParts parts) : parts_(std::move(parts)), started_(parts_.clock.steady()) {}

bool AdminRoute::matches(const gateway::EdgeRequest& request) const {
    return request.path.starts_with("/_localstack/") || request.path.starts_with("/_fogbank/");
}

Task<http::Response> AdminRoute::handle(gateway::EdgeRequest& request) {
    http::Response response = co_await route(request);
    // conventions: every answer of a control path carries it.
    response.headers.set("x-localstack", "true");
    co_return response;
}

Task<http::Response> AdminRoute::route(gateway::EdgeRequest& request) {
    std::string_view path = request.path;
    const std::string& method = request.http.method;
    if (path == "/_localstack/health") co_return co_await health(request);
    if (path == "/_localstack/info") co_return info();
    if (path == "/_localstack/init") co_return init({});
    if (path.starts_with("/_localstack/init/")) co_return init(path.substr(18));
    if (path == "/_localstack/plugins") co_return json_response(200, "{\"plugins\":{}}");
    if (path == "/_localstack/diagnose") co_return diagnose();
    if (path == "/_localstack/config") co_return co_await config(request);
    if (path.starts_with("/_localstack/state/")) co_return co_await state(request);
    if (path == "/_localstack/chaos/faults" || path == "/_localstack/chaos/effects")
        co_return control_error(501, request.path + ": simulated faults and latencies are not served");
    if (path == "/_fogbank/status") co_return co_await status();
    if (path == "/_fogbank/clock") co_return co_await clock(request);
    if (path == "/_fogbank/await") co_return co_await await(request);
    if (path == "/_fogbank/trace") co_return trace(request);
    if (path == "/_fogbank/logs") co_return logs(request);
    if (path == "/_fogbank/reset") {
        if (method != "POST") co_return control_error(405, "reset: use POST");
        QueryParameters query = parse_query(request.query);
        const std::string service = parameter(query, "service");
        const std::string account = parameter(query, "account");
        if (!account.empty() && !is_account(account)) co_return control_error(400, kAccountForm);
        co_return co_await reset(service, account);
    }
    if (path == "/_fogbank/stop") {
        if (method != "POST") co_return control_error(405, "stop: use POST");
        parts_.stop();
        co_return json_response(200, "{\"stopping\":true}");
    }
    co_return control_error(404, "no such control path: " + request.path);
}

std::string AdminRoute::service_state(std::string_view service) const {
    return is_enabled(parts_.config, service) ? "available" : "disabled";
}

bool is_account(std::string_view text) {
    return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string parameter(const QueryParameters& query, std::string_view name) {
    const std::string* value = find_parameter(query, name);
    return value != nullptr ? *value : std::string();
}

}  // namespace fogbank::emulator
