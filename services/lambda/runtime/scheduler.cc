#include "services/lambda/runtime/scheduler.h"

#include "services/lambda/model/errors.h"
#include "services/lambda/runtime/environment.h"
#include "services/lambda/runtime/failures.h"
#include "services/lambda/runtime/hot_reload.h"
#include "services/lambda/runtime/report.h"
#include "src/base/log.h"

#include <signal.h>

#include <algorithm>
#include <atomic>

namespace fogbank::lambda {

namespace {

using std::chrono::seconds;

constexpr Duration kFar = std::chrono::hours(1);  // watch() looks at least that often
constexpr Duration kNextPollLimit = seconds(10);  // an answered runtime asks for more within it

std::string log_stream(Timestamp now, const Function& function, Entropy& entropy) {
    const std::string day = format_iso8601(now).substr(0, 10);
    return day.substr(0, 4) + "/" + day.substr(5, 2) + "/" + day.substr(8, 2) + "/[" + function.version() +
           "]" + entropy.hex(32);
}

}  // namespace

// Counts an invocation against the limits while it lives.
class Scheduler::Slot {
public:
    Slot(Scheduler& scheduler, const Function& function) : scheduler_(scheduler) {
        account_ = function.account + "/" + function.region;
        if (function.reserved_concurrency) {
            function_ = function.arn();
            if (scheduler_.running_[function_] >= *function.reserved_concurrency) {
                throw errors::TooManyRequestsException("Rate Exceeded.")
                    .with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded")
                    .with("Type", "User");
            }
        } else if (scheduler_.running_[account_] >= scheduler_.options_.concurrency) {
            throw errors::TooManyRequestsException("Rate Exceeded.")
                .with("Reason", "ConcurrentInvocationLimitExceeded")
                .with("Type", "User");
        }
        ++scheduler_.running_[account_];
        if (!function_.empty()) ++scheduler_.running_[function_];
    }
    ~Slot() {
        release(account_);
        if (!function_.empty()) release(function_);
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

private:
    void release(const std::string& key) {
        const auto found = scheduler_.running_.find(key);
        if (--found->second == 0) scheduler_.running_.erase(found);
    }
    Scheduler& scheduler_;
    std::string account_, function_;
};

Scheduler::Scheduler(const Parts& parts, SchedulerOptions options) : parts_(parts), options_(options) {}

Scheduler::~Scheduler() = default;

void Scheduler::start(std::function<int()> listen) {
    listen_ = std::move(listen);
    watching_ = true;
    armed_ = parts_.clock.steady() + kFar;
    spawn(parts_.home, [this] { return watch(); });
}

Task<void> Scheduler::stop() {
    stopping_ = true;
    std::vector<std::shared_ptr<Instance>> all;
    for (const auto& [port, instance] : instances_) all.push_back(instance);
    for (const auto& instance : all) {
        if (instance->job != nullptr) {
            instance->job->refused = true;
            std::exchange(instance->job, nullptr)->done.fire();
        }
        retire(*instance);
    }
    if (!instances_.empty()) {
        waits_for_end_ = true;
        co_await all_ended_.wait();
    }
    if (watching_) {
        wake_.cancel();
        co_await watch_ended_.wait();
    }
    parts_.executor.shutdown();
}

namespace {

// Shared by the run and the caller that waits for it: either may go first.
struct Awaited {
    const FunctionPtr function;
    const Invocation invocation;
    std::atomic<bool> settled{false};
    Completion<Outcome> done{};
};

}  // namespace

Task<Outcome> Scheduler::run(FunctionPtr function, Invocation invocation, CancelToken cancelled) {
    const auto awaited = std::make_shared<Awaited>(std::move(function), std::move(invocation));
    spawn(parts_.home, [this, awaited]() -> Task<void> {
        std::exception_ptr failure;
        Outcome outcome;
        try {
            outcome = co_await run(awaited->function, awaited->invocation);
        } catch (...) {
            failure = std::current_exception();
        }
        if (awaited->settled.exchange(true)) co_return;
        if (failure) {
            awaited->done.fail(failure);
        } else {
            awaited->done.set(std::move(outcome));
        }
    });
    const std::uint64_t id = cancelled.on_cancel([awaited] {
        if (awaited->settled.exchange(true)) return;
        awaited->done.fail(std::make_exception_ptr(errors::ServiceException("The request was cancelled.")));
    });
    std::exception_ptr failure;
    Outcome outcome;
    try {
        outcome = co_await awaited->done.wait();
    } catch (...) {
        failure = std::current_exception();
    }
    cancelled.forget(id);
    if (failure) std::rethrow_exception(failure);
    co_return outcome;
}

Task<Outcome> Scheduler::run(FunctionPtr function, const Invocation& invocation) {
    if (stopping_) throw errors::ServiceException("The daemon is stopping.");
    const Slot slot(*this, *function);
    Job job{
        std::move(function), invocation, parts_.entropy.hex(16), {}, {}, false, parts_.clock.now(), {}, {}};
    assign(job);
    co_await job.done.wait();
    if (job.refused) throw errors::ServiceException("The daemon is stopping.");
    co_return std::move(job.outcome);
}

void Scheduler::assign(Job& job) {
    if (Instance* const warm = take_idle(*job.function)) {
        warm->job = &job;
        if (warm->poll != nullptr) {
            wake_poll(*warm);
        } else {
            set_deadline(*warm, kNextPollLimit);
        }
        return;
    }
    start_instance(job);
}

Instance* Scheduler::take_idle(const Function& function) {
    const auto pool = pools_.find(function.sandbox_key());
    if (pool == pools_.end()) return nullptr;
    while (!pool->second.idle.empty()) {
        Instance* const warm = pool->second.idle.back();
        pool->second.idle.pop_back();
        if (function.hot_reload_folder.empty() ||
            warm->fingerprint == fingerprint(function.hot_reload_folder)) {
            return warm;
        }
        retire(*warm);
    }
    return nullptr;
}

int Scheduler::take_port() {
    if (free_ports_.empty()) return listen_();
    const int port = free_ports_.back();
    free_ports_.pop_back();
    return port;
}

void Scheduler::start_instance(Job& job) {
    auto instance = std::make_shared<Instance>(*this, job.function, take_port());
    instance->job = &job;
    instance->started = parts_.clock.steady();
    instances_[instance->port] = instance;
    // aws: an init phase over 10 s begins again within the invocation and its timeout
    set_deadline(*instance, seconds(std::max(options_.init_timeout_s, job.function->timeout_s())));
    spawn(parts_.home, [this, instance] { return launch(instance); });
}

Task<void> Scheduler::launch(std::shared_ptr<Instance> instance) {
    const Function& function = *instance->function;
    exec::SandboxSpec spec;
    spec.runtime = function.configuration.Runtime.value_or("");
    if (function.hot_reload_folder.empty()) {
        instance->code = CodeStore::Pin(parts_.codes, function.code_id);
        spec.task_root = parts_.codes.folder(function.code_id);
    } else {
        spec.task_root = function.hot_reload_folder;
        instance->fingerprint = fingerprint(function.hot_reload_folder);
    }
    spec.handler = function.configuration.Handler.value_or("");
    spec.runtime_api = "127.0.0.1:" + std::to_string(instance->port);
    spec.log_name = function.name;
    spec.memory_mb = function.memory_mb();
    spec.environment =
        function_environment(function, {endpoint_url_, spec.runtime_api, spec.task_root,
                                        log_stream(parts_.clock.now(), function, parts_.entropy)});
    std::string failure;
    try {
        instance->sandbox = co_await parts_.executor.start(spec, *instance);
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!failure.empty()) {
        start_failed(*instance, failure);
        co_return;
    }
    if (instance->state == InstanceState::ended) instance->sandbox->kill();
}

void Scheduler::start_failed(Instance& instance, const std::string& reason) {
    if (instance.state == InstanceState::ended) {
        forget(instance);
        return;
    }
    if (instance.job != nullptr) {
        finish(instance, entrypoint_failure(instance.job->invocation.request_id, reason), "error");
    }
    instance.state = InstanceState::ended;
    forget(instance);
}

std::shared_ptr<Instance> Scheduler::find(int port) const {
    const auto found = instances_.find(port);
    return found == instances_.end() ? nullptr : found->second;
}

bool Scheduler::is_running(const Instance& instance, std::string_view request_id) const {
    return instance.state == InstanceState::busy && instance.job != nullptr &&
           instance.job->invocation.request_id == request_id;
}

Task<http::Response> Scheduler::next(std::shared_ptr<Instance> instance, CancelToken cancelled) {
    if (instance->state == InstanceState::starting) {
        instance->state = InstanceState::waiting;
        instance->init_duration = parts_.clock.steady() - instance->started;
        if (instance->sandbox) instance->sandbox->drain();
    }
    if (instance->state == InstanceState::waiting && instance->job == nullptr) {
        NextPoll poll;
        instance->poll = &poll;
        const std::uint64_t id = cancelled.on_cancel([this, instance] {
            if (instance->poll == nullptr) return;
            instance->poll->gone = true;
            wake_poll(*instance);
        });
        co_await poll.ready.wait();
        cancelled.forget(id);
        if (poll.gone) {
            http::Response closed;
            closed.status = 410;
            closed.close = true;
            co_return closed;
        }
    }
    if (instance->state != InstanceState::waiting || instance->job == nullptr) {
        http::Response refused;  // the event it has is not answered
        refused.status = 403;
        refused.headers.add("Content-Type", "application/json");
        refused.body = std::string(
            R"({"errorMessage":"State transition is not allowed","errorType":"InvalidStateTransition"})");
        co_return refused;
    }
    co_return deliver(*instance);
}

void Scheduler::wake_poll(Instance& instance) {
    std::exchange(instance.poll, nullptr)->ready.fire();
}

void Scheduler::set_deadline(Instance& instance, Duration from_now) {
    instance.deadline = parts_.clock.steady() + from_now;
    if (instance.deadline < armed_) wake_.cancel();
}

// Sleeps to the first deadline. A busy daemon sets later ones all the time and wakes nobody with them.
Task<void> Scheduler::watch() {
    while (!stopping_) {
        const Instant now = parts_.clock.steady();
        armed_ = now + kFar;
        for (const auto& [port, instance] : instances_) armed_ = std::min(armed_, instance->deadline);
        wake_ = CancelSource();
        if (armed_ > now) co_await parts_.clock.sleep_for(armed_ - now, wake_.token());
        expire(parts_.clock.steady());
    }
    watch_ended_.fire();
}

void Scheduler::expire(Instant now) {
    std::vector<std::shared_ptr<Instance>> due;
    for (const auto& [port, instance] : instances_) {
        if (instance->deadline <= now) due.push_back(instance);
    }
    for (const auto& instance : due) {
        instance->deadline = now + kFar;
        if (instance->state == InstanceState::ended) continue;
        if (instance->state == InstanceState::waiting && instance->job == nullptr) {
            retire(*instance);
        } else if (instance->state == InstanceState::waiting) {
            Job& job = *std::exchange(instance->job, nullptr);
            retire(*instance);
            assign(job);
        } else {
            timed_out(*instance);
        }
    }
}

void Scheduler::end_sandboxes(std::string function_arn) {
    post(parts_.home, [this, function_arn = std::move(function_arn)] {
        std::vector<std::shared_ptr<Instance>> all;
        for (const auto& [port, instance] : instances_) {
            if (instance->function->arn() == function_arn) all.push_back(instance);
        }
        for (const auto& instance : all) {
            instance->last_job = true;
            if (instance->state == InstanceState::waiting && instance->job == nullptr) retire(*instance);
        }
    });
}

void Scheduler::kill_sandboxes(std::string account) {
    post(parts_.home, [this, account = std::move(account)] {
        std::vector<std::shared_ptr<Instance>> all;
        for (const auto& [port, instance] : instances_) {
            if (account.empty() || instance->function->account == account) all.push_back(instance);
        }
        for (const auto& instance : all) {
            retire(*instance);
            if (instance->job == nullptr) continue;
            Job& job = *std::exchange(instance->job, nullptr);
            job.outcome = exit_failure(job.invocation.request_id, 0, SIGKILL);
            job.done.fire();
        }
        // What they wrote since the reset's own erasure; nothing of the new state has run yet.
        parts_.logs.erase(account);
    });
}

void Scheduler::prepare(std::string runtime) {
    post(parts_.home, [this, runtime = std::move(runtime)] {
        if (!stopping_) parts_.executor.prepare(runtime);
    });
}

}  // namespace fogbank::lambda
