// The control paths that only Fogbank has: reset, clock, await, trace, logs.
#include "emulator/admin/admin_route.h"
#include "emulator/admin/duration.h"
#include "emulator/admin/trace_tree.h"
#include "emulator/kept_clock.h"
#include "emulator/version.h"
#include "src/base/json.h"
#include "src/base/url.h"

#include <unistd.h>
#include <algorithm>
#include <charconv>

namespace fogbank::emulator {
namespace {

constexpr Duration kAwaitDefault = std::chrono::seconds(30);
constexpr Duration kAwaitLimit = std::chrono::minutes(15);
constexpr Duration kDrain = std::chrono::seconds(30);  // for each step of a clock that is moved
constexpr Duration kAdvanceLimit =
    std::chrono::seconds(60);  // for all steps: something may fail and retry for ever

}  // namespace

Task<http::Response> AdminRoute::status() {
    const events::Scope everything;
    events::IdleReport report = co_await parts_.dispatcher.await_idle(everything, Duration::zero());
    std::string body;
    json::Writer out(body);
    out.begin_object().field("version", kVersion).field("pid", static_cast<std::int64_t>(::getpid()));
    out.field("ready", ready_.load()).field("state_dir", parts_.config.state_dir);
    auto uptime = std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.steady() - started_);
    out.field("uptime_s", static_cast<std::int64_t>(uptime.count()));
    out.field("time", format_iso8601_millis(parts_.clock.now())).field("idle", report.idle);
    out.key("services").begin_object();
    for (const model::Service* service : parts_.table.services())
        out.field(service->id, service_state(service->id));
    out.end_object().end_object();
    co_return json_response(200, std::move(body));
}

Task<http::Response> AdminRoute::reset(std::string service, std::string account) {
    std::vector<gateway::ManagedService*> chosen;
    for (gateway::ManagedService* candidate : parts_.services) {
        if (service.empty() || candidate->name() == service) chosen.push_back(candidate);
    }
    if (chosen.empty()) co_return control_error(404, "no such service: " + service);
    const auto erase = [&](store::Txn& txn) {
        for (gateway::ManagedService* each : chosen) each->reset(txn, account);
        if (service.empty()) parts_.dispatcher.reset(txn, account);
    };
    co_await parts_.database.reset(erase);
    for (gateway::ManagedService* each : chosen) each->after_reset(account);
    if (service.empty()) parts_.trace_log.clear(account);
    std::string body;
    json::Writer out(body);
    out.begin_object().key("reset").begin_array();
    for (gateway::ManagedService* each : chosen) out.string(each->name());
    out.end_array();
    if (!account.empty()) out.field("account", account);
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::Response> AdminRoute::reset_all() {
    const std::string all;
    co_return co_await reset(all, all);
}

// Step to the next due time, drain what is due by then, repeat: what falls due on the way happens in its
// order. What waits for a later time, such as a retry, is not waited for. After the limit the clock goes to
// `time` at once; the report says what is left then.
Task<events::IdleReport> AdminRoute::advance_to(Timestamp time) {
    events::Scope due_work;
    // Before the first step: a start after a kill must not stand before what the steps wrote.
    co_await keep_clock(parts_.database, time - parts_.clock.system_time());
    const Instant limit = parts_.clock.steady() + kAdvanceLimit;
    while (true) {
        std::optional<Timestamp> due = parts_.clock.next_due();
        Duration left = limit - parts_.clock.steady();
        if (!due || *due > time || left <= Duration::zero()) break;
        const Timestamp step = std::max(*due, parts_.clock.now());
        parts_.clock.set(step);
        co_await yield_now();
        due_work.due_ms = unix_millis(step);
        co_await parts_.dispatcher.await_idle(due_work, std::min(kDrain, left));
    }
    parts_.clock.set(std::max(time, parts_.clock.now()));
    co_await yield_now();
    due_work.due_ms = unix_millis(time);
    Duration left = std::clamp<Duration>(limit - parts_.clock.steady(), Duration::zero(), kDrain);
    co_return co_await parts_.dispatcher.await_idle(due_work, left);
}

Task<http::Response> AdminRoute::clock(gateway::EdgeRequest& request) {
    std::optional<events::IdleReport> left;
    if (request.http.method == "POST") {
        QueryParameters query = parse_query(request.query);
        std::string action = parameter(query, "action");
        if (action == "advance") {
            std::optional<Duration> by = parse_duration(parameter(query, "by"));
            if (!by) {
                co_return control_error(
                    400,
                    "advance: expected a duration such as 90s, 15m, 24h or 7d, at most ten "
                    "years; the clock only goes forward");
            }
            left = co_await advance_to(parts_.clock.now() + *by);
        } else if (action == "set") {
            std::optional<Timestamp> to = parse_iso8601(parameter(query, "to"));
            if (!to) co_return control_error(400, "set: expected a time such as 2027-01-31T00:00:00Z");
            if (*to < parts_.clock.now()) {
                co_return control_error(409, "the clock can't be set back; it stands at " +
                                                 format_iso8601_millis(parts_.clock.now()));
            }
            left = co_await advance_to(*to);
        } else if (action == "freeze") {
            parts_.clock.freeze();
        } else if (action == "resume") {
            parts_.clock.resume();
            co_await keep_clock(parts_.database, parts_.clock.now() - parts_.clock.system_time());
        } else {
            co_return control_error(400, "action: expected advance, set, freeze or resume");
        }
    } else if (request.http.method != "GET") {
        co_return control_error(405, "clock: use GET or POST");
    }
    std::string body;
    json::Writer out(body);
    out.begin_object()
        .field("now", format_iso8601_millis(parts_.clock.now()))
        .field("frozen", parts_.clock.frozen());
    auto ahead = std::chrono::round<std::chrono::seconds>(parts_.clock.now() - parts_.clock.system_time());
    out.field("ahead_s", static_cast<std::int64_t>(ahead.count())).key("next_due");
    std::optional<Timestamp> due = parts_.clock.next_due();
    if (due) {
        out.string(format_iso8601_millis(*due));
    } else {
        out.null();
    }
    if (left) {
        out.field("idle", left->idle).key("pending").begin_object();
        for (const auto& [source, count] : left->pending) out.field(source, count);
        out.end_object();
    }
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::Response> AdminRoute::await(gateway::EdgeRequest& request) {
    QueryParameters query = parse_query(request.query);
    Duration timeout = kAwaitDefault;
    if (const std::string* text = find_parameter(query, "timeout")) {
        std::optional<Duration> given = parse_duration(*text);
        if (!given || *given > kAwaitLimit)
            co_return control_error(400, "timeout: expected a duration of at most 15m");
        timeout = *given;
    }
    events::Scope scope{parameter(query, "account"), parameter(query, "trace")};
    if (!scope.account.empty() && !is_account(scope.account)) co_return control_error(400, kAccountForm);
    if (!scope.trace.empty() && !events::is_trace_id(scope.trace)) {
        co_return control_error(400,
                                "trace: expected an id such as 1-65a1b2c3-0123456789abcdef01234567; "
                                "`fogbank trace` lists them");
    }
    events::IdleReport report = co_await parts_.dispatcher.await_idle(scope, timeout);
    std::string body;
    json::Writer out(body);
    out.begin_object().field("idle", report.idle).key("pending").begin_object();
    for (const auto& [source, count] : report.pending) out.field(source, count);
    out.end_object().key("failures").begin_array();
    for (const events::Failure& failure : report.failures) {
        out.begin_object().field("what", failure.what).field("trace", failure.trace);
        out.field("time", format_iso8601_millis(from_unix_millis(failure.time_ms))).end_object();
    }
    out.end_array().end_object();
    // 408: the deadline came first; the body says what is left.
    co_return json_response(report.idle ? 200 : 408, std::move(body));
}

http::Response AdminRoute::trace(gateway::EdgeRequest& request) {
    QueryParameters query = parse_query(request.query);
    std::string id = parameter(query, "id");
    std::string body;
    json::Writer out(body);
    if (id.empty()) {
        out.begin_object().key("traces").begin_array();
        const std::string account = parameter(query, "account");
        if (!account.empty() && !is_account(account)) return control_error(400, kAccountForm);
        for (const auto& summary : parts_.trace_log.recent(account, 50)) {
            out.begin_object().field("trace", summary.trace).field("account", summary.account);
            out.field("service", summary.service)
                .field("name", summary.name)
                .field("outcome", summary.outcome);
            out.field("started", format_iso8601_millis(summary.started))
                .field("spans", summary.spans)
                .end_object();
        }
        out.end_array().end_object();
        return json_response(200, std::move(body));
    }
    std::vector<events::Span> spans = parts_.trace_log.spans(id);
    if (spans.empty()) return control_error(404, "no such trace: " + id + "; it may be too old");
    write_trace_tree(out, id, spans);
    return json_response(200, std::move(body));
}

http::Response AdminRoute::logs(gateway::EdgeRequest& request) {
    QueryParameters query = parse_query(request.query);
    std::string function = parameter(query, "function");
    std::string account = parameter(query, "account");
    std::string region = parameter(query, "region");
    std::string offset_text = parameter(query, "offset");
    std::int64_t offset = 0;
    if (!offset_text.empty()) {
        const char* end = offset_text.data() + offset_text.size();
        if (std::from_chars(offset_text.data(), end, offset).ptr != end)
            return control_error(400, "offset: expected a number");
    }
    if (function.empty()) return control_error(400, "function: which one?");
    if (!account.empty() && !is_account(account)) return control_error(400, kAccountForm);
    // They are parts of a file's path.
    if ((function + region).find('/') != std::string::npos || region == ".." || region == ".")
        return control_error(404, "no such function: " + function);
    if (!parts_.read_log) return control_error(501, "no service that keeps logs is served");
    auto slice =
        parts_.read_log(account.empty() ? parts_.config.pipeline.default_account : account,
                        region.empty() ? parts_.config.pipeline.default_region : region, function, offset);
    if (!slice) return control_error(404, "no such function: " + function);
    std::string body;
    json::Writer out(body);
    out.begin_object().field("text", slice->text);
    out.field("next_offset", slice->next_offset).end_object();
    return json_response(200, std::move(body));
}

}  // namespace fogbank::emulator
