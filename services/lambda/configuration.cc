#include "services/lambda/configuration.h"

#include "services/lambda/model/errors.h"
#include "services/lambda/runtime/environment.h"
#include "src/base/json.h"
#include "src/base/log.h"
#include "src/gateway/unheeded.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace fogbank::lambda {

namespace {

Error constraint(std::string_view value, std::string_view member, std::string_view words) {
    return Error(
        "ValidationException", 400,
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}", value,
                    member, words));
}

// The limits of functions on AWS's own compute; the model's are those of managed instances.
void check_sizes(const std::optional<std::int32_t>& timeout, const std::optional<std::int32_t>& memory) {
    if (timeout && *timeout > 900) {
        throw constraint(std::to_string(*timeout), "timeout",
                         "Member must have value less than or equal to 900");
    }
    if (memory && *memory > 10'240) {
        throw errors::InvalidParameterValueException(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to "
            "10240");
    }
}

// aws: the model's
constexpr std::array<std::string_view, 51> kRuntimes = {
    "nodejs",        "nodejs4.3",     "nodejs6.10",    "nodejs8.10",      "nodejs10.x",    "nodejs12.x",
    "nodejs14.x",    "nodejs16.x",    "nodejs18.x",    "nodejs20.x",      "nodejs22.x",    "nodejs24.x",
    "java8",         "java8.al2",     "java11",        "java17",          "java21",        "java25",
    "python2.7",     "python3.6",     "python3.7",     "python3.8",       "python3.9",     "python3.10",
    "python3.11",    "python3.12",    "python3.13",    "python3.14",      "dotnetcore1.0", "dotnetcore2.0",
    "dotnetcore2.1", "dotnetcore3.1", "dotnet6",       "dotnet8",         "dotnet10",      "nodejs4.3-edge",
    "go1.x",         "ruby2.5",       "ruby2.7",       "ruby3.2",         "ruby3.3",       "ruby3.4",
    "ruby4.0",       "provided",      "provided.al2",  "provided.al2023", "nodejs26.x",    "python3.15",
    "java8.al2023",  "java11.al2023", "java17.al2023",
};

// Fogbank runs these as processes of this machine; others need what AWS's images bring.
void check_runtime(const std::optional<std::string>& runtime) {
    if (!runtime) return;
    const bool is_arn = runtime->starts_with("arn:");
    if (!is_arn && std::find(kRuntimes.begin(), kRuntimes.end(), *runtime) == kRuntimes.end()) {
        throw errors::InvalidParameterValueException(
            fmt::format("Value {} at 'runtime' failed to satisfy constraint: Member must satisfy enum value "
                        "set: [{}] or be a valid ARN",
                        *runtime, fmt::join(kRuntimes, ", ")));
    }
    if (runtime->starts_with("python") || runtime->starts_with("nodejs") || runtime->starts_with("provided"))
        return;
    throw not_served("the runtime " + *runtime + " (functions run on python*, nodejs* and provided*)");
}

void check_dead_letters(const std::optional<api::DeadLetterConfig>& config) {
    if (config && config->TargetArn && !config->TargetArn->empty()) throw not_served("DeadLetterConfig");
}

template <class T>
void refuse_where_set(const std::optional<T>& member, std::string_view name) {
    if (member) throw not_served(name);
}

template <class T>
void refuse_where_filled(const std::optional<std::vector<T>>& member, std::string_view name) {
    if (member && !member->empty()) throw not_served(name);
}

api::EnvironmentResponse environment_of(const api::Environment& environment) {
    api::EnvironmentResponse result;
    result.Variables = environment.Variables;
    return result;
}

api::VpcConfigResponse vpc_of(const api::VpcConfig& config) {
    api::VpcConfigResponse result;
    result.SubnetIds = config.SubnetIds.value_or(std::vector<std::string>());
    result.SecurityGroupIds = config.SecurityGroupIds.value_or(std::vector<std::string>());
    result.VpcId = "";
    result.Ipv6AllowedForDualStack = config.Ipv6AllowedForDualStack;
    return result;
}

api::SnapStartResponse snap_start_of(const std::optional<api::SnapStart>& config) {
    api::SnapStartResponse result;
    result.ApplyOn = config && config->ApplyOn ? *config->ApplyOn : "None";
    result.OptimizationStatus = "Off";
    return result;
}

api::LoggingConfig logging_of(const std::optional<api::LoggingConfig>& config, const std::string& name) {
    api::LoggingConfig result = config.value_or(api::LoggingConfig());
    if (!result.LogFormat) result.LogFormat = "Text";
    if (!result.LogGroup) result.LogGroup = "/aws/lambda/" + name;
    if (*result.LogFormat == "JSON") {
        if (!result.ApplicationLogLevel) result.ApplicationLogLevel = "INFO";
        if (!result.SystemLogLevel) result.SystemLogLevel = "INFO";
    }
    return result;
}

// aws: an opaque version of the managed runtime; one per runtime here
api::RuntimeVersionConfig runtime_version(const std::string& runtime) {
    api::RuntimeVersionConfig result;
    result.RuntimeVersionArn =
        fmt::format("arn:aws:lambda:us-east-1::runtime:{:016x}", std::hash<std::string>()(runtime));
    return result;
}

}  // namespace

Error not_served(std::string_view what) {
    return Error("NotImplemented", 501,
                 "Fogbank does not act on " + std::string(what) +
                     " of Lambda. What is served stands in "
                     "services/lambda/README.md.");
}

void check_create(const api::CreateFunctionRequest& input) {
    if (input.PackageType.value_or("Zip") == "Image")
        throw not_served("container images (PackageType Image)");
    refuse_where_set(input.ImageConfig, "ImageConfig");
    refuse_where_filled(input.Layers, "Layers");
    refuse_where_filled(input.FileSystemConfigs, "FileSystemConfigs");
    refuse_where_set(input.CodeSigningConfigArn, "CodeSigningConfigArn");
    refuse_where_set(input.TenancyConfig, "TenancyConfig");
    refuse_where_set(input.CapacityProviderConfig, "CapacityProviderConfig");
    refuse_where_set(input.DurableConfig, "DurableConfig");
    refuse_where_set(input.RuntimeConfig, "RuntimeConfig");
    refuse_where_set(input.AcceleratorConfig, "AcceleratorConfig");
    refuse_where_set(input.PublishTo, "PublishTo");
    check_dead_letters(input.DeadLetterConfig);
    check_sizes(input.Timeout, input.MemorySize);
    if (!input.Runtime || !input.Handler || input.Handler->empty()) {
        throw errors::InvalidParameterValueException(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
    }
    check_runtime(input.Runtime);
}

void check_update(const api::UpdateFunctionConfigurationRequest& input) {
    refuse_where_set(input.ImageConfig, "ImageConfig");
    refuse_where_filled(input.Layers, "Layers");
    refuse_where_filled(input.FileSystemConfigs, "FileSystemConfigs");
    refuse_where_set(input.CapacityProviderConfig, "CapacityProviderConfig");
    refuse_where_set(input.DurableConfig, "DurableConfig");
    refuse_where_set(input.RuntimeConfig, "RuntimeConfig");
    refuse_where_set(input.AcceleratorConfig, "AcceleratorConfig");
    check_dead_letters(input.DeadLetterConfig);
    check_sizes(input.Timeout, input.MemorySize);
    check_runtime(input.Runtime);
}

std::vector<std::string> settings_without_effect(const api::FunctionConfiguration& configuration) {
    std::vector<std::string> names;
    const auto& vpc = configuration.VpcConfig;
    if (vpc && vpc->SubnetIds && !vpc->SubnetIds->empty()) names.emplace_back("VpcConfig");
    if (!configuration.KMSKeyArn.value_or("").empty()) names.emplace_back("KMSKeyArn");
    const auto& tracing = configuration.TracingConfig;
    if (tracing && tracing->Mode == "Active") names.emplace_back("TracingConfig");
    const auto& storage = configuration.EphemeralStorage;
    if (storage && storage->Size != 512) names.emplace_back("EphemeralStorage");
    const auto& architectures = configuration.Architectures;
    if (architectures && *architectures == std::vector<std::string>{"arm64"})
        names.emplace_back("Architectures");
    const auto& snap_start = configuration.SnapStart;
    if (snap_start && snap_start->ApplyOn == "PublishedVersions") names.emplace_back("SnapStart");
    return names;
}

void refuse_settings(const api::FunctionConfiguration& configuration) {
    for (const std::string& name : settings_without_effect(configuration)) gateway::refuse_unheeded(name);
}

void warn_of_settings(const api::FunctionConfiguration& configuration) {
    const std::vector<std::string> names = settings_without_effect(configuration);
    if (names.empty()) return;
    log::warning("a function has settings without effect here",
                 {{"function", configuration.FunctionName.value_or("")},
                  {"settings", fmt::format("{}", fmt::join(names, ", "))}});
}

api::FunctionConfiguration make_configuration(const api::CreateFunctionRequest& input,
                                              const std::string& name) {
    api::FunctionConfiguration result;
    result.FunctionName = name;
    result.Runtime = input.Runtime;
    result.Role = input.Role;
    result.Handler = input.Handler;
    result.Description = input.Description.value_or("");
    result.Timeout = input.Timeout.value_or(kDefaultTimeoutS);
    result.MemorySize = input.MemorySize.value_or(kDefaultMemoryMb);
    if (input.VpcConfig) result.VpcConfig = vpc_of(*input.VpcConfig);
    if (input.Environment) result.Environment = environment_of(*input.Environment);
    result.KMSKeyArn = input.KMSKeyArn;
    result.TracingConfig.emplace().Mode =
        input.TracingConfig && input.TracingConfig->Mode ? *input.TracingConfig->Mode : "PassThrough";
    result.PackageType = "Zip";
    result.Architectures = input.Architectures.value_or(std::vector<std::string>{"x86_64"});
    if (input.EphemeralStorage) {
        result.EphemeralStorage = input.EphemeralStorage;
    } else {
        result.EphemeralStorage.emplace().Size = 512;
    }
    result.SnapStart = snap_start_of(input.SnapStart);
    result.LoggingConfig = logging_of(input.LoggingConfig, name);
    result.RuntimeVersionConfig = runtime_version(*input.Runtime);
    result.State = "Active";
    result.LastUpdateStatus = "Successful";
    return result;
}

void apply_update(const api::UpdateFunctionConfigurationRequest& input,
                  api::FunctionConfiguration& configuration) {
    if (input.Role) configuration.Role = input.Role;
    if (input.Handler) configuration.Handler = input.Handler;
    if (input.Description) configuration.Description = input.Description;
    if (input.Timeout) configuration.Timeout = input.Timeout;
    if (input.MemorySize) configuration.MemorySize = input.MemorySize;
    if (input.VpcConfig) configuration.VpcConfig = vpc_of(*input.VpcConfig);
    if (input.Environment) configuration.Environment = environment_of(*input.Environment);
    if (input.Runtime) {
        configuration.Runtime = input.Runtime;
        configuration.RuntimeVersionConfig = runtime_version(*input.Runtime);
    }
    if (input.KMSKeyArn) configuration.KMSKeyArn = input.KMSKeyArn;
    if (input.TracingConfig && input.TracingConfig->Mode) {
        configuration.TracingConfig.emplace().Mode = input.TracingConfig->Mode;
    }
    if (input.EphemeralStorage) configuration.EphemeralStorage = input.EphemeralStorage;
    if (input.SnapStart) configuration.SnapStart = snap_start_of(input.SnapStart);
    if (input.LoggingConfig) {
        configuration.LoggingConfig =
            logging_of(input.LoggingConfig, configuration.FunctionName.value_or(""));
    }
}

void check_environment_size(const std::optional<api::Environment>& environment, std::size_t limit) {
    if (!environment || !environment->Variables) return;
    std::string reserved;
    std::string measured;
    json::Writer out(measured);
    out.begin_object();
    for (const auto& [name, value] : *environment->Variables) {
        out.field(name, value);
        if (is_reserved_variable(name)) reserved += (reserved.empty() ? "" : ", ") + name;
    }
    out.end_object();
    if (!reserved.empty()) {
        throw errors::InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you "
            "have "
            "provided contains reserved keys that are currently not supported for modification. Reserved "
            "keys used "
            "in this request: " +
            reserved);
    }
    if (measured.size() > limit) {
        throw errors::InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you "
            "have "
            "provided exceeded the " +
            std::to_string(limit / 1024) + "KB limit. String measured: " + measured);
    }
}

std::string modified_text(Timestamp time) {
    std::string text = format_iso8601_millis(time);
    text.pop_back();
    return text + "+0000";
}

void check_revision(const std::optional<std::string>& wanted, const std::optional<std::string>& current) {
    if (!wanted || wanted == current) return;
    throw errors::PreconditionFailedException(
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API "
        "to "
        "retrieve the latest Revision Id");
}

api::FunctionConfiguration as_pending(api::FunctionConfiguration configuration) {
    configuration.State = "Pending";
    configuration.StateReason = "The function is being created.";
    configuration.StateReasonCode = "Creating";
    configuration.LastUpdateStatus.reset();
    return configuration;
}

api::FunctionConfiguration as_updating(api::FunctionConfiguration configuration) {
    configuration.LastUpdateStatus = "InProgress";
    configuration.LastUpdateStatusReason = "The function is being created.";
    configuration.LastUpdateStatusReasonCode = "Creating";
    return configuration;
}

}  // namespace fogbank::lambda
