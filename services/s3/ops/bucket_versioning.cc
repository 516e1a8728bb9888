// PutBucketVersioning and GetBucketVersioning.
#include "services/s3/errors.h"
#include "services/s3/model/get_bucket_versioning.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/service.h"

namespace fogbank::s3 {

namespace {

void check_versioning(const api::PutBucketVersioning::Input& input) {
    const auto& wanted = *input.VersioningConfiguration;
    if (wanted.MFADelete && *wanted.MFADelete != "Enabled" && *wanted.MFADelete != "Disabled") {
        throw malformed_xml();
    }
    if (!wanted.Status) {
        throw Error("IllegalVersioningConfigurationException", 400,
                    "The Versioning element must be specified");
    }
    if (*wanted.Status != "Enabled" && *wanted.Status != "Suspended") throw malformed_xml();
    if (!wanted.MFADelete || *wanted.MFADelete == "Disabled") return;
    // Nobody here has a device: MFA delete would be a lock without a key.
    if (!input.MFA) throw access_denied("Mfa Authentication must be used for this request");
    throw not_implemented("x-amz-mfa");
}

// docs: "Using S3 Object Lock"; "Additional considerations for replication": both need versions.
void check_suspension(const Bucket& bucket) {
    const bool locked = bucket.has_object_lock();
    if (!locked && !bucket.has(Configuration::replication)) return;
    throw Error("InvalidBucketState", 409,
                std::string(locked ? "An Object Lock" : "A replication") +
                    " configuration is present on this bucket, so the versioning state cannot be changed.")
        .with("BucketName", bucket.name);
}

}  // namespace

Task<api::PutBucketVersioning::Output> Service::put_bucket_versioning(
    const Context& context, const api::PutBucketVersioning::Input& input) {
    check_versioning(input);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (*input.VersioningConfiguration->Status == "Suspended") check_suspension(bucket);
        set_versioning(txn, bucket.id, *input.VersioningConfiguration->Status);
    };
    co_await database_.write(body);
    co_return api::PutBucketVersioning::Output{};
}

api::GetBucketVersioning::Output Service::get_bucket_versioning(
    const Context& context, const api::GetBucketVersioning::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    api::GetBucketVersioning::Output output;
    if (bucket.ever_versioned()) output.Status = bucket.versioning;
    return output;
}

}  // namespace fogbank::s3
