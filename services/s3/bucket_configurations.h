// The operations on a bucket's sub-resources: each a document that is checked, kept and given back.
#pragma once

#include "services/s3/access/access.h"
#include "services/s3/configuration/document.h"
#include "services/s3/configuration/settings.h"
#include "services/s3/model/operations.h"
#include "services/s3/store/configuration_store.h"
#include "src/base/entropy.h"
#include "src/gateway/service.h"
#include "src/store/database.h"

#include <optional>
#include <string>

namespace fogbank::s3 {

class BucketConfigurations {
public:
    BucketConfigurations(store::Database& database, Entropy& entropy, SettingsCache& settings, Access& access)
        : database_(database), entropy_(entropy), settings_(settings), access_(access) {}

    void bind(gateway::OperationTable& table);

private:
    using Context = gateway::RequestContext;

    void bind_documents(gateway::OperationTable& table);
    void bind_reports(gateway::OperationTable& table);

    // What stands once: `member` is the document in the input, `check` AWS's rules for it.
    template <class Op, Configuration kind, auto member, auto check>
    Task<typename Op::Output> put(const Context& context, const typename Op::Input& input);
    template <class Op, Configuration kind>
    typename Op::Output get(const Context& context, const typename Op::Input& input);
    template <class Op, Configuration kind>
    Task<typename Op::Output> erase(const Context& context, const typename Op::Input& input);

    // What stands several times, told apart by Id.
    template <class Op, Configuration kind, auto member, auto check>
    Task<typename Op::Output> put_one(const Context& context, const typename Op::Input& input);
    template <class Op, Configuration kind>
    typename Op::Output get_one(const Context& context, const typename Op::Input& input);
    template <class Op, Configuration kind>
    Task<typename Op::Output> erase_one(const Context& context, const typename Op::Input& input);
    template <class Op, class Put, Configuration kind, auto member>
    typename Op::Output list(const Context& context, const typename Op::Input& input);

    // What has a default, or more to check than its document.
    api::GetBucketEncryption::Output get_encryption(const Context& context,
                                                    const api::GetBucketEncryption::Input& input);
    api::GetBucketRequestPayment::Output get_request_payment(
        const Context& context, const api::GetBucketRequestPayment::Input& input);
    Task<api::PutBucketAccelerateConfiguration::Output> put_accelerate(
        const Context& context, const api::PutBucketAccelerateConfiguration::Input& input);
    api::GetBucketAccelerateConfiguration::Output get_accelerate(
        const Context& context, const api::GetBucketAccelerateConfiguration::Input& input);
    Task<api::PutBucketLifecycleConfiguration::Output> put_lifecycle(
        const Context& context, const api::PutBucketLifecycleConfiguration::Input& input);
    Task<api::PutBucketLogging::Output> put_logging(const Context& context,
                                                    const api::PutBucketLogging::Input& input);
    api::GetBucketLogging::Output get_logging(const Context& context,
                                              const api::GetBucketLogging::Input& input);
    Task<api::PutBucketPolicy::Output> put_policy(const Context& context,
                                                  const api::PutBucketPolicy::Input& input);
    api::GetBucketPolicy::Output get_policy(const Context& context, const api::GetBucketPolicy::Input& input);
    Task<api::DeleteBucketPolicy::Output> delete_policy(const Context& context,
                                                        const api::DeleteBucketPolicy::Input& input);
    api::GetBucketPolicyStatus::Output get_policy_status(const Context& context,
                                                         const api::GetBucketPolicyStatus::Input& input);
    Task<api::PutBucketReplication::Output> put_replication(const Context& context,
                                                            const api::PutBucketReplication::Input& input);
    api::GetBucketReplication::Output get_replication(const Context& context,
                                                      const api::GetBucketReplication::Input& input);
    Task<api::DeleteBucketReplication::Output> delete_replication(
        const Context& context, const api::DeleteBucketReplication::Input& input);

    // What stands in the bucket's own row.
    Task<api::PutBucketAcl::Output> put_acl(const Context& context, const api::PutBucketAcl::Input& input);
    api::GetBucketAcl::Output get_acl(const Context& context, const api::GetBucketAcl::Input& input);
    Task<api::PutPublicAccessBlock::Output> put_public_access_block(
        const Context& context, const api::PutPublicAccessBlock::Input& input);
    api::GetPublicAccessBlock::Output get_public_access_block(const Context& context,
                                                              const api::GetPublicAccessBlock::Input& input);
    Task<api::DeletePublicAccessBlock::Output> delete_public_access_block(
        const Context& context, const api::DeletePublicAccessBlock::Input& input);
    Task<api::PutBucketOwnershipControls::Output> put_ownership(
        const Context& context, const api::PutBucketOwnershipControls::Input& input);
    api::GetBucketOwnershipControls::Output get_ownership(
        const Context& context, const api::GetBucketOwnershipControls::Input& input);
    Task<api::DeleteBucketOwnershipControls::Output> delete_ownership(
        const Context& context, const api::DeleteBucketOwnershipControls::Input& input);

    // The stored document, or nothing.
    template <class Input>
    std::optional<std::string> stored(const Context& context, const Input& input, Configuration kind,
                                      std::string_view name = {});
    template <class Input>
    Task<void> keep(const Context& context, const Input& input, const ConfigurationRow& row);
    template <class Input>
    Task<void> drop(const Context& context, const Input& input, Configuration kind,
                    std::string_view name = {});

    store::Database& database_;
    Entropy& entropy_;
    SettingsCache& settings_;
    Access& access_;
};

template <class Input>
std::optional<std::string> BucketConfigurations::stored(const Context& context, const Input& input,
                                                        Configuration kind, std::string_view name) {
    return database_.read([&](store::ReadTxn& txn) -> std::optional<std::string> {
        const Bucket bucket = access_.admit(txn, context, input);
        if (!bucket.has(kind)) return std::nullopt;
        return find_configuration(txn, bucket.id, kind, name);
    });
}

template <class Input>
Task<void> BucketConfigurations::keep(const Context& context, const Input& input,
                                      const ConfigurationRow& row) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        put_configuration(txn, bucket, row, settings_.next_version());
    };
    co_await database_.write(body);
}

template <class Input>
Task<void> BucketConfigurations::drop(const Context& context, const Input& input, Configuration kind,
                                      std::string_view name) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        erase_configuration(txn, bucket, kind, name, settings_.next_version());
    };
    co_await database_.write(body);
}

}  // namespace fogbank::s3
