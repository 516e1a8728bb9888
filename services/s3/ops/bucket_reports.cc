// Inventory, analytics, metrics and intelligent tiering: put, get, delete and list, the same for each.
#include "services/s3/bucket_configurations.h"
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/list_rules.h"
#include "services/s3/model/delete_bucket_analytics_configuration.h"
#include "services/s3/model/delete_bucket_intelligent_tiering_configuration.h"
#include "services/s3/model/delete_bucket_inventory_configuration.h"
#include "services/s3/model/delete_bucket_metrics_configuration.h"
#include "services/s3/model/get_bucket_analytics_configuration.h"
#include "services/s3/model/get_bucket_intelligent_tiering_configuration.h"
#include "services/s3/model/get_bucket_inventory_configuration.h"
#include "services/s3/model/get_bucket_metrics_configuration.h"
#include "services/s3/model/list_bucket_analytics_configurations.h"
#include "services/s3/model/list_bucket_intelligent_tiering_configurations.h"
#include "services/s3/model/list_bucket_inventory_configurations.h"
#include "services/s3/model/list_bucket_metrics_configurations.h"
#include "services/s3/model/put_bucket_analytics_configuration.h"
#include "services/s3/model/put_bucket_intelligent_tiering_configuration.h"
#include "services/s3/model/put_bucket_inventory_configuration.h"
#include "services/s3/model/put_bucket_metrics_configuration.h"
#include "src/gateway/unheeded.h"

namespace fogbank::s3 {

namespace {

constexpr std::int64_t kLimit = 1000;  // docs: PutBucketInventoryConfiguration, "TooManyConfigurations"
constexpr std::size_t kPage = 100;     // docs: ListBucketInventoryConfigurations

}  // namespace

template <class Op, Configuration kind, auto member, auto check>
Task<typename Op::Output> BucketConfigurations::put_one(const Context& context,
                                                        const typename Op::Input& input) {
    check(*(input.*member), *input.Id);
    gateway::refuse_unheeded(context.operation->name);
    const ConfigurationRow row{kind, *input.Id, to_document(document_shape<Op>(), &*(input.*member))};
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (!find_configuration(txn, bucket.id, kind, row.name) &&
            count_configurations(txn, bucket.id, kind) >= kLimit) {
            throw Error("TooManyConfigurations", 400,
                        "You are attempting to create a new configuration but have already reached the "
                        "1,000-configuration limit.");
        }
        put_configuration(txn, bucket, row, settings_.next_version());
    };
    co_await database_.write(body);
    co_return typename Op::Output{};
}

template <class Op, Configuration kind>
typename Op::Output BucketConfigurations::get_one(const Context& context, const typename Op::Input& input) {
    const std::optional<std::string> document = stored(context, input, kind, *input.Id);
    if (!document) throw no_such_configuration(kind, *input.Bucket);
    return output_from_document<Op>(*document);
}

template <class Op, Configuration kind>
Task<typename Op::Output> BucketConfigurations::erase_one(const Context& context,
                                                          const typename Op::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (!find_configuration(txn, bucket.id, kind, *input.Id))
            throw no_such_configuration(kind, bucket.name);
        erase_configuration(txn, bucket, kind, *input.Id, settings_.next_version());
    };
    co_await database_.write(body);
    co_return typename Op::Output{};
}

template <class Op, class Put, Configuration kind, auto member>
typename Op::Output BucketConfigurations::list(const Context& context, const typename Op::Input& input) {
    std::string after;
    if (input.ContinuationToken) after = position_of_token(*input.ContinuationToken);
    std::vector<ConfigurationRow> rows = database_.read([&](store::ReadTxn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        return list_configurations(txn, bucket.id, kind, after, kPage + 1);
    });
    typename Op::Output output;
    output.IsTruncated = rows.size() > kPage;
    output.ContinuationToken = input.ContinuationToken;
    if (*output.IsTruncated) {
        rows.resize(kPage);
        output.NextContinuationToken = continuation_token(rows.back().name);
    }
    if (rows.empty()) return output;
    auto& documents = (output.*member).emplace();
    for (const ConfigurationRow& row : rows) {
        from_document(*Op::descriptor().service, document_shape<Put>(), row.body, &documents.emplace_back());
    }
    return output;
}

void BucketConfigurations::bind_reports(gateway::OperationTable& table) {
    using Kind = Configuration;
    using This = BucketConfigurations;
    using PutInventory = api::PutBucketInventoryConfiguration;
    using PutAnalytics = api::PutBucketAnalyticsConfiguration;
    using PutMetrics = api::PutBucketMetricsConfiguration;
    using PutTiering = api::PutBucketIntelligentTieringConfiguration;
    using ListInventory = api::ListBucketInventoryConfigurations;
    using ListAnalytics = api::ListBucketAnalyticsConfigurations;
    using ListMetrics = api::ListBucketMetricsConfigurations;
    using ListTiering = api::ListBucketIntelligentTieringConfigurations;
    using GetTiering = api::GetBucketIntelligentTieringConfiguration;
    using DeleteTiering = api::DeleteBucketIntelligentTieringConfiguration;

    table.on<PutInventory>(
        *this, &This::put_one<PutInventory, Kind::inventory, &PutInventory::Input::InventoryConfiguration,
                              check_inventory>);
    table.on<PutAnalytics>(
        *this, &This::put_one<PutAnalytics, Kind::analytics, &PutAnalytics::Input::AnalyticsConfiguration,
                              check_analytics>);
    table.on<PutMetrics>(
        *this,
        &This::put_one<PutMetrics, Kind::metrics, &PutMetrics::Input::MetricsConfiguration, check_metrics>);
    table.on<PutTiering>(
        *this,
        &This::put_one<PutTiering, Kind::intelligent_tiering,
                       &PutTiering::Input::IntelligentTieringConfiguration, check_intelligent_tiering>);
    table.on<api::GetBucketInventoryConfiguration>(
        *this, &This::get_one<api::GetBucketInventoryConfiguration, Kind::inventory>);
    table.on<api::GetBucketAnalyticsConfiguration>(
        *this, &This::get_one<api::GetBucketAnalyticsConfiguration, Kind::analytics>);
    table.on<api::GetBucketMetricsConfiguration>(
        *this, &This::get_one<api::GetBucketMetricsConfiguration, Kind::metrics>);
    table.on<GetTiering>(*this, &This::get_one<GetTiering, Kind::intelligent_tiering>);
    table.on<api::DeleteBucketInventoryConfiguration>(
        *this, &This::erase_one<api::DeleteBucketInventoryConfiguration, Kind::inventory>);
    table.on<api::DeleteBucketAnalyticsConfiguration>(
        *this, &This::erase_one<api::DeleteBucketAnalyticsConfiguration, Kind::analytics>);
    table.on<api::DeleteBucketMetricsConfiguration>(
        *this, &This::erase_one<api::DeleteBucketMetricsConfiguration, Kind::metrics>);
    table.on<DeleteTiering>(*this, &This::erase_one<DeleteTiering, Kind::intelligent_tiering>);
    table.on<ListInventory>(*this, &This::list<ListInventory, PutInventory, Kind::inventory,
                                               &ListInventory::Output::InventoryConfigurationList>);
    table.on<ListAnalytics>(*this, &This::list<ListAnalytics, PutAnalytics, Kind::analytics,
                                               &ListAnalytics::Output::AnalyticsConfigurationList>);
    table.on<ListMetrics>(
        *this,
        &This::list<ListMetrics, PutMetrics, Kind::metrics, &ListMetrics::Output::MetricsConfigurationList>);
    table.on<ListTiering>(*this, &This::list<ListTiering, PutTiering, Kind::intelligent_tiering,
                                             &ListTiering::Output::IntelligentTieringConfigurationList>);
}

}  // namespace fogbank::s3
