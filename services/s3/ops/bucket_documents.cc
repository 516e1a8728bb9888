// Tagging, CORS, website, lifecycle, encryption, request payment, acceleration, logging: documents that stand
// once.
#include "services/s3/bucket_configurations.h"
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_bucket_cors.h"
#include "services/s3/model/delete_bucket_encryption.h"
#include "services/s3/model/delete_bucket_lifecycle.h"
#include "services/s3/model/delete_bucket_tagging.h"
#include "services/s3/model/delete_bucket_website.h"
#include "services/s3/model/get_bucket_accelerate_configuration.h"
#include "services/s3/model/get_bucket_cors.h"
#include "services/s3/model/get_bucket_encryption.h"
#include "services/s3/model/get_bucket_lifecycle_configuration.h"
#include "services/s3/model/get_bucket_logging.h"
#include "services/s3/model/get_bucket_request_payment.h"
#include "services/s3/model/get_bucket_tagging.h"
#include "services/s3/model/get_bucket_website.h"
#include "services/s3/model/put_bucket_accelerate_configuration.h"
#include "services/s3/model/put_bucket_cors.h"
#include "services/s3/model/put_bucket_encryption.h"
#include "services/s3/model/put_bucket_lifecycle_configuration.h"
#include "services/s3/model/put_bucket_logging.h"
#include "services/s3/model/put_bucket_request_payment.h"
#include "services/s3/model/put_bucket_tagging.h"
#include "services/s3/model/put_bucket_website.h"
#include "src/gateway/unheeded.h"

namespace fogbank::s3 {

namespace {

void check_payment(const api::RequestPaymentConfiguration&) {}  // the model's constraints say it all

template <class T>
const T& required(const std::optional<T>& document) {
    if (!document) throw Error("MissingRequestBodyError", 400, "Request Body is empty");
    return *document;
}

// docs: PutBucketLogging: the target is a bucket of the same owner in the same region.
void check_target(store::ReadTxn& txn, const Bucket& source, const api::LoggingEnabled& logging) {
    const auto refuse = [&](const char* message) {
        return Error("InvalidTargetBucketForLogging", 400, message)
            .with("TargetBucket", *logging.TargetBucket);
    };
    const std::optional<Bucket> target = find_bucket(txn, *logging.TargetBucket);
    if (!target) throw refuse("The target bucket for logging does not exist");
    if (target->account != source.account) {
        throw refuse("The owner for the bucket to be logged and the target bucket must be the same.");
    }
    if (target->region != source.region) {
        throw Error("CrossLocationLoggingProhibited", 403, "Cross S3 location logging not allowed.")
            .with("SourceBucketLocation", source.region)
            .with("TargetBucketLocation", target->region);
    }
    if (logging.TargetGrants && !logging.TargetGrants->empty() && target->acls_disabled()) {
        throw refuse("The target bucket for logging does not allow ACLs, so it cannot have target grants.");
    }
}

}  // namespace

template <class Op, Configuration kind, auto member, auto check>
Task<typename Op::Output> BucketConfigurations::put(const Context& context, const typename Op::Input& input) {
    auto document = required(input.*member);
    check(document);
    const ConfigurationRow row{kind, {}, to_document(document_shape<Op>(), &document)};
    co_await keep(context, input, row);
    co_return typename Op::Output{};
}

template <class Op, Configuration kind>
typename Op::Output BucketConfigurations::get(const Context& context, const typename Op::Input& input) {
    const std::optional<std::string> document = stored(context, input, kind);
    if (!document) throw no_such_configuration(kind, *input.Bucket);
    return output_from_document<Op>(*document);
}

template <class Op, Configuration kind>
Task<typename Op::Output> BucketConfigurations::erase(const Context& context,
                                                      const typename Op::Input& input) {
    co_await drop(context, input, kind);
    co_return typename Op::Output{};
}

void BucketConfigurations::bind_documents(gateway::OperationTable& table) {
    using Kind = Configuration;
    using This = BucketConfigurations;
    table.on<api::PutBucketTagging>(
        *this, &This::put<api::PutBucketTagging, Kind::tagging, &api::PutBucketTagging::Input::Tagging,
                          check_bucket_tagging>);
    table.on<api::GetBucketTagging>(*this, &This::get<api::GetBucketTagging, Kind::tagging>);
    table.on<api::DeleteBucketTagging>(*this, &This::erase<api::DeleteBucketTagging, Kind::tagging>);
    table.on<api::PutBucketCors>(
        *this, &This::put<api::PutBucketCors, Kind::cors, &api::PutBucketCors::Input::CORSConfiguration,
                          check_cors>);
    table.on<api::GetBucketCors>(*this, &This::get<api::GetBucketCors, Kind::cors>);
    table.on<api::DeleteBucketCors>(*this, &This::erase<api::DeleteBucketCors, Kind::cors>);
    table.on<api::PutBucketWebsite>(
        *this, &This::put<api::PutBucketWebsite, Kind::website,
                          &api::PutBucketWebsite::Input::WebsiteConfiguration, check_website>);
    table.on<api::GetBucketWebsite>(*this, &This::get<api::GetBucketWebsite, Kind::website>);
    table.on<api::DeleteBucketWebsite>(*this, &This::erase<api::DeleteBucketWebsite, Kind::website>);
    table.on<api::PutBucketEncryption>(
        *this, &This::put<api::PutBucketEncryption, Kind::encryption,
                          &api::PutBucketEncryption::Input::ServerSideEncryptionConfiguration,
                          check_encryption_rules>);
    table.on<api::GetBucketEncryption>(*this, &This::get_encryption);
    table.on<api::DeleteBucketEncryption>(*this, &This::erase<api::DeleteBucketEncryption, Kind::encryption>);
    table.on<api::PutBucketRequestPayment>(
        *this, &This::put<api::PutBucketRequestPayment, Kind::request_payment,
                          &api::PutBucketRequestPayment::Input::RequestPaymentConfiguration, check_payment>);
    table.on<api::GetBucketRequestPayment>(*this, &This::get_request_payment);
    table.on<api::PutBucketAccelerateConfiguration>(*this, &This::put_accelerate);
    table.on<api::GetBucketAccelerateConfiguration>(*this, &This::get_accelerate);
    table.on<api::PutBucketLifecycleConfiguration>(*this, &This::put_lifecycle);
    table.on<api::GetBucketLifecycleConfiguration>(
        *this, &This::get<api::GetBucketLifecycleConfiguration, Kind::lifecycle>);
    table.on<api::DeleteBucketLifecycle>(*this, &This::erase<api::DeleteBucketLifecycle, Kind::lifecycle>);
    table.on<api::PutBucketLogging>(*this, &This::put_logging);
    table.on<api::GetBucketLogging>(*this, &This::get_logging);
}

api::GetBucketEncryption::Output BucketConfigurations::get_encryption(
    const Context& context, const api::GetBucketEncryption::Input& input) {
    if (const auto document = stored(context, input, Configuration::encryption)) {
        return output_from_document<api::GetBucketEncryption>(*document);
    }
    // docs: "Setting default server-side encryption behavior": every bucket has SSE-S3 at least.
    api::GetBucketEncryption::Output output;
    auto& rule = output.ServerSideEncryptionConfiguration.emplace().Rules.emplace().emplace_back();
    rule.ApplyServerSideEncryptionByDefault.emplace().SSEAlgorithm = "AES256";
    rule.BucketKeyEnabled = false;
    return output;
}

api::GetBucketRequestPayment::Output BucketConfigurations::get_request_payment(
    const Context& context, const api::GetBucketRequestPayment::Input& input) {
    if (const auto document = stored(context, input, Configuration::request_payment)) {
        return output_from_document<api::GetBucketRequestPayment>(*document);
    }
    api::GetBucketRequestPayment::Output output;
    output.Payer = "BucketOwner";
    return output;
}

Task<api::PutBucketAccelerateConfiguration::Output> BucketConfigurations::put_accelerate(
    const Context& context, const api::PutBucketAccelerateConfiguration::Input& input) {
    const api::AccelerateConfiguration& accelerate = *input.AccelerateConfiguration;
    check_accelerate(accelerate, *input.Bucket);
    gateway::refuse_unheeded("AccelerateConfiguration");
    const model::Shape& shape = document_shape<api::PutBucketAccelerateConfiguration>();
    const ConfigurationRow row{Configuration::accelerate, {}, to_document(shape, &accelerate)};
    co_await keep(context, input, row);
    co_return api::PutBucketAccelerateConfiguration::Output{};
}

api::GetBucketAccelerateConfiguration::Output BucketConfigurations::get_accelerate(
    const Context& context, const api::GetBucketAccelerateConfiguration::Input& input) {
    // aws: a bucket that was never accelerated answers an empty document.
    const auto document = stored(context, input, Configuration::accelerate);
    if (!document) return {};
    return output_from_document<api::GetBucketAccelerateConfiguration>(*document);
}

Task<api::PutBucketLifecycleConfiguration::Output> BucketConfigurations::put_lifecycle(
    const Context& context, const api::PutBucketLifecycleConfiguration::Input& input) {
    api::BucketLifecycleConfiguration lifecycle = required(input.LifecycleConfiguration);
    check_lifecycle(lifecycle, entropy_);
    api::PutBucketLifecycleConfiguration::Output output;
    output.TransitionDefaultMinimumObjectSize =
        input.TransitionDefaultMinimumObjectSize.value_or("all_storage_classes_128K");
    // Kept as the answer to GetBucketLifecycleConfiguration, which has the header beside the rules.
    api::GetBucketLifecycleConfiguration::Output kept;
    kept.Rules = std::move(lifecycle.Rules);
    kept.TransitionDefaultMinimumObjectSize = output.TransitionDefaultMinimumObjectSize;
    const model::Shape& shape = *api::GetBucketLifecycleConfiguration::descriptor().output;
    const ConfigurationRow row{Configuration::lifecycle, {}, to_document(shape, &kept)};
    co_await keep(context, input, row);
    co_return output;
}

Task<api::PutBucketLogging::Output> BucketConfigurations::put_logging(
    const Context& context, const api::PutBucketLogging::Input& input) {
    const api::BucketLoggingStatus& status = *input.BucketLoggingStatus;
    const ConfigurationRow row{
        Configuration::logging, {}, to_document(document_shape<api::PutBucketLogging>(), &status)};
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        // aws: a document without LoggingEnabled turns logging off.
        if (!status.LoggingEnabled) {
            erase_configuration(txn, bucket, row.kind, {}, settings_.next_version());
            return;
        }
        check_target(txn, bucket, *status.LoggingEnabled);
        put_configuration(txn, bucket, row, settings_.next_version());
    };
    co_await database_.write(body);
    co_return api::PutBucketLogging::Output{};
}

api::GetBucketLogging::Output BucketConfigurations::get_logging(const Context& context,
                                                                const api::GetBucketLogging::Input& input) {
    const auto document = stored(context, input, Configuration::logging);
    if (!document) return {};
    return output_from_document<api::GetBucketLogging>(*document);
}

}  // namespace fogbank::s3
