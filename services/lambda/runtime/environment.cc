#include "services/lambda/runtime/environment.h"

#include <algorithm>
#include <array>

namespace fogbank::lambda {

namespace {

// aws: docs "Defined runtime environment variables": these "can't be set in your function configuration".
constexpr std::array<std::string_view, 19> kReserved = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "AWS_LAMBDA_METADATA_API",
};

struct HostAndPort {
    std::string host;
    std::string port;
};

HostAndPort split_url(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
    const std::size_t colon = url.rfind(':');
    if (colon == std::string_view::npos) return {std::string(url), "80"};
    return {std::string(url.substr(0, colon)), std::string(url.substr(colon + 1))};
}

bool is_provided(std::string_view runtime) {
    return runtime.substr(0, 8) == "provided";
}

}  // namespace

bool is_reserved_variable(std::string_view name) {
    return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

std::map<std::string, std::string> function_environment(const Function& function,
                                                        const EnvironmentFacts& facts) {
    const api::FunctionConfiguration& configuration = function.configuration;
    const HostAndPort own = split_url(facts.endpoint_url);
    std::map<std::string, std::string> result = {
        {"AWS_ENDPOINT_URL", facts.endpoint_url},
        {"EDGE_PORT", own.port},
        {"LANG", "en_US.UTF-8"},
        {"LOCALSTACK_HOSTNAME", own.host},
        {"PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"},
        {"TZ", ":UTC"},
    };
    if (configuration.Environment && configuration.Environment->Variables) {
        for (const auto& [name, value] : *configuration.Environment->Variables) result[name] = value;
    }
    result["AWS_ACCESS_KEY_ID"] = function.account;  // a 12-digit key is that account
    result["AWS_SECRET_ACCESS_KEY"] = "test";
    result["AWS_SESSION_TOKEN"] = "test";
    result["AWS_REGION"] = function.region;
    result["AWS_DEFAULT_REGION"] = function.region;
    result["AWS_LAMBDA_FUNCTION_NAME"] = function.name;
    result["AWS_LAMBDA_FUNCTION_VERSION"] = function.version();
    result["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_mb());
    result["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
    result["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
    result["AWS_LAMBDA_LOG_STREAM_NAME"] = facts.log_stream;
    result["AWS_LAMBDA_RUNTIME_API"] = facts.runtime_api;
    result["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR";
    const std::string runtime = configuration.Runtime.value_or("");
    // aws: "not defined for functions that use the provided.al2 or provided.al2023 runtime"
    if (!is_provided(runtime)) result["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + runtime;
    if (configuration.LoggingConfig) {
        const api::LoggingConfig& logging = *configuration.LoggingConfig;
        if (logging.LogFormat) result["AWS_LAMBDA_LOG_FORMAT"] = *logging.LogFormat;
        if (logging.ApplicationLogLevel) result["AWS_LAMBDA_LOG_LEVEL"] = *logging.ApplicationLogLevel;
    }
    result["LAMBDA_TASK_ROOT"] = facts.task_root;
    result["LAMBDA_RUNTIME_DIR"] = "/var/runtime";
    result["_HANDLER"] = configuration.Handler.value_or("");
    return result;
}

}  // namespace fogbank::lambda
