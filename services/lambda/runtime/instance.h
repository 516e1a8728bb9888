// One sandbox of a function version, as the scheduler sees it.
#pragma once

#include "services/lambda/code_store/code_store.h"
#include "services/lambda/function.h"
#include "services/lambda/runtime/invocation.h"
#include "src/base/clock.h"
#include "src/base/completion.h"
#include "src/exec/executor.h"

#include <memory>
#include <optional>
#include <string>

namespace fogbank::lambda {

class Instance;

// An invocation under way. Lives in the frame of Scheduler::run.
struct Job {
    FunctionPtr function;
    const Invocation& invocation;
    std::string span;  // of the trace: what the function causes names it
    OneShot done;
    Outcome outcome;
    bool refused = false;  // the daemon stops: there is no outcome
    Timestamp begun{};     // civil
    Instant delivered{};
    std::string log;  // the tail is kept
};

// A runtime that asks for the next event and waits. Lives in the frame of Scheduler::next.
struct NextPoll {
    OneShot ready;
    bool gone = false;  // the connection or the sandbox ended
};

enum class InstanceState {
    starting,  // until the runtime asks for its first event
    waiting,   // has no job: idle in the pool, or its runtime is about to ask
    busy,      // the runtime has an event and owes the answer
    ended,
};

class InstanceEvents {
public:
    virtual ~InstanceEvents() = default;
    virtual void on_instance_output(Instance& instance, std::string_view bytes) = 0;
    virtual void on_instance_exit(Instance& instance, int status, int signal) = 0;
};

class Instance final : public exec::SandboxObserver {
public:
    Instance(InstanceEvents& events, FunctionPtr version, int own_port)
        : function(std::move(version)), port(own_port), events_(events) {}

    void on_output(std::string_view bytes) override { events_.on_instance_output(*this, bytes); }
    void on_exit(int status, int signal) override { events_.on_instance_exit(*this, status, signal); }

    const FunctionPtr function;
    const int port;
    InstanceState state = InstanceState::starting;
    std::unique_ptr<exec::Sandbox> sandbox;  // null until it runs
    CodeStore::Pin code;
    Job* job = nullptr;
    NextPoll* poll = nullptr;
    Instant started{};
    Instant deadline{};                     // of the state it is in
    std::optional<Duration> init_duration;  // until a report has told it
    std::string init_log;                   // what it printed before its first event
    std::string init_error, init_error_type;
    std::string unwritten_log;
    std::int64_t memory_bytes = 0;
    Instant memory_read{};
    std::int64_t fingerprint = 0;  // of a hot reload folder
    bool draining = false;         // output is collected, not written piece by piece
    bool last_job = false;         // ends after its job: the function changed

private:
    InstanceEvents& events_;
};

}  // namespace fogbank::lambda
