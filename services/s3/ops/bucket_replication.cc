// PutBucketReplication, GetBucketReplication, DeleteBucketReplication.
#include "services/s3/bucket_configurations.h"
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_bucket_replication.h"
#include "services/s3/model/get_bucket_replication.h"
#include "services/s3/model/put_bucket_replication.h"
#include "src/base/arn.h"

namespace fogbank::s3 {

namespace {

// docs: "Requirements and considerations for replication".
void check_buckets(store::ReadTxn& txn, const Bucket& source,
                   const api::ReplicationConfiguration& replication) {
    if (!source.has_versions()) {
        throw invalid_request(
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    }
    for (const api::ReplicationRule& rule : *replication.Rules) {
        const std::string name(Arn::parse(*rule.Destination->Bucket)->resource());
        if (name == source.name) {
            throw invalid_request("Destination bucket cannot be the same as the source bucket.");
        }
        const std::optional<Bucket> destination = find_bucket(txn, name);
        if (!destination) throw invalid_request("Destination bucket must exist.");
        if (!destination->has_versions()) {
            throw invalid_request("Destination bucket must have versioning enabled.");
        }
        if (rule.Destination->Account && *rule.Destination->Account != destination->account) {
            throw invalid_request("The destination account does not own the destination bucket.");
        }
    }
}

}  // namespace

Task<api::PutBucketReplication::Output> BucketConfigurations::put_replication(
    const Context& context, const api::PutBucketReplication::Input& input) {
    if (input.Token) throw not_implemented("x-amz-bucket-object-lock-token");
    api::ReplicationConfiguration replication = *input.ReplicationConfiguration;
    check_replication(replication, entropy_);
    const ConfigurationRow row{Configuration::replication,
                               {},
                               to_document(document_shape<api::PutBucketReplication>(), &replication)};
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        check_buckets(txn, bucket, replication);
        put_configuration(txn, bucket, row, settings_.next_version());
    };
    co_await database_.write(body);
    co_return api::PutBucketReplication::Output{};
}

api::GetBucketReplication::Output BucketConfigurations::get_replication(
    const Context& context, const api::GetBucketReplication::Input& input) {
    const auto document = stored(context, input, Configuration::replication);
    if (!document) throw no_such_configuration(Configuration::replication, *input.Bucket);
    return output_from_document<api::GetBucketReplication>(*document);
}

Task<api::DeleteBucketReplication::Output> BucketConfigurations::delete_replication(
    const Context& context, const api::DeleteBucketReplication::Input& input) {
    co_await drop(context, input, Configuration::replication);
    co_return api::DeleteBucketReplication::Output{};
}

}  // namespace fogbank::s3
