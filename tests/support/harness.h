// A daemon's inside without its sockets: services are tested through their generated types, on a manual
// clock, a temporary database and seeded randomness.
#pragma once

#include "src/base/clock.h"
#include "src/base/entropy.h"
#include "src/events/dispatcher.h"
#include "src/gateway/managed_service.h"
#include "src/gateway/service.h"
#include "src/store/blob_store.h"
#include "src/store/database.h"

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace fogbank::test {

// Who calls. Each test may have an account of its own.
struct Caller {
    std::string account = "000000000000";  // empty: nobody, an unsigned request
    std::string region = "us-east-1";
};

class Harness {
public:
    // `durability`: process unless a test wants otherwise.
    explicit Harness(store::Durability durability = store::Durability::process);
    ~Harness();
    Harness(const Harness&) = delete;
    Harness& operator=(const Harness&) = delete;

    store::Database& database() { return *database_; }
    store::BlobStore& blobs() { return *blobs_; }
    MovableClock& clock() { return *clock_; }
    Entropy& entropy() { return *entropy_; }
    events::Dispatcher& dispatcher() { return *dispatcher_; }
    events::TraceLog& trace_log() { return *trace_log_; }
    gateway::OperationTable& table() { return table_; }
    gateway::LocalClient& client() { return client_; }
    Executor executor() const;
    const std::string& folder() const { return folder_; }

    // Migrates, binds and starts a service that was built on the parts above; it must outlive the harness's
    // use. Call order: add() every service, then use. ~Harness stops them in reverse.
    void add(gateway::ManagedService& service);

    // Starts the dispatcher; after the targets and pending sources are added to it.
    void start_dispatcher();

    // Calls an operation as `caller` and waits. Constraints of the model are checked first, as the pipeline
    // does: a violation throws ValidationException with AWS's message. What the operation throws comes out
    // here.
    template <class Op>
    typename Op::Output call(const typename Op::Input& input, const Caller& caller = {});

    // The same with a body in, and the whole answer out (read its payload with `body_of`).
    template <class Op>
    gateway::AnyOutput call_streaming(const typename Op::Input& input, std::string body,
                                      const Caller& caller = {});
    std::string body_of(gateway::AnyOutput& output);

    // Runs a task on the harness's thread and waits for it.
    template <class T>
    T run(Task<T> task);

    gateway::RequestContext context(const model::Operation& operation, const Caller& caller);

    // Waits until no delivery, invocation or mapping has work left (in real time at most `timeout`).
    events::IdleReport await_idle(Duration timeout = std::chrono::seconds(20));

    // Moves the clock step by step through every due time up to `duration` from now, waiting for idle at
    // each.
    void advance(Duration duration);

private:
    struct Loop;
    std::unique_ptr<Loop> loop_;
    std::string folder_;
    std::unique_ptr<MovableClock> clock_;
    std::unique_ptr<Entropy> entropy_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<store::BlobStore> blobs_;
    std::unique_ptr<events::TraceLog> trace_log_;
    std::unique_ptr<events::Dispatcher> dispatcher_;
    gateway::OperationTable table_;
    gateway::LocalClient client_{table_};
    std::vector<gateway::ManagedService*> services_;
    bool dispatching_ = false;

    void check_constraints(const model::Operation& operation, const void* input);
};

template <class T>
T Harness::run(Task<T> task) {
    std::promise<T> promise;
    std::future<T> future = promise.get_future();
    auto body = [](Task<T> inner, std::promise<T>& out) -> Task<void> {
        try {
            if constexpr (std::is_void_v<T>) {
                co_await std::move(inner);
                out.set_value();
            } else {
                out.set_value(co_await std::move(inner));
            }
        } catch (...) {
            out.set_exception(std::current_exception());
        }
    };
    spawn(executor(), body(std::move(task), promise));
    return future.get();
}

template <class Op>
typename Op::Output Harness::call(const typename Op::Input& input, const Caller& caller) {
    check_constraints(Op::descriptor(), &input);
    gateway::RequestContext cause = context(Op::descriptor(), caller);
    return run(client_.call<Op>(cause, input));
}

template <class Op>
gateway::AnyOutput Harness::call_streaming(const typename Op::Input& input, std::string body,
                                           const Caller& caller) {
    check_constraints(Op::descriptor(), &input);
    gateway::RequestContext cause = context(Op::descriptor(), caller);
    auto stream = make_string_stream(std::move(body));
    cause.payload = stream.get();
    return run(client_.call_any<Op>(cause, input));
}

}  // namespace fogbank::test
