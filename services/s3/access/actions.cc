#include "services/s3/access/actions.h"

#include "src/auth/policy_conditions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fogbank::s3 {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Operations whose permission has another name than they have.
constexpr std::array<Pair, 54> kNames = {{
    {"CompleteMultipartUpload", "PutObject"},
    {"CopyObject", "PutObject"},
    {"CreateMultipartUpload", "PutObject"},
    {"DeleteBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"DeleteBucketCors", "PutBucketCORS"},
    {"DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"DeleteBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"DeleteBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"DeleteBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    {"DeleteBucketReplication", "PutReplicationConfiguration"},
    {"DeleteBucketTagging", "PutBucketTagging"},
    {"DeleteObjects", "DeleteObject"},
    {"DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"},
    {"GetBucketCors", "GetBucketCORS"},
    {"GetBucketEncryption", "GetEncryptionConfiguration"},
    {"GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"},
    {"GetBucketInventoryConfiguration", "GetInventoryConfiguration"},
    {"GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"GetBucketMetricsConfiguration", "GetMetricsConfiguration"},
    {"GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"GetBucketReplication", "GetReplicationConfiguration"},
    {"GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"HeadBucket", "ListBucket"},
    {"HeadObject", "GetObject"},
    {"ListBucketAnalyticsConfigurations", "GetAnalyticsConfiguration"},
    {"ListBucketIntelligentTieringConfigurations", "GetIntelligentTieringConfiguration"},
    {"ListBucketInventoryConfigurations", "GetInventoryConfiguration"},
    {"ListBucketMetricsConfigurations", "GetMetricsConfiguration"},
    {"ListBuckets", "ListAllMyBuckets"},
    {"ListMultipartUploads", "ListBucketMultipartUploads"},
    {"ListObjectVersions", "ListBucketVersions"},
    {"ListObjects", "ListBucket"},
    {"ListObjectsV2", "ListBucket"},
    {"ListParts", "ListMultipartUploadParts"},
    {"PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    {"PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"PutBucketCors", "PutBucketCORS"},
    {"PutBucketEncryption", "PutEncryptionConfiguration"},
    {"PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"PutBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"PutBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"PutBucketReplication", "PutReplicationConfiguration"},
    {"PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"SelectObjectContent", "GetObject"},
    {"UploadPart", "PutObject"},
    {"UploadPartCopy", "PutObject"},
}};

// What asks for another permission where the request names a version.
constexpr std::array<Pair, 9> kOfVersions = {{
    {"DeleteObject", "DeleteObjectVersion"},
    {"DeleteObjectTagging", "DeleteObjectVersionTagging"},
    {"GetObject", "GetObjectVersion"},
    {"GetObjectAcl", "GetObjectVersionAcl"},
    {"GetObjectAttributes", "GetObjectVersionAttributes"},
    {"GetObjectTagging", "GetObjectVersionTagging"},
    {"GetObjectTorrent", "GetObjectVersionTorrent"},
    {"PutObjectAcl", "PutObjectVersionAcl"},
    {"PutObjectTagging", "PutObjectVersionTagging"},
}};

constexpr std::array<std::string_view, 34> kObjectActions = {"AbortMultipartUpload",
                                                             "BypassGovernanceRetention",
                                                             "DeleteObject",
                                                             "DeleteObjectTagging",
                                                             "DeleteObjectVersion",
                                                             "DeleteObjectVersionTagging",
                                                             "GetObject",
                                                             "GetObjectAcl",
                                                             "GetObjectAttributes",
                                                             "GetObjectLegalHold",
                                                             "GetObjectRetention",
                                                             "GetObjectTagging",
                                                             "GetObjectTorrent",
                                                             "GetObjectVersion",
                                                             "GetObjectVersionAcl",
                                                             "GetObjectVersionAttributes",
                                                             "GetObjectVersionForReplication",
                                                             "GetObjectVersionTagging",
                                                             "GetObjectVersionTorrent",
                                                             "InitiateReplication",
                                                             "ListMultipartUploadParts",
                                                             "ObjectOwnerOverrideToBucketOwner",
                                                             "PutObject",
                                                             "PutObjectAcl",
                                                             "PutObjectLegalHold",
                                                             "PutObjectRetention",
                                                             "PutObjectTagging",
                                                             "PutObjectVersionAcl",
                                                             "PutObjectVersionTagging",
                                                             "ReplicateDelete",
                                                             "ReplicateObject",
                                                             "ReplicateTags",
                                                             "RestoreObject",
                                                             "UpdateObjectEncryption"};

constexpr std::array<std::string_view, 53> kBucketActions = {"CreateBucket",
                                                             "DeleteBucket",
                                                             "DeleteBucketPolicy",
                                                             "DeleteBucketWebsite",
                                                             "GetAccelerateConfiguration",
                                                             "GetAnalyticsConfiguration",
                                                             "GetBucketAbac",
                                                             "GetBucketAcl",
                                                             "GetBucketCORS",
                                                             "GetBucketLocation",
                                                             "GetBucketLogging",
                                                             "GetBucketMetadataTableConfiguration",
                                                             "GetBucketNotification",
                                                             "GetBucketObjectLockConfiguration",
                                                             "GetBucketOwnershipControls",
                                                             "GetBucketPolicy",
                                                             "GetBucketPolicyStatus",
                                                             "GetBucketPublicAccessBlock",
                                                             "GetBucketRequestPayment",
                                                             "GetBucketTagging",
                                                             "GetBucketVersioning",
                                                             "GetBucketWebsite",
                                                             "GetEncryptionConfiguration",
                                                             "GetIntelligentTieringConfiguration",
                                                             "GetInventoryConfiguration",
                                                             "GetLifecycleConfiguration",
                                                             "GetMetricsConfiguration",
                                                             "GetReplicationConfiguration",
                                                             "ListBucket",
                                                             "ListBucketMultipartUploads",
                                                             "ListBucketVersions",
                                                             "PutAccelerateConfiguration",
                                                             "PutAnalyticsConfiguration",
                                                             "PutBucketAbac",
                                                             "PutBucketAcl",
                                                             "PutBucketCORS",
                                                             "PutBucketLogging",
                                                             "PutBucketNotification",
                                                             "PutBucketObjectLockConfiguration",
                                                             "PutBucketOwnershipControls",
                                                             "PutBucketPolicy",
                                                             "PutBucketPublicAccessBlock",
                                                             "PutBucketRequestPayment",
                                                             "PutBucketTagging",
                                                             "PutBucketVersioning",
                                                             "PutBucketWebsite",
                                                             "PutEncryptionConfiguration",
                                                             "PutIntelligentTieringConfiguration",
                                                             "PutInventoryConfiguration",
                                                             "PutLifecycleConfiguration",
                                                             "PutMetricsConfiguration",
                                                             "PutReplicationConfiguration",
                                                             "CreateBucketMetadataTableConfiguration"};

constexpr std::array<std::string_view, 1> kOtherActions = {"ListAllMyBuckets"};

template <class Names>
std::string_view renamed(const Names& names, std::string_view name) {
    const auto found =
        std::find_if(names.begin(), names.end(), [name](const Pair& pair) { return pair.first == name; });
    return found == names.end() ? std::string_view{} : found->second;
}

template <class Names>
bool any_matches(const Names& names, std::string_view pattern) {
    return std::any_of(names.begin(), names.end(), [pattern](std::string_view name) {
        return auth::matches_pattern_any_case(pattern, "s3:" + std::string(name));
    });
}

}  // namespace

std::string action_of(std::string_view operation, VersionNamed version) {
    std::string_view name = renamed(kNames, operation);
    if (name.empty()) name = operation;
    if (version == VersionNamed::yes) {
        const std::string_view of_version = renamed(kOfVersions, name);
        if (!of_version.empty()) name = of_version;
    }
    return "s3:" + std::string(name);
}

unsigned resources_of_action(std::string_view pattern) {
    unsigned out = 0;
    if (any_matches(kBucketActions, pattern)) out |= kOnBucket;
    if (any_matches(kObjectActions, pattern)) out |= kOnObject;
    if (any_matches(kOtherActions, pattern)) out |= kOnNothing;
    return out;
}

}  // namespace fogbank::s3
