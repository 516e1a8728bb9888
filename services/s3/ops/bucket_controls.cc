// Public access block and ownership controls, which stand in the bucket's row.
#include "services/s3/bucket_configurations.h"
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_bucket_ownership_controls.h"
#include "services/s3/model/delete_bucket_policy.h"
#include "services/s3/model/delete_bucket_replication.h"
#include "services/s3/model/delete_public_access_block.h"
#include "services/s3/model/get_bucket_acl.h"
#include "services/s3/model/get_bucket_ownership_controls.h"
#include "services/s3/model/get_bucket_policy.h"
#include "services/s3/model/get_bucket_policy_status.h"
#include "services/s3/model/get_bucket_replication.h"
#include "services/s3/model/get_public_access_block.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_bucket_policy.h"
#include "services/s3/model/put_bucket_replication.h"
#include "services/s3/model/put_public_access_block.h"
#include "services/s3/names.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

bool grants_others(const Bucket& bucket) {
    const std::string owner = owner_id(bucket.account);
    const Acl acl = read_acl(bucket.acl, {owner, owner});
    return std::any_of(acl.grants.begin(), acl.grants.end(),
                       [&](const AclGrant& grant) { return grant.grantee != owner; });
}

}  // namespace

void BucketConfigurations::bind(gateway::OperationTable& table) {
    bind_documents(table);
    bind_reports(table);
    table.on<api::PutBucketPolicy>(*this, &BucketConfigurations::put_policy);
    table.on<api::GetBucketPolicy>(*this, &BucketConfigurations::get_policy);
    table.on<api::DeleteBucketPolicy>(*this, &BucketConfigurations::delete_policy);
    table.on<api::GetBucketPolicyStatus>(*this, &BucketConfigurations::get_policy_status);
    table.on<api::PutBucketReplication>(*this, &BucketConfigurations::put_replication);
    table.on<api::GetBucketReplication>(*this, &BucketConfigurations::get_replication);
    table.on<api::DeleteBucketReplication>(*this, &BucketConfigurations::delete_replication);
    table.on<api::PutBucketAcl>(*this, &BucketConfigurations::put_acl);
    table.on<api::GetBucketAcl>(*this, &BucketConfigurations::get_acl);
    table.on<api::PutPublicAccessBlock>(*this, &BucketConfigurations::put_public_access_block);
    table.on<api::GetPublicAccessBlock>(*this, &BucketConfigurations::get_public_access_block);
    table.on<api::DeletePublicAccessBlock>(*this, &BucketConfigurations::delete_public_access_block);
    table.on<api::PutBucketOwnershipControls>(*this, &BucketConfigurations::put_ownership);
    table.on<api::GetBucketOwnershipControls>(*this, &BucketConfigurations::get_ownership);
    table.on<api::DeleteBucketOwnershipControls>(*this, &BucketConfigurations::delete_ownership);
}

Task<api::PutPublicAccessBlock::Output> BucketConfigurations::put_public_access_block(
    const Context& context, const api::PutPublicAccessBlock::Input& input) {
    const api::PublicAccessBlockConfiguration& block = *input.PublicAccessBlockConfiguration;
    std::int64_t bits = kPublicAccessBlock;
    if (block.BlockPublicAcls.value_or(false)) bits |= kBlockPublicAcls;
    if (block.IgnorePublicAcls.value_or(false)) bits |= kIgnorePublicAcls;
    if (block.BlockPublicPolicy.value_or(false)) bits |= kBlockPublicPolicy;
    if (block.RestrictPublicBuckets.value_or(false)) bits |= kRestrictPublicBuckets;
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        set_configured(txn, bucket.id, (bucket.configured & ~kNewBucketConfigured) | bits, bucket.settings);
    };
    co_await database_.write(body);
    co_return api::PutPublicAccessBlock::Output{};
}

api::GetPublicAccessBlock::Output BucketConfigurations::get_public_access_block(
    const Context& context, const api::GetPublicAccessBlock::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    if ((bucket.configured & kPublicAccessBlock) == 0) {
        throw Error("NoSuchPublicAccessBlockConfiguration", 404,
                    "The public access block configuration was not found")
            .with("BucketName", bucket.name);
    }
    api::GetPublicAccessBlock::Output output;
    auto& block = output.PublicAccessBlockConfiguration.emplace();
    block.BlockPublicAcls = (bucket.configured & kBlockPublicAcls) != 0;
    block.IgnorePublicAcls = (bucket.configured & kIgnorePublicAcls) != 0;
    block.BlockPublicPolicy = (bucket.configured & kBlockPublicPolicy) != 0;
    block.RestrictPublicBuckets = (bucket.configured & kRestrictPublicBuckets) != 0;
    return output;
}

Task<api::DeletePublicAccessBlock::Output> BucketConfigurations::delete_public_access_block(
    const Context& context, const api::DeletePublicAccessBlock::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        set_configured(txn, bucket.id, bucket.configured & ~kNewBucketConfigured, bucket.settings);
    };
    co_await database_.write(body);
    co_return api::DeletePublicAccessBlock::Output{};
}

Task<api::PutBucketOwnershipControls::Output> BucketConfigurations::put_ownership(
    const Context& context, const api::PutBucketOwnershipControls::Input& input) {
    const std::string ownership = checked_ownership(*input.OwnershipControls);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (ownership == "BucketOwnerEnforced" && grants_others(bucket)) {
            throw acl_with_ownership();
        }
        set_ownership(txn, bucket.id, ownership);
    };
    co_await database_.write(body);
    co_return api::PutBucketOwnershipControls::Output{};
}

api::GetBucketOwnershipControls::Output BucketConfigurations::get_ownership(
    const Context& context, const api::GetBucketOwnershipControls::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    if (bucket.ownership.empty()) {
        throw Error("OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found")
            .with("BucketName", bucket.name);
    }
    api::GetBucketOwnershipControls::Output output;
    output.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = bucket.ownership;
    return output;
}

Task<api::DeleteBucketOwnershipControls::Output> BucketConfigurations::delete_ownership(
    const Context& context, const api::DeleteBucketOwnershipControls::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        // aws: without controls a bucket takes ACLs, as in ObjectWriter.
        set_ownership(txn, bucket.id, "");
    };
    co_await database_.write(body);
    co_return api::DeleteBucketOwnershipControls::Output{};
}

}  // namespace fogbank::s3
