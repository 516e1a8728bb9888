#include "services/s3/notification.h"

#include "services/s3/errors.h"
#include "src/base/arn.h"
#include "src/base/json.h"
#include "src/base/text.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kFilterValueLimit = 1024;
constexpr std::size_t kIdLimit = 255;

constexpr std::array kEvents = {"s3:ReducedRedundancyLostObject",
                                "s3:ObjectCreated:*",
                                "s3:ObjectCreated:Put",
                                "s3:ObjectCreated:Post",
                                "s3:ObjectCreated:Copy",
                                "s3:ObjectCreated:CompleteMultipartUpload",
                                "s3:ObjectRemoved:*",
                                "s3:ObjectRemoved:Delete",
                                "s3:ObjectRemoved:DeleteMarkerCreated",
                                "s3:ObjectRestore:*",
                                "s3:ObjectRestore:Post",
                                "s3:ObjectRestore:Completed",
                                "s3:ObjectRestore:Delete",
                                "s3:Replication:*",
                                "s3:Replication:OperationFailedReplication",
                                "s3:Replication:OperationNotTracked",
                                "s3:Replication:OperationMissedThreshold",
                                "s3:Replication:OperationReplicatedAfterThreshold",
                                "s3:LifecycleTransition",
                                "s3:IntelligentTiering",
                                "s3:ObjectAcl:Put",
                                "s3:LifecycleExpiration:*",
                                "s3:LifecycleExpiration:Delete",
                                "s3:LifecycleExpiration:DeleteMarkerCreated",
                                "s3:ObjectRetention:Put",
                                "s3:ObjectAnnotation:*",
                                "s3:ObjectAnnotation:Put",
                                "s3:ObjectAnnotation:Delete",
                                "s3:ObjectTagging:*",
                                "s3:ObjectTagging:Put",
                                "s3:ObjectTagging:Delete"};

// True where one pattern covers the other or both are the same: "s3:ObjectCreated:*" and
// "s3:ObjectCreated:Put".
bool events_meet(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto covers = [](std::string_view pattern, std::string_view event) {
        return pattern.ends_with('*') && event.starts_with(pattern.substr(0, pattern.size() - 1));
    };
    return covers(a, b) || covers(b, a);
}

void check_overlap(const std::vector<NotificationRule>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        for (std::size_t j = i + 1; j < rules.size(); ++j) {
            const NotificationRule& a = rules[i];
            const NotificationRule& b = rules[j];
            const bool meet = std::any_of(a.events.begin(), a.events.end(), [&](const std::string& x) {
                return std::any_of(b.events.begin(), b.events.end(),
                                   [&](const std::string& y) { return events_meet(x, y); });
            });
            const bool prefixes = a.prefix.starts_with(b.prefix) || b.prefix.starts_with(a.prefix);
            const bool suffixes = a.suffix.ends_with(b.suffix) || b.suffix.ends_with(a.suffix);
            if (!meet || !prefixes || !suffixes) continue;
            throw Error(
                "InvalidArgument", 400,
                "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
                "prefixes are overlapping for the same event type.");
        }
    }
}

void read_filter(const api::LambdaFunctionConfiguration& from, NotificationRule& rule) {
    if (!from.Filter || !from.Filter->Key || !from.Filter->Key->FilterRules) return;
    bool has_prefix = false;
    bool has_suffix = false;
    for (const api::FilterRule& filter : *from.Filter->Key->FilterRules) {
        const std::string name = lower_case(filter.Name.value_or(""));
        const std::string value = filter.Value.value_or("");
        if (name != "prefix" && name != "suffix") {
            throw invalid_argument("filter rule name must be either prefix or suffix", "FilterRule.Name",
                                   filter.Name.value_or(""));
        }
        if (value.size() > kFilterValueLimit) {
            throw invalid_argument(
                "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation",
                "FilterRule.Value", value);
        }
        bool& seen = name == "prefix" ? has_prefix : has_suffix;
        if (seen) {
            throw invalid_argument("Cannot specify more than one " + name + " rule in a filter.",
                                   "FilterRule.Name", name);
        }
        seen = true;
        (name == "prefix" ? rule.prefix : rule.suffix) = value;
    }
}

NotificationRule read_rule(const api::LambdaFunctionConfiguration& from) {
    NotificationRule rule;
    rule.id = from.Id.value_or("");
    if (rule.id.size() > kIdLimit) {
        throw invalid_argument("The length of the ID exceeds 255 characters", "Id", rule.id);
    }
    rule.target = from.LambdaFunctionArn.value_or("");
    const auto arn = Arn::parse(rule.target);
    if (!arn || arn->service() != "lambda") {
        throw invalid_argument("The ARN could not be parsed", "CloudFunction", rule.target);
    }
    if (!from.Events || from.Events->empty()) throw malformed_xml();
    for (const std::string& event : *from.Events) {
        if (std::find(kEvents.begin(), kEvents.end(), event) == kEvents.end()) {
            throw invalid_argument("The event '" + event + "' is not supported for notifications", "Event",
                                   event);
        }
        rule.events.push_back(event);
    }
    read_filter(from, rule);
    return rule;
}

Error not_served(const char* what) {
    return Error("NotImplemented", 501,
                 "Fogbank's S3 notifies Lambda functions only; " + std::string(what) +
                     " destinations are not served.");
}

}  // namespace

bool NotificationRule::matches(std::string_view event, std::string_view key) const {
    if (!key.starts_with(prefix) || !key.ends_with(suffix)) return false;
    return std::any_of(events.begin(), events.end(), [&](const std::string& pattern) {
        return pattern == event ||
               (pattern.ends_with('*') &&
                event.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1)));
    });
}

std::vector<NotificationRule> rules_of(const api::NotificationConfiguration& configuration) {
    if (configuration.QueueConfigurations && !configuration.QueueConfigurations->empty())
        throw not_served("SQS");
    if (configuration.TopicConfigurations && !configuration.TopicConfigurations->empty())
        throw not_served("SNS");
    if (configuration.EventBridgeConfiguration) throw not_served("EventBridge");
    std::vector<NotificationRule> rules;
    if (configuration.LambdaFunctionConfigurations) {
        for (const auto& each : *configuration.LambdaFunctionConfigurations) rules.push_back(read_rule(each));
    }
    check_overlap(rules);
    return rules;
}

std::string rules_to_json(const std::vector<NotificationRule>& rules) {
    if (rules.empty()) return {};
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const NotificationRule& rule : rules) {
        writer.begin_object()
            .field("id", std::string_view(rule.id))
            .field("target", std::string_view(rule.target));
        writer.field("prefix", std::string_view(rule.prefix)).field("suffix", std::string_view(rule.suffix));
        writer.key("events").begin_array();
        for (const std::string& event : rule.events) writer.string(event);
        writer.end_array().end_object();
    }
    writer.end_array();
    return text;
}

std::vector<NotificationRule> rules_from_json(std::string_view text) {
    std::vector<NotificationRule> rules;
    if (text.empty()) return rules;
    const auto document = json::parse(text);
    if (!document) return rules;
    for (const json::Value each : document->root().elements()) {
        NotificationRule& rule = rules.emplace_back();
        rule.id = each.find("id").string();
        rule.target = each.find("target").string();
        rule.prefix = each.find("prefix").string();
        rule.suffix = each.find("suffix").string();
        for (const json::Value event : each.find("events").elements())
            rule.events.emplace_back(event.string());
    }
    return rules;
}

std::vector<api::LambdaFunctionConfiguration> to_configurations(const std::vector<NotificationRule>& rules) {
    std::vector<api::LambdaFunctionConfiguration> out;
    for (const NotificationRule& rule : rules) {
        api::LambdaFunctionConfiguration& to = out.emplace_back();
        to.Id = rule.id;
        to.LambdaFunctionArn = rule.target;
        to.Events = rule.events;
        if (rule.prefix.empty() && rule.suffix.empty()) continue;
        std::vector<api::FilterRule> filters;
        // aws: answers with the names capitalized, however they came.
        const auto add = [&](const char* name, const std::string& value) {
            if (value.empty()) return;
            api::FilterRule& filter = filters.emplace_back();
            filter.Name = name;
            filter.Value = value;
        };
        add("Prefix", rule.prefix);
        add("Suffix", rule.suffix);
        to.Filter.emplace().Key.emplace().FilterRules = std::move(filters);
    }
    return out;
}

}  // namespace fogbank::s3
