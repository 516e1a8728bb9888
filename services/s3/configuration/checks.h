// AWS's rules for each configuration: they throw in AWS's words. What AWS fills in (the ids of rules) is
// filled in.
#pragma once

#include "services/s3/model/operations.h"
#include "src/base/entropy.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

namespace api {
struct AccelerateConfiguration;
struct AnalyticsConfiguration;
struct BucketLifecycleConfiguration;
struct CORSConfiguration;
struct IntelligentTieringConfiguration;
struct InventoryConfiguration;
struct MetricsConfiguration;
struct OwnershipControls;
struct ReplicationConfiguration;
struct ServerSideEncryptionConfiguration;
struct Tag;
struct Tagging;
struct WebsiteConfiguration;
}  // namespace api

inline constexpr std::size_t kBucketTagLimit = 50;  // docs: "Using cost allocation S3 bucket tags"

// Keys of 1 to 128 and values to 256 characters of what AWS lets tags hold, no key twice, none that starts
// "aws:".
void check_tags(const std::vector<api::Tag>& tags);
void check_bucket_tagging(const api::Tagging& tagging);
void check_cors(const api::CORSConfiguration& cors);
void check_website(const api::WebsiteConfiguration& website);
void check_encryption_rules(api::ServerSideEncryptionConfiguration& encryption);
void check_lifecycle(api::BucketLifecycleConfiguration& lifecycle, Entropy& entropy);
void check_replication(api::ReplicationConfiguration& replication, Entropy& entropy);
void check_accelerate(const api::AccelerateConfiguration& accelerate, std::string_view bucket);
// The one ObjectOwnership of the document.
std::string checked_ownership(const api::OwnershipControls& controls);

// `id` is the one of the query: it has to be the document's.
void check_inventory(const api::InventoryConfiguration& inventory, std::string_view id);
void check_analytics(const api::AnalyticsConfiguration& analytics, std::string_view id);
void check_metrics(const api::MetricsConfiguration& metrics, std::string_view id);
void check_intelligent_tiering(const api::IntelligentTieringConfiguration& tiering, std::string_view id);

}  // namespace fogbank::s3
