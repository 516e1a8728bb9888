// The environment that a function sees.
#pragma once

#include "services/lambda/function.h"

#include <map>
#include <string>

namespace fogbank::lambda {

struct EnvironmentFacts {
    std::string endpoint_url;  // the daemon's own URL
    std::string runtime_api;   // host:port
    std::string task_root;
    std::string log_stream;
};

std::map<std::string, std::string> function_environment(const Function& function,
                                                        const EnvironmentFacts& facts);

// Names that a function's configuration must not set (docs: "Defined runtime environment variables",
// reserved).
bool is_reserved_variable(std::string_view name);

}  // namespace fogbank::lambda
