// The control paths that LocalStack's users know. conventions: "Control paths".
#include "emulator/admin/admin_route.h"
#include "emulator/settings.h"
#include "emulator/version.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/url.h"

#include <sys/utsname.h>
#include <filesystem>
#include <map>

namespace fogbank::emulator {
namespace {

constexpr std::uint64_t kAdminBodyLimit = 1 << 20;

const Error& too_large() {
    static const Error error("RequestTooLarge", 413, "a control path takes at most 1 MiB");
    return error;
}

// The image has it; so have other engines' containers.
bool is_in_container() {
    std::error_code ignored;
    return std::filesystem::exists("/.dockerenv", ignored) ||
           std::filesystem::exists("/run/.containerenv", ignored);
}

}  // namespace

Task<http::Response> AdminRoute::health(gateway::EdgeRequest& request) {
    const std::string& method = request.http.method;
    QueryParameters query = parse_query(request.query);
    if (find_parameter(query, "ready") != nullptr && !ready_)
        co_return control_error(503, "init hooks are running");
    if (method == "POST" || method == "PUT") co_return co_await change_health(request);
    if (method == "HEAD") co_return json_response(200, "");
    if (method != "GET" && method != "OPTIONS")
        co_return control_error(405, "health: use GET, HEAD, PUT or POST");
    std::map<std::string, std::string> states;
    for (const model::Service* service : parts_.table.services())
        states[service->id] = service_state(service->id);
    co_return json_response(200, health_document(states, health_notes_.groups()));
}

Task<http::Response> AdminRoute::change_health(gateway::EdgeRequest& request) {
    std::string body = co_await read_all(*request.http.body, kAdminBodyLimit, too_large());
    auto document = json::parse(body);
    if (!document || !document->root().is_object())
        co_return control_error(400, "the body is no JSON object");
    if (request.http.method == "PUT") {
        if (!health_notes_.merge(document->root())) co_return control_error(413, "too many notes");
        co_return json_response(200, "{\"status\":\"OK\"}");
    }
    json::Value action = document->root().find("action");
    std::string_view wanted = action.is_string() ? action.string() : std::string_view();
    if (wanted != "restart" && wanted != "kill")
        co_return control_error(400, "action: expected restart or kill");
    if (wanted == "kill") {
        parts_.stop();
    } else if (parts_.config.restart == Restart::forgets) {
        co_return co_await reset_all();
    }
    co_return json_response(200, "{\"status\":\"OK\"}");
}

http::Response AdminRoute::info() const {
    utsname system{};
    ::uname(&system);
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("version", kVersion)
        .field("edition", "community")
        .field("is_license_activated", false);
    out.field("session_id", parts_.session_id).field("machine_id", "fogbank").field("system", system.sysname);
    out.field("is_docker", is_in_container()).field("server_time_utc", format_iso8601(parts_.clock.now()));
    auto uptime = std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.steady() - started_);
    out.field("uptime", static_cast<std::int64_t>(uptime.count())).end_object();
    return json_response(200, std::move(body));
}

http::Response AdminRoute::init(std::string_view stage) const {
    constexpr std::array kStages = {InitStage::boot, InitStage::start, InitStage::ready, InitStage::shutdown};
    std::string body;
    json::Writer out(body);
    out.begin_object();
    std::optional<InitStage> only;
    for (InitStage candidate : kStages) {
        std::string lower(name(candidate));
        for (char& c : lower) c = static_cast<char>(c | 0x20);
        if (lower == stage || name(candidate) == stage) only = candidate;
    }
    if (!stage.empty() && !only)
        return control_error(404, "no such stage: expected boot, start, ready or shutdown");
    if (only) {
        out.field("completed", parts_.hooks.completed(*only));
    } else {
        out.key("completed").begin_object();
        for (InitStage candidate : kStages) out.field(name(candidate), parts_.hooks.completed(candidate));
        out.end_object();
    }
    out.key("scripts").begin_array();
    for (const InitScript& script : parts_.hooks.scripts()) {
        if (only && script.stage != *only) continue;
        out.begin_object().field("stage", name(script.stage)).field("name", script.file);
        out.field("state", name(script.state)).end_object();
    }
    out.end_array().end_object();
    return json_response(200, std::move(body));
}

http::Response AdminRoute::diagnose() const {
    std::string body;
    json::Writer out(body);
    out.begin_object().field("version", kVersion).field("state_dir", parts_.config.state_dir);
    out.field("init_folder", parts_.config.init_folder);
    out.key("warnings").begin_array();
    for (const std::string& warning : parts_.config.warnings) out.string(warning);
    out.end_array().key("services").begin_array();
    for (const model::Service* service : parts_.table.services()) out.string(service->id);
    out.end_array().end_object();
    return json_response(200, std::move(body));
}

Task<http::Response> AdminRoute::config(gateway::EdgeRequest& request) {
    if (request.http.method != "POST") co_return control_error(405, "config: use POST");
    std::string body = co_await read_all(*request.http.body, kAdminBodyLimit, too_large());
    auto document = json::parse(body);
    json::Value root = document ? document->root() : json::Value();
    json::Value variable = root.is_object() ? root.find("variable") : json::Value();
    if (!variable.is_string() || !root.find("value"))
        co_return control_error(400, "expected {\"variable\", \"value\"}");
    // The configuration is const once the daemon runs: changing it needs a restart, and saying otherwise
    // would be a lie.
    std::string message =
        "settings are read at start: start again with " + std::string(variable.string()) + " set";
    co_return control_error(400, message);
}

Task<http::Response> AdminRoute::state(gateway::EdgeRequest& request) {
    if (request.http.method != "POST") co_return control_error(405, "state: use POST");
    std::string_view rest = std::string_view(request.path).substr(19);
    if (rest == "reset") co_return co_await reset_all();
    if (rest.ends_with("/reset")) {
        const std::string service(rest.substr(0, rest.size() - 6)), account;
        co_return co_await reset(service, account);
    }
    // Acknowledged is committed: what "save" asks for has happened already.
    if (rest == "save") co_return json_response(200, "{\"saved\":true}");
    co_return control_error(501, "state/" + std::string(rest) +
                                     ": snapshots are not served; the state folder can be copied "
                                     "while the daemon is stopped");
}

}  // namespace fogbank::emulator
