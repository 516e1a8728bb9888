// The part of the scheduler that follows one invocation: from its delivery to its report.
#include "services/lambda/runtime/failures.h"
#include "services/lambda/runtime/host_time.h"
#include "services/lambda/runtime/report.h"
#include "services/lambda/runtime/scheduler.h"
#include "src/base/log.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kInitLogLimit = 256 << 10;
constexpr Duration kMemoryAge = milliseconds(100);  // reading it costs more than a warm invocation may

void keep_tail(std::string& log, std::string_view text) {
    if (text.size() >= kLogTailLimit) {
        log = text.substr(text.size() - kLogTailLimit);
        return;
    }
    log += text;
    // Cut now and then, not with each line.
    if (log.size() > 4 * kLogTailLimit) log.erase(0, log.size() - kLogTailLimit);
}

// aws: the init error of a failed start carries the invocation's id; the runtime does not know it then.
std::string with_request_id(std::string payload, const std::string& request_id) {
    constexpr std::string_view kEmpty = R"("requestId": "")";
    if (const std::size_t at = payload.find(kEmpty); at != std::string::npos) {
        payload.insert(at + kEmpty.size() - 1, request_id);
    }
    return payload;
}

}  // namespace

events::Trace Scheduler::function_trace(const Job& job) const {
    return {job.invocation.trace.id, job.span, job.invocation.trace.depth + 1};
}

http::Response Scheduler::deliver(Instance& instance) {
    Job& job = *instance.job;
    const Function& function = *instance.function;
    instance.state = InstanceState::busy;
    job.delivered = parts_.clock.steady();
    set_deadline(instance, seconds(function.timeout_s()));
    if (!instance.init_log.empty()) {
        instance.unwritten_log += std::exchange(instance.init_log, std::string());
    }
    write_log(instance, start_line(job.invocation.request_id, function.version()));

    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Lambda-Runtime-Aws-Request-Id", job.invocation.request_id);
    response.headers.add("Lambda-Runtime-Deadline-Ms",
                         std::to_string(host_unix_millis() + 1000LL * function.timeout_s()));
    response.headers.add("Lambda-Runtime-Invoked-Function-Arn", job.invocation.invoked_arn);
    response.headers.add("Lambda-Runtime-Trace-Id", function_trace(job).header());
    if (!job.invocation.client_context.empty()) {
        response.headers.add("Lambda-Runtime-Client-Context", job.invocation.client_context);
    }
    response.body = job.invocation.payload;
    return response;
}

bool Scheduler::answer(Instance& instance, std::string_view request_id, std::string payload) {
    if (!is_running(instance, request_id)) return false;
    Outcome outcome;
    outcome.payload = std::move(payload);
    finish(instance, std::move(outcome), "");
    become_idle(instance);
    return true;
}

bool Scheduler::fail(Instance& instance, std::string_view request_id, std::string payload,
                     std::string error_type) {
    if (!is_running(instance, request_id)) return false;
    Outcome outcome;
    outcome.payload = std::move(payload);
    outcome.function_error = "Unhandled";
    outcome.error_type = std::move(error_type);
    finish(instance, std::move(outcome), "");
    become_idle(instance);
    return true;
}

void Scheduler::fail_init(Instance& instance, std::string payload, std::string error_type) {
    if (instance.state != InstanceState::starting) return;
    instance.init_error = std::move(payload);
    instance.init_error_type = std::move(error_type);
    if (instance.job == nullptr) return;
    Outcome outcome;
    outcome.payload = with_request_id(instance.init_error, instance.job->invocation.request_id);
    outcome.function_error = "Unhandled";
    outcome.error_type = instance.init_error_type;
    instance.job->delivered = instance.started;
    finish(instance, std::move(outcome), "error");
    retire(instance);
}

// Writes END and REPORT, and gives the job its outcome.
void Scheduler::finish(Instance& instance, Outcome outcome, std::string_view status) {
    Job& job = *instance.job;
    const Instant now = parts_.clock.steady();
    instance.draining = true;
    if (instance.sandbox) instance.sandbox->drain();
    instance.draining = false;
    if (job.delivered == Instant()) job.delivered = instance.started;
    if (instance.state == InstanceState::starting) {
        write_log(instance, start_line(job.invocation.request_id, instance.function->version()));
        write_log(instance, std::exchange(instance.init_log, std::string()));
    }
    read_memory(instance);
    Report report;
    report.request_id = job.invocation.request_id;
    report.duration = now - job.delivered;
    report.memory_size_mb = instance.function->memory_mb();
    report.max_memory_mb = (instance.memory_bytes + (1 << 20) - 1) >> 20;
    report.init_duration = std::exchange(instance.init_duration, std::nullopt);
    report.status = status;
    if (status == "error") report.error_type = outcome.error_type;
    write_log(instance, end_lines(report));
    flush_log(instance);
    record(job, outcome, now - job.delivered);
    outcome.log_tail = std::move(job.log);
    if (outcome.log_tail.size() > kLogTailLimit) {
        outcome.log_tail.erase(0, outcome.log_tail.size() - kLogTailLimit);
    }
    job.outcome = std::move(outcome);
    std::exchange(instance.job, nullptr)->done.fire();
}

void Scheduler::record(const Job& job, const Outcome& outcome, Duration duration) const {
    events::Span span;
    span.trace = job.invocation.trace.id;
    span.id = job.span;
    span.cause = job.invocation.trace.cause;
    span.kind = "invocation";
    span.account = job.function->account;
    span.service = "lambda";
    span.name = job.function->name;
    span.resource = job.invocation.invoked_arn;
    span.outcome = outcome.failed() ? "failed: " + outcome.error_type : "200";
    span.started = job.begun;
    span.duration = duration;
    parts_.trace_log.record(std::move(span));
}

void Scheduler::become_idle(Instance& instance) {
    instance.state = InstanceState::waiting;
    if (instance.last_job || stopping_) {
        retire(instance);
        return;
    }
    set_deadline(instance, options_.keepalive);
    pools_[instance.function->sandbox_key()].idle.push_back(&instance);
}

// Kills the sandbox; on_instance_exit follows and forgets it.
void Scheduler::retire(Instance& instance) {
    if (instance.state == InstanceState::ended) return;
    instance.state = InstanceState::ended;
    const auto pool = pools_.find(instance.function->sandbox_key());
    if (pool != pools_.end()) {
        std::erase(pool->second.idle, &instance);
        if (pool->second.idle.empty()) pools_.erase(pool);
    }
    if (instance.poll != nullptr) {
        instance.poll->gone = true;
        wake_poll(instance);
    }
    if (instance.sandbox) instance.sandbox->kill();
}

void Scheduler::forget(Instance& instance) {
    // Posted: the sandbox that calls is inside this instance.
    post(parts_.home, [this, port = instance.port] {
        const auto found = instances_.find(port);
        if (found == instances_.end()) return;
        const std::shared_ptr<Instance> gone = found->second;
        instances_.erase(found);
        gone->sandbox.reset();
        gone->code = CodeStore::Pin();
        free_ports_.push_back(port);
        if (instances_.empty() && waits_for_end_) {
            waits_for_end_ = false;
            all_ended_.fire();
        }
    });
}

void Scheduler::timed_out(Instance& instance) {
    Job* const job = instance.job;
    const int limit_s = instance.function->timeout_s();
    if (job != nullptr) {
        write_log(instance, format_iso8601_millis(parts_.clock.now()) + " " + job->invocation.request_id +
                                " " + timeout_text(limit_s) + "\n\n");
        finish(instance, timeout_failure(job->invocation.request_id, limit_s), "timeout");
    }
    retire(instance);
}

void Scheduler::on_instance_output(Instance& instance, std::string_view bytes) {
    if (instance.state == InstanceState::ended) return;
    if (instance.state == InstanceState::starting) {
        if (instance.init_log.size() + bytes.size() <= kInitLogLimit) instance.init_log += bytes;
        return;
    }
    write_log(instance, bytes);
    if (!instance.draining) flush_log(instance);
}

void Scheduler::on_instance_exit(Instance& instance, int status, int signal) {
    Job* const job = instance.job;
    const bool was_initialized = instance.state != InstanceState::starting;
    if (job != nullptr && instance.state == InstanceState::waiting) {
        // It ended before it got the event: another sandbox takes it.
        instance.job = nullptr;
        retire(instance);
        assign(*job);
    } else if (job != nullptr) {
        const std::string text = exit_text(status, signal);
        Outcome outcome = exit_failure(job->invocation.request_id, status, signal);
        if (was_initialized) {
            write_log(instance, "RequestId: " + job->invocation.request_id + " Error: " + text +
                                    "\nRuntime.ExitError\n");
        } else {
            instance.init_log +=
                "RequestId: " + job->invocation.request_id + " Error: " + text + "\nRuntime.ExitError\n";
        }
        finish(instance, std::move(outcome), "error");
    }
    retire(instance);
    forget(instance);
}

void Scheduler::write_log(Instance& instance, std::string_view text) {
    instance.unwritten_log += text;
    if (instance.job != nullptr) keep_tail(instance.job->log, text);
}

void Scheduler::flush_log(Instance& instance) {
    if (instance.unwritten_log.empty()) return;
    const Function& function = *instance.function;
    parts_.logs.append(function.account, function.region, function.name, instance.unwritten_log);
    instance.unwritten_log.clear();
}

void Scheduler::read_memory(Instance& instance) {
    const Instant now = parts_.clock.steady();
    if (!instance.sandbox || (instance.memory_bytes != 0 && now - instance.memory_read < kMemoryAge)) return;
    instance.memory_read = now;
    instance.memory_bytes = std::max(instance.memory_bytes, instance.sandbox->peak_memory_bytes());
}

}  // namespace fogbank::lambda
