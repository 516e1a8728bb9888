// Inventory, analytics, metrics and intelligent tiering: several of each, told apart by their Ids.
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/analytics_configuration.h"
#include "services/s3/model/types/intelligent_tiering_configuration.h"
#include "services/s3/model/types/inventory_configuration.h"
#include "services/s3/model/types/metrics_configuration.h"
#include "src/base/arn.h"

#include <algorithm>
#include <set>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kIdLimit = 64;
constexpr std::int32_t kArchiveDays = 90;  // docs: PutBucketIntelligentTieringConfiguration, Tiering
constexpr std::int32_t kDeepArchiveDays = 180;
constexpr std::int32_t kLongestDays = 730;

void check_id(const std::string& document, std::string_view id) {
    if (document != id) {
        throw Error("IdMismatch", 400, "Document ID does not match the specified configuration ID.");
    }
    const bool clean = std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_';
    });
    if (id.empty() || id.size() > kIdLimit || !clean) {
        throw Error("InvalidConfigurationId", 400, "The specified configuration id is invalid.");
    }
}

void check_bucket_arn(const std::string& text) {
    const auto arn = Arn::parse(text);
    if (arn && arn->service() == "s3" && !arn->resource().empty()) return;
    throw Error("InvalidS3DestinationBucket", 400, "Invalid bucket ARN.");
}

// A filter is one condition, or an And of two and more.
template <class Filter>
void check_filter(const std::optional<Filter>& filter, std::size_t more, std::size_t more_in_and) {
    if (!filter) return;
    const std::size_t given = std::size_t{filter->Prefix.has_value()} + std::size_t{filter->Tag.has_value()} +
                              std::size_t{filter->And.has_value()} + more;
    if (given != 1) throw malformed_xml();
    if (filter->Tag) check_tags({*filter->Tag});
    if (!filter->And) return;
    const std::size_t tags = filter->And->Tags ? filter->And->Tags->size() : 0;
    if (tags + std::size_t{filter->And->Prefix.has_value()} + more_in_and < 2) throw malformed_xml();
    if (filter->And->Tags) check_tags(*filter->And->Tags);
}

}  // namespace

void check_inventory(const api::InventoryConfiguration& inventory, std::string_view id) {
    check_id(*inventory.Id, id);
    check_bucket_arn(*inventory.Destination->S3BucketDestination->Bucket);
    if (!inventory.OptionalFields) return;
    std::set<std::string_view> fields;
    for (const std::string& field : *inventory.OptionalFields) {
        if (!fields.insert(field).second) throw malformed_xml();
    }
}

void check_analytics(const api::AnalyticsConfiguration& analytics, std::string_view id) {
    check_id(*analytics.Id, id);
    check_filter(analytics.Filter, 0, 0);
    const auto& data_export = analytics.StorageClassAnalysis->DataExport;
    if (data_export) check_bucket_arn(*data_export->Destination->S3BucketDestination->Bucket);
}

void check_metrics(const api::MetricsConfiguration& metrics, std::string_view id) {
    check_id(*metrics.Id, id);
    const bool point = metrics.Filter && metrics.Filter->AccessPointArn;
    const bool point_in_and = metrics.Filter && metrics.Filter->And && metrics.Filter->And->AccessPointArn;
    check_filter(metrics.Filter, std::size_t{point}, std::size_t{point_in_and});
}

void check_intelligent_tiering(const api::IntelligentTieringConfiguration& tiering, std::string_view id) {
    check_id(*tiering.Id, id);
    check_filter(tiering.Filter, 0, 0);
    if (tiering.Tierings->empty()) throw malformed_xml();
    std::set<std::string_view> tiers;
    for (const api::Tiering& each : *tiering.Tierings) {
        const std::int32_t least = *each.AccessTier == "ARCHIVE_ACCESS" ? kArchiveDays : kDeepArchiveDays;
        if (*each.Days < least || *each.Days > kLongestDays) {
            throw invalid_argument("Days for " + *each.AccessTier + " must be between " +
                                       std::to_string(least) + " and " + std::to_string(kLongestDays),
                                   "Days", std::to_string(*each.Days));
        }
        if (!tiers.insert(*each.AccessTier).second) throw malformed_xml();
    }
}

}  // namespace fogbank::s3
