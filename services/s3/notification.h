// A bucket's notification configuration: its rules, what AWS refuses in it, and which rules an event matches.
// Pure. docs: S3 User Guide, "Configuring event notifications using object key name filtering".
#pragma once

#include "services/s3/model/types/notification_configuration.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct NotificationRule {
    std::string id;
    std::string target;               // the function's ARN
    std::vector<std::string> events;  // "s3:ObjectCreated:*"
    std::string prefix, suffix;

    // `event` is whole: "s3:ObjectCreated:Put".
    bool matches(std::string_view event, std::string_view key) const;
};

// Throws InvalidArgument in AWS's words, or NotImplemented for a destination that is not served. Rules
// without an id keep it empty.
std::vector<NotificationRule> rules_of(const api::NotificationConfiguration& configuration);

std::string rules_to_json(const std::vector<NotificationRule>& rules);  // empty for none
std::vector<NotificationRule> rules_from_json(std::string_view text);

std::vector<api::LambdaFunctionConfiguration> to_configurations(const std::vector<NotificationRule>& rules);

}  // namespace fogbank::s3
