#include "services/lambda/mappings/rules.h"

#include "services/lambda/configuration.h"
#include "services/lambda/limits.h"
#include "services/lambda/model/errors.h"
#include "src/base/arn.h"

namespace fogbank::lambda {

namespace {

void refuse_destinations(const std::optional<api::DestinationConfig>& config) {
    if (!config) return;
    const bool on_success =
        config->OnSuccess && config->OnSuccess->Destination && !config->OnSuccess->Destination->empty();
    const bool on_failure =
        config->OnFailure && config->OnFailure->Destination && !config->OnFailure->Destination->empty();
    if (on_success || on_failure) throw not_served("DestinationConfig of event source mappings");
}

// What both requests have and this slice does not act on.
template <class Input>
void refuse_not_served(const Input& input) {
    if (input.FilterCriteria && input.FilterCriteria->Filters && !input.FilterCriteria->Filters->empty()) {
        throw not_served("FilterCriteria of event source mappings");
    }
    if (input.TumblingWindowInSeconds.value_or(0) != 0) throw not_served("TumblingWindowInSeconds");
    if (input.KMSKeyArn) throw not_served("KMSKeyArn of event source mappings");
    if (input.ScalingConfig) throw not_served("ScalingConfig of event source mappings");
    if (input.MetricsConfig) throw not_served("MetricsConfig of event source mappings");
    if (input.LoggingConfig) throw not_served("LoggingConfig of event source mappings");
    if (input.ProvisionedPollerConfig) throw not_served("ProvisionedPollerConfig");
    if (input.SourceAccessConfigurations && !input.SourceAccessConfigurations->empty()) {
        throw not_served("SourceAccessConfigurations");
    }
    refuse_destinations(input.DestinationConfig);
}

template <class Input>
void check_numbers(const Input& input) {
    // The model allows -1 (for ever) and 0; between them and 60 AWS refuses.
    if (input.MaximumRecordAgeInSeconds) {
        const std::int32_t age = *input.MaximumRecordAgeInSeconds;
        if (age != -1 && age < 60) {
            throw errors::InvalidParameterValueException("1 validation error detected: Value '" +
                                                         std::to_string(age) +
                                                         "' at 'maximumRecordAgeInSeconds' failed to satisfy "
                                                         "constraint: Member must have value greater than "
                                                         "or equal to 60 or be -1");
        }
    }
}

std::string_view source_service(const std::string& arn, Arn& parsed) {
    parsed = Arn::parse(arn).value_or(Arn());
    return parsed.service();
}

}  // namespace

void check_create(const api::CreateEventSourceMappingRequest& input) {
    if (input.SelfManagedEventSource || input.Topics || input.Queues ||
        input.AmazonManagedKafkaEventSourceConfig || input.SelfManagedKafkaEventSourceConfig ||
        input.DocumentDBEventSourceConfig) {
        throw not_served("Kafka, MQ and DocumentDB event sources");
    }
    if (!input.EventSourceArn) {
        throw errors::InvalidParameterValueException("Unrecognized event source.");
    }
    Arn arn;
    const std::string_view service = source_service(*input.EventSourceArn, arn);
    if (service == "sqs" || service == "kafka" || service == "mq" || service == "rds" || service == "docdb") {
        throw not_served("event sources of service " + std::string(service));
    }
    const bool is_dynamodb = service == "dynamodb";
    if (!is_dynamodb && service != "kinesis") {
        throw errors::InvalidParameterValueException("Unrecognized event source.");
    }
    if (is_dynamodb && arn.resource().find("/stream/") == std::string_view::npos) {
        throw errors::InvalidParameterValueException(
            "Unrecognized event source, must be kinesis, dynamodb stream or sqs.");
    }
    refuse_not_served(input);
    check_numbers(input);
    if (!input.StartingPosition) {
        throw errors::InvalidParameterValueException(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must "
            "not be null.");
    }
    if (*input.StartingPosition == "AT_TIMESTAMP") {
        if (is_dynamodb) {
            throw errors::InvalidParameterValueException("Unsupported starting position for arn type: " +
                                                         *input.EventSourceArn);
        }
        if (!input.StartingPositionTimestamp) {
            throw errors::InvalidParameterValueException(
                "StartingPositionTimestamp must be specified with StartingPosition AT_TIMESTAMP.");
        }
    }
}

void check_update(const api::UpdateEventSourceMappingRequest& input) {
    refuse_not_served(input);
    check_numbers(input);
}

api::EventSourceMappingConfiguration make_configuration(const api::CreateEventSourceMappingRequest& input) {
    api::EventSourceMappingConfiguration result;
    result.StartingPosition = input.StartingPosition;
    result.StartingPositionTimestamp = input.StartingPositionTimestamp;
    result.BatchSize = input.BatchSize.value_or(kDefaultStreamBatch);
    result.MaximumBatchingWindowInSeconds = input.MaximumBatchingWindowInSeconds.value_or(0);
    result.ParallelizationFactor = input.ParallelizationFactor.value_or(1);
    result.EventSourceArn = input.EventSourceArn;
    result.LastProcessingResult = "No records processed";
    result.StateTransitionReason = "User action";
    result.DestinationConfig.emplace().OnFailure.emplace();
    result.MaximumRecordAgeInSeconds = input.MaximumRecordAgeInSeconds.value_or(-1);
    result.BisectBatchOnFunctionError = input.BisectBatchOnFunctionError.value_or(false);
    result.MaximumRetryAttempts = input.MaximumRetryAttempts.value_or(-1);
    result.TumblingWindowInSeconds = 0;
    result.FunctionResponseTypes = input.FunctionResponseTypes.value_or(std::vector<std::string>());
    return result;
}

void apply_update(const api::UpdateEventSourceMappingRequest& input,
                  api::EventSourceMappingConfiguration& configuration) {
    if (input.BatchSize) configuration.BatchSize = input.BatchSize;
    if (input.MaximumBatchingWindowInSeconds) {
        configuration.MaximumBatchingWindowInSeconds = input.MaximumBatchingWindowInSeconds;
    }
    if (input.ParallelizationFactor) configuration.ParallelizationFactor = input.ParallelizationFactor;
    if (input.MaximumRecordAgeInSeconds)
        configuration.MaximumRecordAgeInSeconds = input.MaximumRecordAgeInSeconds;
    if (input.BisectBatchOnFunctionError)
        configuration.BisectBatchOnFunctionError = input.BisectBatchOnFunctionError;
    if (input.MaximumRetryAttempts) configuration.MaximumRetryAttempts = input.MaximumRetryAttempts;
    if (input.FunctionResponseTypes) configuration.FunctionResponseTypes = input.FunctionResponseTypes;
}

}  // namespace fogbank::lambda
