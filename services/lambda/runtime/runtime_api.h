// The Lambda Runtime API over HTTP, one loopback port per sandbox (docs: "Using the Lambda runtime API").
#pragma once

#include "services/lambda/runtime/scheduler.h"
#include "src/http/server.h"

#include <memory>
#include <string_view>

namespace fogbank::lambda {

class RuntimeApi {
public:
    // Serves on `home`, the scheduler's executor.
    RuntimeApi(Executor home, Scheduler& scheduler);

    int listen() { return server_->listen({"127.0.0.1", 0}); }
    Task<void> stop();

private:
    Task<http::Response> handle(http::Request& request);
    Task<http::Response> take_answer(std::shared_ptr<Instance> instance, http::Request& request,
                                     std::string_view request_id, std::string_view kind);
    Task<http::Response> take_init_error(std::shared_ptr<Instance> instance, http::Request& request);

    Scheduler& scheduler_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace fogbank::lambda
