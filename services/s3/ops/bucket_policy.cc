// PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus.
#include "services/s3/access/policy_rules.h"
#include "services/s3/bucket_configurations.h"
#include "services/s3/model/delete_bucket_policy.h"
#include "services/s3/model/get_bucket_policy.h"
#include "services/s3/model/get_bucket_policy_status.h"
#include "services/s3/model/put_bucket_policy.h"
#include "services/s3/names.h"

namespace fogbank::s3 {

Task<api::PutBucketPolicy::Output> BucketConfigurations::put_policy(
    const Context& context, const api::PutBucketPolicy::Input& input) {
    const auth::Policy policy = checked_bucket_policy(*input.Policy, *input.Bucket);
    const bool is_open = is_public(policy);
    const ConfigurationRow row{Configuration::policy, {}, *input.Policy};
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (is_open && (bucket.configured & kBlockPublicPolicy) != 0) {
            throw Error(
                "AccessDenied", 403,
                "User: " + context.principal.arn +
                    " is not authorized to perform: s3:PutBucketPolicy on resource: \"" +
                    bucket_arn(context.partition, bucket.name) +
                    "\" because public policies are blocked by the BlockPublicPolicy block public access "
                    "setting.");
        }
        put_configuration(txn, bucket, row, settings_.next_version());
    };
    co_await database_.write(body);
    co_return api::PutBucketPolicy::Output{};
}

api::GetBucketPolicy::Output BucketConfigurations::get_policy(const Context& context,
                                                              const api::GetBucketPolicy::Input& input) {
    auto document = stored(context, input, Configuration::policy);
    if (!document) throw no_such_configuration(Configuration::policy, *input.Bucket);
    api::GetBucketPolicy::Output output;
    output.Policy = std::move(*document);
    return output;
}

Task<api::DeleteBucketPolicy::Output> BucketConfigurations::delete_policy(
    const Context& context, const api::DeleteBucketPolicy::Input& input) {
    co_await drop(context, input, Configuration::policy);
    co_return api::DeleteBucketPolicy::Output{};
}

api::GetBucketPolicyStatus::Output BucketConfigurations::get_policy_status(
    const Context& context, const api::GetBucketPolicyStatus::Input& input) {
    const auto document = stored(context, input, Configuration::policy);
    if (!document) throw no_such_configuration(Configuration::policy, *input.Bucket);
    const auto parsed = auth::parse_policy(*document);
    api::GetBucketPolicyStatus::Output output;
    output.PolicyStatus.emplace().IsPublic = is_public(std::get<auth::Policy>(parsed));
    return output;
}

}  // namespace fogbank::s3
