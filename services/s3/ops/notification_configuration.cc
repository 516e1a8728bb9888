// PutBucketNotificationConfiguration and GetBucketNotificationConfiguration.
#include "services/s3/errors.h"
#include "services/s3/model/get_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/names.h"
#include "services/s3/notification.h"
#include "services/s3/service.h"
#include "src/base/bytes.h"

#include <set>

namespace fogbank::s3 {

Task<api::PutBucketNotificationConfiguration::Output> Service::put_bucket_notification_configuration(
    const Context& context, const api::PutBucketNotificationConfiguration::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    std::vector<NotificationRule> rules = rules_of(*input.NotificationConfiguration);
    std::set<std::string> ids;
    for (NotificationRule& rule : rules) {
        if (rule.id.empty()) rule.id = base64_encode(entropy_.uuid());
        if (!ids.insert(rule.id).second) {
            throw invalid_argument("Duplicate configuration id", "Id", rule.id);
        }
    }
    const Arn source = *Arn::parse(bucket_arn(context.partition, bucket.name));
    const bool validate = !input.SkipDestinationValidation.value_or(false);
    for (const NotificationRule& rule : rules) {
        if (!validate) break;
        const Arn function = *Arn::parse(rule.target);
        const std::optional<std::string> refusal = co_await destinations_.refusal(context, function, source);
        if (!refusal) continue;
        throw Error("InvalidArgument", 400, "Unable to validate the following destination configurations")
            .with("ArgumentName1", rule.target)
            .with("ArgumentValue1", *refusal);
    }
    const std::string json = rules_to_json(rules);
    auto body = [&](store::Txn& txn) {
        const Bucket standing = access_.admit(txn, context, input);
        set_notification(txn, standing.id, json);
    };
    co_await database_.write(body);
    co_return api::PutBucketNotificationConfiguration::Output{};
}

api::GetBucketNotificationConfiguration::Output Service::get_bucket_notification_configuration(
    const Context& context, const api::GetBucketNotificationConfiguration::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    api::GetBucketNotificationConfiguration::Output output;
    const std::vector<NotificationRule> rules = rules_from_json(bucket.notification);
    if (!rules.empty()) output.LambdaFunctionConfigurations = to_configurations(rules);
    return output;
}

}  // namespace fogbank::s3
