// Runs invocations in sandboxes: keeps warm ones, starts new ones within the concurrency limits, ends those
// that take too long. All of it happens on one executor, `home`, whose context has one thread.
#pragma once

#include "services/lambda/code_store/code_store.h"
#include "services/lambda/runtime/instance.h"
#include "services/lambda/runtime/log_store.h"
#include "src/base/entropy.h"
#include "src/events/trace_log.h"
#include "src/http/server.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace fogbank::lambda {

struct SchedulerOptions {
    Duration keepalive = std::chrono::minutes(10);  // of an idle sandbox, real time
    int concurrency = 1000;                         // of an account
    int init_timeout_s = kInitTimeoutS;
};

class Scheduler final : public InstanceEvents {
public:
    struct Parts {
        Executor home;
        Clock& clock;
        Entropy& entropy;
        exec::SandboxExecutor& executor;
        CodeStore& codes;
        LogStore& logs;
        events::TraceLog& trace_log;
    };
    Scheduler(const Parts& parts, SchedulerOptions options);
    ~Scheduler() override;

    void start(std::function<int()> listen);  // opens a port for a sandbox's Runtime API
    // Ends all sandboxes; invocations under way are refused. Resumes when nothing runs.
    Task<void> stop();
    void set_endpoint_url(std::string url) { endpoint_url_ = std::move(url); }

    // On `home`. Throws TooManyRequestsException; a function's own failure is an outcome.
    Task<Outcome> run(FunctionPtr function, const Invocation& invocation);
    // For a caller that may not wait to the end: throws ServiceException once `cancelled` fires, and the
    // function runs on, as on AWS where a client goes. From any thread.
    Task<Outcome> run(FunctionPtr function, Invocation invocation, CancelToken cancelled);

    // The Runtime API, called on `home`. Null where no sandbox has the port.
    std::shared_ptr<Instance> find(int port) const;
    Task<http::Response> next(std::shared_ptr<Instance> instance, CancelToken cancelled);
    // False where `request_id` is not the one under way.
    bool answer(Instance& instance, std::string_view request_id, std::string payload);
    bool fail(Instance& instance, std::string_view request_id, std::string payload, std::string error_type);
    void fail_init(Instance& instance, std::string payload, std::string error_type);
    bool is_running(const Instance& instance, std::string_view request_id) const;

    // Ends the sandboxes of a function (all versions); busy ones after their invocation. From any thread.
    void end_sandboxes(std::string function_arn);
    // After a reset: kills the sandboxes of an account, of all where it is empty. Invocations under way get
    // AWS's answer where a process is killed, and leave no log. From any thread.
    void kill_sandboxes(std::string account);
    // From any thread.
    void prepare(std::string runtime);

    void on_instance_output(Instance& instance, std::string_view bytes) override;
    void on_instance_exit(Instance& instance, int status, int signal) override;

private:
    class Slot;
    struct Pool {
        std::vector<Instance*> idle;  // the warmest last
    };

    void assign(Job& job);
    Instance* take_idle(const Function& function);
    void start_instance(Job& job);
    Task<void> launch(std::shared_ptr<Instance> instance);
    http::Response deliver(Instance& instance);
    void finish(Instance& instance, Outcome outcome, std::string_view status);
    void become_idle(Instance& instance);
    void retire(Instance& instance);
    void forget(Instance& instance);
    void start_failed(Instance& instance, const std::string& reason);
    void timed_out(Instance& instance);
    void write_log(Instance& instance, std::string_view text);
    void flush_log(Instance& instance);
    void read_memory(Instance& instance);
    void record(const Job& job, const Outcome& outcome, Duration duration) const;
    void wake_poll(Instance& instance);
    void set_deadline(Instance& instance, Duration from_now);
    Task<void> watch();
    void expire(Instant now);
    int take_port();
    events::Trace function_trace(const Job& job) const;

    Parts parts_;
    SchedulerOptions options_;
    std::string endpoint_url_;
    std::function<int()> listen_;
    std::vector<int> free_ports_;
    // Shared with the handlers of the Runtime API that wait for a sandbox's next event.
    std::map<int, std::shared_ptr<Instance>> instances_;
    std::unordered_map<std::string, Pool> pools_;   // by Function::sandbox_key
    std::unordered_map<std::string, int> running_;  // invocations, by account and by function ARN
    CancelSource wake_;
    Instant armed_{};  // when watch() looks next
    bool stopping_ = false;
    bool watching_ = false;
    OneShot watch_ended_;
    OneShot all_ended_;
    bool waits_for_end_ = false;
};

}  // namespace fogbank::lambda
