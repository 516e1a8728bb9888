#include "services/s3/model/create_bucket.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_bucket_cors.h"
#include "services/s3/model/delete_bucket_inventory_configuration.h"
#include "services/s3/model/delete_bucket_ownership_controls.h"
#include "services/s3/model/delete_bucket_tagging.h"
#include "services/s3/model/delete_public_access_block.h"
#include "services/s3/model/get_bucket_accelerate_configuration.h"
#include "services/s3/model/get_bucket_cors.h"
#include "services/s3/model/get_bucket_encryption.h"
#include "services/s3/model/get_bucket_inventory_configuration.h"
#include "services/s3/model/get_bucket_lifecycle_configuration.h"
#include "services/s3/model/get_bucket_logging.h"
#include "services/s3/model/get_bucket_ownership_controls.h"
#include "services/s3/model/get_bucket_request_payment.h"
#include "services/s3/model/get_bucket_tagging.h"
#include "services/s3/model/get_bucket_website.h"
#include "services/s3/model/get_public_access_block.h"
#include "services/s3/model/list_bucket_inventory_configurations.h"
#include "services/s3/model/put_bucket_accelerate_configuration.h"
#include "services/s3/model/put_bucket_cors.h"
#include "services/s3/model/put_bucket_encryption.h"
#include "services/s3/model/put_bucket_inventory_configuration.h"
#include "services/s3/model/put_bucket_lifecycle_configuration.h"
#include "services/s3/model/put_bucket_logging.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_bucket_request_payment.h"
#include "services/s3/model/put_bucket_tagging.h"
#include "services/s3/model/put_bucket_website.h"
#include "services/s3/model/put_public_access_block.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

namespace {

template <class Op>
typename Op::Input on(const std::string& bucket) {
    typename Op::Input input;
    input.Bucket = bucket;
    return input;
}

// "404 NoSuchTagSet"
template <class Op>
std::string refusal(S3& s3, const typename Op::Input& input) {
    const Error error = s3.refused<Op>(input);
    return std::to_string(error.http_status()) + " " + error.code();
}

api::PutBucketInventoryConfiguration::Input inventory(const std::string& bucket, const std::string& id) {
    api::PutBucketInventoryConfiguration::Input input;
    input.Bucket = bucket;
    input.Id = id;
    auto& to = input.InventoryConfiguration.emplace();
    to.Id = id;
    to.IsEnabled = true;
    to.IncludedObjectVersions = "All";
    to.Schedule.emplace().Frequency = "Daily";
    auto& destination = to.Destination.emplace().S3BucketDestination.emplace();
    destination.Bucket = "arn:aws:s3:::reports";
    destination.Format = "CSV";
    return input;
}

}  // namespace

TEST_CASE("A new bucket answers AWS's defaults, and what has none is not found") {
    S3 s3;
    s3.create("fresh");
    const auto block = s3.call<api::GetPublicAccessBlock>(on<api::GetPublicAccessBlock>("fresh"));
    CHECK(*block.PublicAccessBlockConfiguration->BlockPublicAcls);
    CHECK(*block.PublicAccessBlockConfiguration->IgnorePublicAcls);
    CHECK(*block.PublicAccessBlockConfiguration->BlockPublicPolicy);
    CHECK(*block.PublicAccessBlockConfiguration->RestrictPublicBuckets);
    const auto owner = s3.call<api::GetBucketOwnershipControls>(on<api::GetBucketOwnershipControls>("fresh"));
    CHECK(*owner.OwnershipControls->Rules->at(0).ObjectOwnership == "BucketOwnerEnforced");
    const auto encryption = s3.call<api::GetBucketEncryption>(on<api::GetBucketEncryption>("fresh"));
    const auto& rule = encryption.ServerSideEncryptionConfiguration->Rules->at(0);
    CHECK(*rule.ApplyServerSideEncryptionByDefault->SSEAlgorithm == "AES256");
    CHECK_FALSE(*rule.BucketKeyEnabled);
    CHECK(*s3.call<api::GetBucketRequestPayment>(on<api::GetBucketRequestPayment>("fresh")).Payer ==
          "BucketOwner");
    CHECK_FALSE(
        s3.call<api::GetBucketAccelerateConfiguration>(on<api::GetBucketAccelerateConfiguration>("fresh"))
            .Status);
    CHECK_FALSE(s3.call<api::GetBucketLogging>(on<api::GetBucketLogging>("fresh")).LoggingEnabled);
    CHECK(refusal<api::GetBucketTagging>(s3, on<api::GetBucketTagging>("fresh")) == "404 NoSuchTagSet");
    CHECK(refusal<api::GetBucketCors>(s3, on<api::GetBucketCors>("fresh")) == "404 NoSuchCORSConfiguration");
    CHECK(refusal<api::GetBucketWebsite>(s3, on<api::GetBucketWebsite>("fresh")) ==
          "404 NoSuchWebsiteConfiguration");
    CHECK(refusal<api::GetBucketLifecycleConfiguration>(
              s3, on<api::GetBucketLifecycleConfiguration>("fresh")) == "404 NoSuchLifecycleConfiguration");
    CHECK(refusal<api::GetBucketTagging>(s3, on<api::GetBucketTagging>("absent")) == "404 NoSuchBucket");
}

TEST_CASE("Bucket tags are kept, replaced, deleted, and gone with the bucket") {
    S3 s3;
    s3.create("tagged");
    auto put = on<api::PutBucketTagging>("tagged");
    auto& tags = put.Tagging.emplace().TagSet.emplace();
    tags.emplace_back().Key = "team";
    tags.back().Value = "fog + mist";
    s3.call<api::PutBucketTagging>(put);
    const auto get = on<api::GetBucketTagging>("tagged");
    const auto first = s3.call<api::GetBucketTagging>(get);
    REQUIRE(first.TagSet->size() == 1);
    CHECK(*first.TagSet->at(0).Key == "team");
    CHECK(*first.TagSet->at(0).Value == "fog + mist");
    tags.back().Value = "two";
    s3.call<api::PutBucketTagging>(put);
    CHECK(*s3.call<api::GetBucketTagging>(get).TagSet->at(0).Value == "two");
    s3.call<api::DeleteBucketTagging>(on<api::DeleteBucketTagging>("tagged"));
    CHECK(refusal<api::GetBucketTagging>(s3, get) == "404 NoSuchTagSet");
    s3.call<api::PutBucketTagging>(put);
    s3.call<api::DeleteBucket>(on<api::DeleteBucket>("tagged"));
    s3.create("tagged");
    CHECK(refusal<api::GetBucketTagging>(s3, get) == "404 NoSuchTagSet");
}

TEST_CASE("The public access block is four settings that come and go together") {
    S3 s3;
    s3.create("blocked");
    auto put = on<api::PutPublicAccessBlock>("blocked");
    put.PublicAccessBlockConfiguration.emplace().BlockPublicPolicy = true;
    s3.call<api::PutPublicAccessBlock>(put);
    const auto get = on<api::GetPublicAccessBlock>("blocked");
    const auto block = *s3.call<api::GetPublicAccessBlock>(get).PublicAccessBlockConfiguration;
    CHECK_FALSE(*block.BlockPublicAcls);
    CHECK_FALSE(*block.IgnorePublicAcls);
    CHECK(*block.BlockPublicPolicy);
    CHECK_FALSE(*block.RestrictPublicBuckets);
    s3.call<api::DeletePublicAccessBlock>(on<api::DeletePublicAccessBlock>("blocked"));
    CHECK(refusal<api::GetPublicAccessBlock>(s3, get) == "404 NoSuchPublicAccessBlockConfiguration");
}

TEST_CASE("Ownership controls decide whether the bucket takes ACLs, and without them it does") {
    S3 s3;
    s3.create("owned");
    s3.call<api::DeleteBucketOwnershipControls>(on<api::DeleteBucketOwnershipControls>("owned"));
    CHECK(refusal<api::GetBucketOwnershipControls>(s3, on<api::GetBucketOwnershipControls>("owned")) ==
          "404 OwnershipControlsNotFoundError");
    auto object = S3::put_input("owned", "k");
    object.ACL = "bucket-owner-read";
    CHECK_NOTHROW(s3.put(object, "x"));
    auto put = on<api::PutBucketOwnershipControls>("owned");
    put.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = "BucketOwnerEnforced";
    s3.call<api::PutBucketOwnershipControls>(put);
    CHECK(s3.refused_body<api::PutObject>(object, "x").code() == "AccessControlListNotSupported");
    put.OwnershipControls->Rules->at(0).ObjectOwnership = "Nobody";
    CHECK(refusal<api::PutBucketOwnershipControls>(s3, put) == "400 MalformedXML");
}

TEST_CASE("Documents come back as they went in") {
    S3 s3;
    s3.create("documents");
    auto cors = on<api::PutBucketCors>("documents");
    auto& rule = cors.CORSConfiguration.emplace().CORSRules.emplace().emplace_back();
    rule.AllowedMethods = {"GET", "PUT"};
    rule.AllowedOrigins = {"https://*.example.com"};
    rule.AllowedHeaders = {"*"};
    rule.ExposeHeaders = {"ETag"};
    rule.MaxAgeSeconds = 300;
    s3.call<api::PutBucketCors>(cors);
    const auto got = s3.call<api::GetBucketCors>(on<api::GetBucketCors>("documents")).CORSRules->at(0);
    CHECK(*got.AllowedMethods == *rule.AllowedMethods);
    CHECK(*got.AllowedOrigins == *rule.AllowedOrigins);
    CHECK(*got.MaxAgeSeconds == 300);
    CHECK_FALSE(got.ID);
    auto website = on<api::PutBucketWebsite>("documents");
    website.WebsiteConfiguration.emplace().IndexDocument.emplace().Suffix = "index.html";
    auto& route = website.WebsiteConfiguration->RoutingRules.emplace().emplace_back();
    route.Condition.emplace().KeyPrefixEquals = "old/";
    route.Redirect.emplace().ReplaceKeyPrefixWith = "new/";
    s3.call<api::PutBucketWebsite>(website);
    const auto site = s3.call<api::GetBucketWebsite>(on<api::GetBucketWebsite>("documents"));
    CHECK(*site.IndexDocument->Suffix == "index.html");
    CHECK(*site.RoutingRules->at(0).Condition->KeyPrefixEquals == "old/");
    auto payment = on<api::PutBucketRequestPayment>("documents");
    payment.RequestPaymentConfiguration.emplace().Payer = "Requester";
    s3.call<api::PutBucketRequestPayment>(payment);
    CHECK(*s3.call<api::GetBucketRequestPayment>(on<api::GetBucketRequestPayment>("documents")).Payer ==
          "Requester");
    auto accelerate = on<api::PutBucketAccelerateConfiguration>("documents");
    accelerate.AccelerateConfiguration.emplace().Status = "Enabled";
    s3.call<api::PutBucketAccelerateConfiguration>(accelerate);
    CHECK(*s3.call<api::GetBucketAccelerateConfiguration>(
                 on<api::GetBucketAccelerateConfiguration>("documents"))
               .Status == "Enabled");
    s3.call<api::DeleteBucketCors>(on<api::DeleteBucketCors>("documents"));
    CHECK(refusal<api::GetBucketCors>(s3, on<api::GetBucketCors>("documents")) ==
          "404 NoSuchCORSConfiguration");
    CHECK(s3.call<api::GetBucketWebsite>(on<api::GetBucketWebsite>("documents")).IndexDocument);
}

TEST_CASE("A lifecycle gets ids for its rules and keeps the minimum size of transitions") {
    S3 s3;
    s3.create("ages");
    auto put = on<api::PutBucketLifecycleConfiguration>("ages");
    CHECK(refusal<api::PutBucketLifecycleConfiguration>(s3, put) == "400 MissingRequestBodyError");
    auto& rule = put.LifecycleConfiguration.emplace().Rules.emplace().emplace_back();
    rule.Status = "Enabled";
    rule.Filter.emplace().Prefix = "logs/";
    rule.Expiration.emplace().Days = 7;
    put.TransitionDefaultMinimumObjectSize = "varies_by_storage_class";
    CHECK(*s3.call<api::PutBucketLifecycleConfiguration>(put).TransitionDefaultMinimumObjectSize ==
          "varies_by_storage_class");
    const auto got =
        s3.call<api::GetBucketLifecycleConfiguration>(on<api::GetBucketLifecycleConfiguration>("ages"));
    CHECK(*got.TransitionDefaultMinimumObjectSize == "varies_by_storage_class");
    REQUIRE(got.Rules->size() == 1);
    CHECK(got.Rules->at(0).ID->size() == 36);
    CHECK(*got.Rules->at(0).Filter->Prefix == "logs/");
    CHECK(*got.Rules->at(0).Expiration->Days == 7);
}

TEST_CASE("Logging needs a target of the same owner and region, and an empty document turns it off") {
    S3 s3;
    s3.create("logged");
    s3.create("logs");
    api::CreateBucket::Input west;
    west.Bucket = "west-logs";
    west.CreateBucketConfiguration.emplace().LocationConstraint = "us-west-2";
    s3.call<api::CreateBucket>(west);
    api::CreateBucket::Input foreign;
    foreign.Bucket = "their-logs";
    s3.call<api::CreateBucket>(foreign, {"111122223333", "us-east-1"});
    auto put = on<api::PutBucketLogging>("logged");
    auto& enabled = put.BucketLoggingStatus.emplace().LoggingEnabled.emplace();
    enabled.TargetPrefix = "access/";
    enabled.TargetBucket = "no-logs";
    CHECK(refusal<api::PutBucketLogging>(s3, put) == "400 InvalidTargetBucketForLogging");
    enabled.TargetBucket = "their-logs";
    CHECK(refusal<api::PutBucketLogging>(s3, put) == "400 InvalidTargetBucketForLogging");
    enabled.TargetBucket = "west-logs";
    CHECK(refusal<api::PutBucketLogging>(s3, put) == "403 CrossLocationLoggingProhibited");
    enabled.TargetBucket = "logs";
    s3.call<api::PutBucketLogging>(put);
    const auto get = on<api::GetBucketLogging>("logged");
    CHECK(*s3.call<api::GetBucketLogging>(get).LoggingEnabled->TargetPrefix == "access/");
    put.BucketLoggingStatus->LoggingEnabled.reset();
    s3.call<api::PutBucketLogging>(put);
    CHECK_FALSE(s3.call<api::GetBucketLogging>(get).LoggingEnabled);
}

TEST_CASE("Inventories stand by their ids and are listed a hundred at a time") {
    S3 s3;
    s3.create("counted");
    for (int i = 0; i < 101; ++i) {
        s3.call<api::PutBucketInventoryConfiguration>(
            inventory("counted", "report-" + std::to_string(1000 + i)));
    }
    auto mismatch = inventory("counted", "one");
    mismatch.Id = "other";
    CHECK(refusal<api::PutBucketInventoryConfiguration>(s3, mismatch) == "400 IdMismatch");
    auto list = on<api::ListBucketInventoryConfigurations>("counted");
    auto page = s3.call<api::ListBucketInventoryConfigurations>(list);
    CHECK(page.InventoryConfigurationList->size() == 100);
    CHECK(*page.IsTruncated);
    list.ContinuationToken = page.NextContinuationToken;
    page = s3.call<api::ListBucketInventoryConfigurations>(list);
    REQUIRE(page.InventoryConfigurationList->size() == 1);
    CHECK(*page.InventoryConfigurationList->at(0).Id == "report-1100");
    CHECK_FALSE(*page.IsTruncated);
    auto get = on<api::GetBucketInventoryConfiguration>("counted");
    get.Id = "report-1007";
    CHECK(*s3.call<api::GetBucketInventoryConfiguration>(get).InventoryConfiguration->Schedule->Frequency ==
          "Daily");
    auto gone = on<api::DeleteBucketInventoryConfiguration>("counted");
    gone.Id = "report-1007";
    s3.call<api::DeleteBucketInventoryConfiguration>(gone);
    CHECK(refusal<api::GetBucketInventoryConfiguration>(s3, get) == "404 NoSuchConfiguration");
    CHECK(refusal<api::DeleteBucketInventoryConfiguration>(s3, gone) == "404 NoSuchConfiguration");
}

}  // namespace fogbank::s3::test
