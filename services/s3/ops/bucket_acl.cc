// PutBucketAcl and GetBucketAcl.
#include "services/s3/access/acl.h"
#include "services/s3/bucket_configurations.h"
#include "services/s3/model/get_bucket_acl.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/names.h"

namespace fogbank::s3 {

Task<api::PutBucketAcl::Output> BucketConfigurations::put_acl(const Context& context,
                                                              const api::PutBucketAcl::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        const std::string acl = requested_acl(acl_headers(input), input.AccessControlPolicy, AclOf::bucket,
                                              owner_id(bucket.account));
        if (bucket.acls_disabled()) throw acls_not_allowed();
        Access::check_public_acl(context, bucket, acl, "s3:PutBucketAcl", {});
        set_bucket_acl(txn, bucket.id, acl);
    };
    co_await database_.write(body);
    co_return api::PutBucketAcl::Output{};
}

api::GetBucketAcl::Output BucketConfigurations::get_acl(const Context& context,
                                                        const api::GetBucketAcl::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    const std::string owner = owner_id(bucket.account);
    api::GetBucketAcl::Output output;
    output.Owner.emplace().ID = owner;
    output.Grants =
        to_grants(bucket.acls_disabled() ? owner_only(owner) : read_acl(bucket.acl, {owner, owner}));
    return output;
}

}  // namespace fogbank::s3
