// The control paths: /_localstack/* as existing setups know them, /_fogbank/* for what only Fogbank has.
#pragma once

#include "emulator/admin/health_notes.h"
#include "emulator/config.h"
#include "emulator/init_hooks.h"
#include "src/base/url.h"
#include "src/events/dispatcher.h"
#include "src/gateway/control_answer.h"
#include "src/gateway/edge.h"
#include "src/gateway/managed_service.h"

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::emulator {

// Reads a function's log from `offset`, negative: bytes before the end; nothing where there is no such
// function.
struct LogSlice {
    std::string text;
    std::int64_t next_offset = 0;
};
using LogReader = std::function<std::optional<LogSlice>(const std::string& account, const std::string& region,
                                                        const std::string& function, std::int64_t offset)>;

struct AdminParts {
    const Config& config;
    MovableClock& clock;
    store::Database& database;
    events::Dispatcher& dispatcher;
    events::TraceLog& trace_log;
    const std::vector<gateway::ManagedService*>& services;
    const gateway::OperationTable& table;
    const InitHooks& hooks;
    LogReader read_log;
    std::function<void()> stop;
    std::string session_id;  // a UUID, new at each start
};

class AdminRoute final : public gateway::EdgeRoute {
public:
    explicit AdminRoute(AdminParts parts);
    bool matches(const gateway::EdgeRequest& request) const override;
    Task<http::Response> handle(gateway::EdgeRequest& request) override;
    void set_ready() { ready_ = true; }

private:
    using Answer = http::Response;
    Task<Answer> route(gateway::EdgeRequest& request);

    // localstack.cc
    Task<Answer> health(gateway::EdgeRequest& request);
    Task<Answer> change_health(gateway::EdgeRequest& request);
    Answer info() const;
    Answer init(std::string_view stage) const;
    Answer diagnose() const;
    Task<Answer> config(gateway::EdgeRequest& request);
    Task<Answer> state(gateway::EdgeRequest& request);

    // fogbank.cc
    Task<Answer> status();
    Task<Answer> reset(std::string service, std::string account);
    Task<Answer> reset_all();
    Task<Answer> clock(gateway::EdgeRequest& request);
    Task<events::IdleReport> advance_to(Timestamp time);
    Task<Answer> await(gateway::EdgeRequest& request);
    Answer trace(gateway::EdgeRequest& request);
    Answer logs(gateway::EdgeRequest& request);

    std::string service_state(std::string_view service) const;

    AdminParts parts_;
    std::atomic<bool> ready_{false};
    Instant started_;
    HealthNotes health_notes_;
};

// The parameter's value, empty where it is absent.
std::string parameter(const QueryParameters& query, std::string_view name);

bool is_account(std::string_view text);
inline constexpr std::string_view kAccountForm = "account: expected 12 digits, such as 000000000000";

// JSON answers of the control paths.
using gateway::control_error;
using gateway::json_response;

}  // namespace fogbank::emulator
