#include <catch2/catch.hpp>

#include "services/s3/configuration/checks.h"
#include "services/s3/model/types/accelerate_configuration.h"
#include "services/s3/model/types/bucket_lifecycle_configuration.h"
#include "services/s3/model/types/cors_configuration.h"
#include "services/s3/model/types/intelligent_tiering_configuration.h"
#include "services/s3/model/types/replication_configuration.h"
#include "services/s3/model/types/server_side_encryption_configuration.h"
#include "services/s3/model/types/tagging.h"
#include "services/s3/model/types/website_configuration.h"
#include "src/base/clock.h"
#include "src/base/error.h"

#include <functional>

namespace fogbank::s3 {

namespace {

// "InvalidTag: The TagKey you have provided is invalid"; empty where nothing is thrown.
std::string refusal(const std::function<void()>& check) {
    try {
        check();
    } catch (const Error& error) {
        return error.code() + ": " + error.message();
    }
    return {};
}

const std::string kMalformed =
    "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema";

std::string tagging(const std::vector<std::pair<std::string, std::string>>& tags) {
    api::Tagging document;
    auto& set = document.TagSet.emplace();
    for (const auto& [key, value] : tags) {
        api::Tag& tag = set.emplace_back();
        tag.Key = key;
        tag.Value = value;
    }
    return refusal([&] { check_bucket_tagging(document); });
}

api::CORSRule cors_rule() {
    api::CORSRule rule;
    rule.AllowedMethods = {"GET"};
    rule.AllowedOrigins = {"*"};
    return rule;
}
std::string cors(const api::CORSRule& rule) {
    api::CORSConfiguration document;
    document.CORSRules = {rule};
    return refusal([&] { check_cors(document); });
}

api::LifecycleRule lifecycle_rule() {
    api::LifecycleRule rule;
    rule.Status = "Enabled";
    rule.Filter.emplace().Prefix = "a/";
    rule.Expiration.emplace().Days = 10;
    return rule;
}
std::string lifecycle(std::vector<api::LifecycleRule> rules) {
    api::BucketLifecycleConfiguration document;
    document.Rules = std::move(rules);
    const auto entropy = make_seeded_entropy(1);
    return refusal([&] { check_lifecycle(document, *entropy); });
}

}  // namespace

TEST_CASE("Bucket tags hold AWS's characters, lengths and count") {
    CHECK(tagging({{"a", ""}, {"b c+-=._:/@", "ü"}}).empty());
    CHECK(tagging({{"", "x"}}) == "InvalidTag: The TagKey you have provided is invalid");
    CHECK(tagging({{std::string(129, 'k'), "x"}}) == "InvalidTag: The TagKey you have provided is invalid");
    CHECK(tagging({{std::string(128, 'k'), "x"}}).empty());
    CHECK(tagging({{"k", std::string(257, 'v')}}) == "InvalidTag: The TagValue you have provided is invalid");
    CHECK(tagging({{"aws:k", "x"}}) == "InvalidTag: System tags cannot be added/updated by requester");
    CHECK(tagging({{"k", "x"}, {"k", "y"}}) == "InvalidTag: Cannot provide multiple Tags with the same key");
    std::vector<std::pair<std::string, std::string>> many;
    for (int i = 0; i < 51; ++i) many.emplace_back("k" + std::to_string(i), "v");
    CHECK(tagging(many) == "BadRequest: Bucket tag count cannot be greater than 50");
    many.pop_back();
    CHECK(tagging(many).empty());
}

TEST_CASE("CORS rules are refused for methods and wildcards that AWS does not take") {
    CHECK(cors(cors_rule()).empty());
    auto rule = cors_rule();
    rule.AllowedMethods = {"PATCH"};
    CHECK(cors(rule) ==
          "InvalidRequest: Found unsupported HTTP method in CORS config. Unsupported method is PATCH");
    rule = cors_rule();
    rule.AllowedOrigins = {"http://*.*.com"};
    CHECK(cors(rule) ==
          "InvalidRequest: AllowedOrigin \"http://*.*.com\" can not have more than one wildcard.");
    rule = cors_rule();
    rule.AllowedHeaders = {"x-*-*"};
    CHECK(cors(rule) == "InvalidRequest: AllowedHeader \"x-*-*\" can not have more than one wildcard.");
    rule = cors_rule();
    rule.ExposeHeaders = {"x-*"};
    CHECK(cors(rule) ==
          "InvalidRequest: ExposeHeader \"x-*\" contains wildcard. We currently do not support wildcard for "
          "ExposeHeader.");
    api::CORSConfiguration empty;
    empty.CORSRules.emplace();
    CHECK(refusal([&] { check_cors(empty); }) == kMalformed);
    empty.CORSRules->assign(101, cors_rule());
    CHECK(refusal([&] { check_cors(empty); }) ==
          "InvalidRequest: The number of CORS rules should not exceed allowed limit of 100 rules.");
}

TEST_CASE("A website has an index document or one redirect, and routing rules that make sense") {
    api::WebsiteConfiguration website;
    const auto check = [&] { return refusal([&] { check_website(website); }); };
    CHECK(check() ==
          "InvalidArgument: A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is "
          "empty");
    website.IndexDocument.emplace().Suffix = "a/b";
    CHECK(check() == "InvalidArgument: The IndexDocument Suffix is not well formed");
    website.IndexDocument->Suffix = "index.html";
    CHECK(check().empty());
    website.ErrorDocument.emplace().Key = "";
    CHECK(check() == "InvalidArgument: The ErrorDocument Key is not well formed");
    website.ErrorDocument->Key = "error.html";
    auto& rule = website.RoutingRules.emplace().emplace_back();
    rule.Redirect.emplace().ReplaceKeyWith = "k";
    rule.Redirect->ReplaceKeyPrefixWith = "p";
    CHECK(check() == "InvalidRequest: You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    rule.Redirect->ReplaceKeyPrefixWith.reset();
    rule.Condition.emplace();
    CHECK(check() ==
          "InvalidRequest: Condition cannot be empty. To redirect all requests without a condition, the "
          "condition "
          "element shouldn't be present.");
    rule.Condition->HttpErrorCodeReturnedEquals = "304";
    CHECK(check() ==
          "InvalidRequest: The provided HTTP error code (304) is not valid. Valid codes are 4XX or 5XX.");
    rule.Condition->HttpErrorCodeReturnedEquals = "404";
    rule.Redirect->HttpRedirectCode = "300";
    CHECK(check() ==
          "InvalidRequest: The provided HTTP redirect code (300) is not valid. Valid codes are 3XX except "
          "300.");
    rule.Redirect->HttpRedirectCode = "301";
    CHECK(check().empty());
    website.RedirectAllRequestsTo.emplace().HostName = "example.com";
    CHECK(
        check() ==
        "InvalidArgument: RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.");
    website = {};
    website.RedirectAllRequestsTo.emplace().HostName = "example.com";
    CHECK(check().empty());
    website.RedirectAllRequestsTo->Protocol = "ftp";
    CHECK(check() ==
          "InvalidRequest: Invalid protocol, protocol can be http or https. If not defined the protocol will "
          "be "
          "selected automatically.");
}

TEST_CASE("A lifecycle rule is one filter and at least one action") {
    CHECK(lifecycle({lifecycle_rule()}).empty());
    CHECK(lifecycle({}) == kMalformed);
    auto rule = lifecycle_rule();
    rule.Expiration.reset();
    CHECK(lifecycle({rule}) == "InvalidRequest: At least one action needs to be specified in a rule");
    rule = lifecycle_rule();
    rule.Filter.reset();
    CHECK(lifecycle({rule}) == kMalformed);
    rule.Prefix = "b/";
    CHECK(lifecycle({rule}).empty());
    CHECK(lifecycle({rule, lifecycle_rule()}) ==
          "InvalidRequest: Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in "
          "the "
          "Filter.");
    rule = lifecycle_rule();
    rule.Filter->ObjectSizeGreaterThan = 1;
    CHECK(lifecycle({rule}) == kMalformed);
    rule = lifecycle_rule();
    rule.Filter.emplace().And.emplace().Prefix = "only";
    CHECK(lifecycle({rule}) == kMalformed);
    rule.Filter->And->ObjectSizeLessThan = 10;
    rule.Filter->And->ObjectSizeGreaterThan = 10;
    CHECK(lifecycle({rule}) ==
          "InvalidRequest: 'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
    rule = lifecycle_rule();
    rule.ID = "same";
    CHECK(lifecycle({rule, rule}) ==
          "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule");
    rule.ID = std::string(256, 'i');
    CHECK(lifecycle({rule}) == "InvalidArgument: ID length should not exceed allowed limit of 255");
}

TEST_CASE("Lifecycle actions count in days or at midnights, and expiry comes last") {
    auto rule = lifecycle_rule();
    rule.Expiration->Days = 0;
    CHECK(lifecycle({rule}) == "InvalidArgument: 'Days' for Expiration action must be a positive integer");
    rule.Expiration->Days.reset();
    rule.Expiration->Date = from_unix_seconds(std::int64_t{86'400 + 1});
    CHECK(lifecycle({rule}) == "InvalidArgument: 'Date' must be at midnight GMT");
    rule.Expiration->Days = 1;
    CHECK(lifecycle({rule}) == kMalformed);
    rule = lifecycle_rule();
    auto& transition = rule.Transitions.emplace().emplace_back();
    transition.StorageClass = "STANDARD_IA";
    transition.Days = 29;
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass "
          "'STANDARD_IA'");
    transition.Days = 30;
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'Days' in the Expiration action for filter '(prefix=a/)' must be greater than "
          "'Days' in "
          "the Transition action");
    rule.Expiration->Days = 31;
    CHECK(lifecycle({rule}).empty());
    rule.Transitions->push_back(transition);
    CHECK(lifecycle({rule}) ==
          "InvalidRequest: 'StorageClass' must be different for 'Transition' actions in same 'Rule' with "
          "filter "
          "'(prefix=a/)'");
    rule.Transitions->at(1).StorageClass = "GLACIER";
    rule.Transitions->at(1).Days.reset();
    rule.Transitions->at(1).Date = from_unix_seconds(std::int64_t{86'400});
    CHECK(lifecycle({rule}) ==
          "InvalidRequest: Found mixed 'Date' and 'Days' based Expiration and Transition actions in "
          "lifecycle rule "
          "for filter '(prefix=a/)'");
    rule = lifecycle_rule();
    rule.NoncurrentVersionExpiration.emplace().NoncurrentDays = 0;
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive "
          "integer");
    rule = lifecycle_rule();
    rule.AbortIncompleteMultipartUpload.emplace().DaysAfterInitiation = 0;
    CHECK(
        lifecycle({rule}) ==
        "InvalidArgument: 'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive "
        "integer");
    rule.AbortIncompleteMultipartUpload->DaysAfterInitiation = 1;
    rule.Filter.emplace().Tag.emplace().Key = "k";
    rule.Filter->Tag->Value = "v";
    CHECK(lifecycle({rule}) ==
          "InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags");
    rule.AbortIncompleteMultipartUpload.reset();
    rule.Expiration.emplace().ExpiredObjectDeleteMarker = true;
    CHECK(lifecycle({rule}) == "InvalidRequest: ExpiredObjectDeleteMarker cannot be specified with Tags.");
}

TEST_CASE("A lifecycle rule's transitions keep AWS's distances") {
    api::LifecycleRule rule = lifecycle_rule();
    rule.Expiration->Days = 200;
    const auto add = [&rule](const char* storage_class, std::int32_t days) {
        if (!rule.Transitions) rule.Transitions.emplace();
        auto& transition = rule.Transitions->emplace_back();
        transition.StorageClass = storage_class;
        transition.Days = days;
    };
    add("STANDARD_IA", 30);
    add("GLACIER", 59);
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'Days' in the 'Transition' action for StorageClass 'GLACIER' for filter "
          "'(prefix=a/)' must be 30 days more than 'filter '(prefix=a/)'' in the 'Transition' action for "
          "StorageClass 'STANDARD_IA'");
    rule.Transitions->at(1).Days = 60;
    CHECK(lifecycle({rule}).empty());
    add("DEEP_ARCHIVE", 149);
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'Days' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for filter "
          "'(prefix=a/)' must be 90 days more than 'filter '(prefix=a/)'' in the 'Transition' action for "
          "StorageClass 'GLACIER'");
    rule.Transitions->at(2).Days = 150;
    CHECK(lifecycle({rule}).empty());
    rule = lifecycle_rule();
    auto& moved = rule.NoncurrentVersionTransitions.emplace().emplace_back();
    moved.StorageClass = "STANDARD_IA";
    moved.NoncurrentDays = 29;
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or "
          "equal to 30 for storageClass 'STANDARD_IA'");
    moved.NoncurrentDays = 40;
    rule.NoncurrentVersionExpiration.emplace().NoncurrentDays = 40;
    CHECK(lifecycle({rule}) ==
          "InvalidArgument: 'NoncurrentDays' in the NoncurrentVersionExpiration action for filter "
          "'(prefix=a/)' must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action");
}

TEST_CASE("A default encryption is one rule, and a key belongs to KMS") {
    api::ServerSideEncryptionConfiguration document;
    auto& rule = document.Rules.emplace().emplace_back();
    const auto check = [&] { return refusal([&] { check_encryption_rules(document); }); };
    CHECK(check() == kMalformed);
    rule.ApplyServerSideEncryptionByDefault.emplace().SSEAlgorithm = "AES256";
    CHECK(check().empty());
    CHECK(rule.BucketKeyEnabled == false);
    rule.ApplyServerSideEncryptionByDefault->KMSMasterKeyID = "key";
    CHECK(
        check() ==
        "InvalidArgument: a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
        "aws:kms:dsse");
    rule.ApplyServerSideEncryptionByDefault->SSEAlgorithm = "aws:kms";
    CHECK(check().empty());
    rule.ApplyServerSideEncryptionByDefault->SSEAlgorithm = "rot13";
    CHECK(check() == kMalformed);
}

TEST_CASE("Acceleration and tiering hold AWS's limits") {
    api::AccelerateConfiguration accelerate;
    CHECK(refusal([&] { check_accelerate(accelerate, "plain"); }) == kMalformed);
    accelerate.Status = "Enabled";
    CHECK(refusal([&] { check_accelerate(accelerate, "plain"); }).empty());
    CHECK(refusal([&] { check_accelerate(accelerate, "with.dot"); }) ==
          "InvalidRequest: S3 Transfer Acceleration is not supported for buckets with periods (.) in their "
          "names");
    api::IntelligentTieringConfiguration tiering;
    tiering.Id = "t";
    tiering.Status = "Enabled";
    auto& tier = tiering.Tierings.emplace().emplace_back();
    tier.AccessTier = "DEEP_ARCHIVE_ACCESS";
    tier.Days = 179;
    CHECK(refusal([&] { check_intelligent_tiering(tiering, "t"); }) ==
          "InvalidArgument: Days for DEEP_ARCHIVE_ACCESS must be between 180 and 730");
    tier.Days = 180;
    CHECK(refusal([&] { check_intelligent_tiering(tiering, "t"); }).empty());
    CHECK(refusal([&] { check_intelligent_tiering(tiering, "u"); }) ==
          "IdMismatch: Document ID does not match the specified configuration ID.");
}

TEST_CASE("Replication with filters needs priorities and says what becomes of delete markers") {
    api::ReplicationConfiguration document;
    document.Role = "arn:aws:iam::000000000000:role/r";
    auto& rule = document.Rules.emplace().emplace_back();
    rule.Status = "Enabled";
    rule.Destination.emplace().Bucket = "arn:aws:s3:::copy";
    const auto entropy = make_seeded_entropy(1);
    const auto check = [&] { return refusal([&] { check_replication(document, *entropy); }); };
    CHECK(check() == kMalformed);
    rule.Prefix = "";
    CHECK(check().empty());
    CHECK(rule.ID->size() == 36);
    rule.Prefix.reset();
    rule.Filter.emplace().Prefix = "a/";
    const std::string schema =
        " must be specified for this version of Cross Region Replication configuration schema. Please refer "
        "to S3 "
        "Developer Guide for more information.";
    CHECK(check() == "InvalidRequest: DeleteMarkerReplication" + schema);
    rule.DeleteMarkerReplication.emplace().Status = "Enabled";
    CHECK(check() == "InvalidRequest: Priority" + schema);
    rule.Priority = 1;
    CHECK(check().empty());
    api::ReplicationRule second = rule;
    second.ID = "other";
    document.Rules->push_back(second);
    CHECK(check() == "InvalidRequest: Found duplicate priority, every rule must have a unique priority.");
}

}  // namespace fogbank::s3
