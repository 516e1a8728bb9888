// PutBucketReplication, GetBucketReplication, DeleteBucketReplication.
#include "services/s3/configuration/document.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_bucket_replication.h"
#include "services/s3/model/get_bucket_replication.h"
#include "services/s3/model/put_bucket_replication.h"
#include "services/s3/replication/rules.h"
#include "services/s3/service.h"
#include "services/s3/store/configuration_store.h"

namespace fogbank::s3 {

namespace {

void check_destinations(store::ReadTxn& txn, const api::ReplicationConfiguration& configuration) {
    for (const api::ReplicationRule& rule : *configuration.Rules) {
        const auto bucket = find_bucket(txn, replication::bucket_of(*rule.Destination->Bucket));
        if (!bucket) throw invalid_request("Destination bucket must exist.");
        if (!bucket->has_versions())
            throw invalid_request("Destination bucket must have versioning enabled.");
    }
}

}  // namespace

Task<api::PutBucketReplication::Output> Service::put_bucket_replication(
    const Context& context, const api::PutBucketReplication::Input& input) {
    api::ReplicationConfiguration configuration = *input.ReplicationConfiguration;
    replication::check(configuration, context.request_id);
    const std::string document = to_document(document_shape<api::PutBucketReplication>(), &configuration);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        if (!bucket.has_versions()) {
            throw invalid_request(
                "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
        }
        check_destinations(txn, configuration);
        put_configuration(txn, bucket, {Configuration::replication, {}, document}, settings_.next_version());
    };
    co_await database_.write(body);
    co_return api::PutBucketReplication::Output{};
}

api::GetBucketReplication::Output Service::get_bucket_replication(
    const Context&, const api::GetBucketReplication::Input& input) {
    const auto document = database_.read([&](store::ReadTxn& txn) {
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        return find_configuration(txn, bucket.id, Configuration::replication);
    });
    if (!document) throw no_such_configuration(Configuration::replication, *input.Bucket);
    return output_from_document<api::GetBucketReplication>(*document);
}

Task<api::DeleteBucketReplication::Output> Service::delete_bucket_replication(
    const Context&, const api::DeleteBucketReplication::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        erase_configuration(txn, bucket, Configuration::replication, {}, settings_.next_version());
    };
    co_await database_.write(body);
    co_return api::DeleteBucketReplication::Output{};
}

}  // namespace fogbank::s3
