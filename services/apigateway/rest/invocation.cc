#include "services/apigateway/rest/invocation.h"

#include "src/base/completion.h"

#include <memory>

namespace fogbank::apigateway::rest {

namespace {

using Output = lambda::api::Invoke::Output;

enum class Ending { none, answered, timed_out };

// The call, its time limit and the request that waits all run on one executor, so that plain members do.
struct Race {
    gateway::RequestContext context;
    lambda::api::Invoke::Input input;
    std::optional<Output> output;
    std::exception_ptr error;
    Ending ending = Ending::none;
    OneShot ended;
    CancelSource timer;

    void end(Ending how) {
        if (ending != Ending::none) return;
        ending = how;
        ended.fire();
    }
};

Task<void> call(const gateway::LocalClient& client, std::shared_ptr<Race> race) {
    try {
        race->output = co_await client.call<lambda::api::Invoke>(race->context, race->input);
    } catch (...) {
        race->error = std::current_exception();
    }
    race->end(Ending::answered);
}

Task<void> limit_time(Clock& clock, std::shared_ptr<Race> race, Duration limit) {
    const Wake wake = co_await clock.sleep_for(limit, race->timer.token());
    if (wake == Wake::due) race->end(Ending::timed_out);
}

}  // namespace

Task<std::optional<Output>> invoke_within(const gateway::LocalClient& client, Clock& clock,
                                          gateway::RequestContext context, lambda::api::Invoke::Input input,
                                          Duration limit) {
    // Shared: the call outlives this coroutine where the limit comes first.
    auto race = std::make_shared<Race>();
    race->context = std::move(context);
    race->input = std::move(input);
    const Executor executor = co_await current_executor();
    spawn(executor, call(client, race));
    spawn(executor, limit_time(clock, race, limit));
    co_await race->ended.wait();
    race->timer.cancel();
    if (race->ending == Ending::timed_out) co_return std::nullopt;
    if (race->error) std::rethrow_exception(race->error);
    co_return std::move(race->output);
}

}  // namespace fogbank::apigateway::rest
