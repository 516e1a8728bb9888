#include "services/dynamodb/model/describe_contributor_insights.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/list_contributor_insights.h"
#include "services/dynamodb/model/update_contributor_insights.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <charconv>

namespace fogbank::dynamodb {
namespace {

constexpr std::string_view kDefaultMode = "ACCESSED_AND_THROTTLED_KEYS";
constexpr std::int64_t kMaxResults = 100;

TablePtr require_table(store::ReadTxn& txn, const RequestContext& context, const std::string& name) {
    TablePtr table = load_table(txn, context.account, context.region, name);
    if (table == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                " not found");
    }
    return table;
}

// Local indexes have no insights of their own.
void check_index(const Table& table, const std::optional<std::string>& name) {
    if (!name) return;
    const Index* index = table.find_index(*name);
    if (index != nullptr && index->is_global) return;
    throw errors::ResourceNotFoundException("Requested resource not found: Index: " + *name +
                                            " not found for table: " + table.name);
}

const Insight* find(const Table& table, const std::string& index) {
    const auto found = std::find_if(table.insights.begin(), table.insights.end(),
                                    [&](const Insight& each) { return each.index == index; });
    return found == table.insights.end() ? nullptr : &*found;
}

// CloudWatch's rules, named as AWS names them: partition keys, sort keys; accessed (C), throttled (T).
std::vector<std::string> rules_of(const Table& table, const Insight& insight) {
    const Index* index = insight.index.empty() ? nullptr : table.find_index(insight.index);
    const KeySchema& keys = index != nullptr ? index->keys : table.keys;
    const std::string place =
        table.name + (index != nullptr ? "-" + index->name : "") + "-" + std::to_string(insight.changed_ms);
    std::vector<std::string> out;
    for (const char* kind : {"PKC", "SKC", "PKT", "SKT"}) {
        if (kind[0] == 'S' && !keys.range) continue;
        if (kind[2] == 'C' && insight.mode != kDefaultMode) continue;
        out.push_back(std::string("DynamoDBContributorInsights-") + kind + "-" + place);
    }
    return out;
}

void change(const api::UpdateContributorInsights::Input& input, std::int64_t now_ms, Table& table) {
    const std::string index = input.IndexName.value_or("");
    const bool enables = *input.ContributorInsightsAction == "ENABLE";
    if (enables) gateway::refuse_unheeded("ContributorInsightsAction");
    const Insight* known = find(table, index);
    if (known == nullptr && !enables) return;
    Insight wanted{index, enables, std::string(kDefaultMode), now_ms};
    if (known != nullptr) wanted.mode = known->mode;
    if (input.ContributorInsightsMode) wanted.mode = *input.ContributorInsightsMode;
    // aws: enabling what is enabled in the same mode changes nothing, not even the time.
    if (known != nullptr && known->enabled == enables && known->mode == wanted.mode) return;
    std::erase_if(table.insights, [&](const Insight& each) { return each.index == index; });
    table.insights.push_back(std::move(wanted));
}

// Enabled ones of a table: its own first, then those of its indexes.
void add_summaries(const Table& table, std::vector<api::ContributorInsightsSummary>& out) {
    const auto add = [&](const std::string& index) {
        const Insight* insight = find(table, index);
        if (insight == nullptr || !insight->enabled) return;
        api::ContributorInsightsSummary& made = out.emplace_back();
        made.TableName = table.name;
        if (!index.empty()) made.IndexName = index;
        made.ContributorInsightsStatus = "ENABLED";
        made.ContributorInsightsMode = insight->mode;
    };
    add("");
    for (const Index& index : table.indexes) add(index.name);
}

}  // namespace

Task<api::UpdateContributorInsights::Output> Service::update_contributor_insights(
    const RequestContext& context, const api::UpdateContributorInsights::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const std::int64_t now_ms = unix_millis(context.received_at);
    bool was_enabled = false;
    auto body = [&](store::Txn& txn) {
        Table table = *require_table(txn, context, name);
        check_index(table, input.IndexName);
        change(input, now_ms, table);
        store_table(txn, table);
        return table;
    };
    const std::string index = input.IndexName.value_or("");
    const TablePtr before = database_.read(
        [&](store::ReadTxn& txn) { return load_table(txn, context.account, context.region, name); });
    if (before != nullptr) {
        const Insight* known = find(*before, index);
        was_enabled = known != nullptr && known->enabled;
    }
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    const Insight* now = find(table, index);
    const bool is_enabled = now != nullptr && now->enabled;
    api::UpdateContributorInsights::Output output;
    output.TableName = table.name;
    output.IndexName = input.IndexName;
    const char* settled = is_enabled ? "ENABLED" : "DISABLED";
    const char* moving = is_enabled ? "ENABLING" : "DISABLING";
    output.ContributorInsightsStatus = is_enabled == was_enabled ? settled : moving;
    if (now != nullptr) output.ContributorInsightsMode = now->mode;
    co_return output;
}

api::DescribeContributorInsights::Output Service::describe_contributor_insights(
    const RequestContext& context, const api::DescribeContributorInsights::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const TablePtr table =
        database_.read([&](store::ReadTxn& txn) { return require_table(txn, context, name); });
    check_index(*table, input.IndexName);
    api::DescribeContributorInsights::Output output;
    output.TableName = name;
    output.IndexName = input.IndexName;
    const Insight* insight = find(*table, input.IndexName.value_or(""));
    const bool is_enabled = insight != nullptr && insight->enabled;
    output.ContributorInsightsStatus = is_enabled ? "ENABLED" : "DISABLED";
    if (insight == nullptr) return output;
    output.ContributorInsightsMode = insight->mode;
    output.LastUpdateDateTime = from_unix_millis(insight->changed_ms);
    if (is_enabled) output.ContributorInsightsRuleList = rules_of(*table, *insight);
    return output;
}

Task<api::ListContributorInsights::Output> Service::list_contributor_insights(
    const RequestContext& context, const api::ListContributorInsights::Input& input) {
    const std::int64_t limit = input.MaxResults ? *input.MaxResults : kMaxResults;
    std::size_t start = 0;
    if (input.NextToken) {
        const std::string& text = *input.NextToken;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), start);
        if (error != std::errc() || end != text.data() + text.size()) refuse("Invalid NextToken");
    }
    auto body = [&](store::ReadTxn& txn) {
        std::vector<api::ContributorInsightsSummary> all;
        if (input.TableName) {
            add_summaries(*require_table(txn, context, own_table_name(context, *input.TableName)), all);
            return all;
        }
        constexpr std::int64_t kAllTables = 10'000;
        for (const std::string& name :
             dynamodb::list_tables(txn, context.account, context.region, "", kAllTables)) {
            add_summaries(*load_table(txn, context.account, context.region, name), all);
        }
        return all;
    };
    std::vector<api::ContributorInsightsSummary> all = co_await database_.read_in_pool(body);
    api::ListContributorInsights::Output output;
    output.ContributorInsightsSummaries.emplace();
    for (std::size_t i = start; i < all.size(); ++i) {
        if (i == start + static_cast<std::size_t>(limit)) {
            output.NextToken = std::to_string(i);
            break;
        }
        output.ContributorInsightsSummaries->push_back(std::move(all[i]));
    }
    co_return output;
}

}  // namespace fogbank::dynamodb
