#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/replication.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/strong_groups.h"

namespace fogbank::dynamodb {
namespace {

// docs: UpdateTimeToLive, "It can take up to one hour for the change to fully process. Any additional ...
// calls ... during this one hour duration result in a ValidationException". Measured on AWS (2026-10):
// refused at 1811 s after the change, accepted at 1872 s.
constexpr std::int64_t kIntervalMs = 30 * 60 * 1000;

[[noreturn]] void refuse_table(const std::string& name) {
    throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name + " not found");
}

// In AWS's order: the state first, the rate last.
void check_change(const Table& table, const api::TimeToLiveSpecification& wanted, std::int64_t now_ms) {
    const std::string& current = table.ttl_attribute;
    if (current.empty() && !*wanted.Enabled) refuse("TimeToLive is already disabled");
    if (!current.empty() && *wanted.AttributeName != current) {
        refuse("TimeToLive is active on a different AttributeName: current AttributeName is " + current);
    }
    if (!current.empty() && *wanted.Enabled) refuse("TimeToLive is already enabled");
    if (table.ttl_changed_ms != 0 && now_ms - table.ttl_changed_ms < kIntervalMs) {
        refuse("Time to live has been modified multiple times within a fixed interval");
    }
}

}  // namespace

Task<api::UpdateTimeToLive::Output> Service::update_time_to_live(const RequestContext& context,
                                                                 const api::UpdateTimeToLive::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const api::TimeToLiveSpecification& wanted = *input.TimeToLiveSpecification;
    const std::int64_t now_ms = unix_millis(context.received_at);
    auto body = [&](store::Txn& txn) {
        const TablePtr found = load_table(txn, context.account, context.region, name);
        if (found == nullptr) refuse_table(name);
        refuse_strong(*found, "Time to live is not supported");
        check_change(*found, wanted, now_ms);
        Table table = *found;
        table.ttl_attribute = *wanted.Enabled ? *wanted.AttributeName : "";
        table.ttl_changed_ms = now_ms;
        store_table(txn, table);
        if (*wanted.Enabled) {
            start_filling_expiries(txn, table);
        } else {
            start_erasing_expiries(txn, table);
        }
        synchronize(txn, table);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    api::UpdateTimeToLive::Output output;
    output.TimeToLiveSpecification = wanted;
    co_return output;
}

api::DescribeTimeToLive::Output Service::describe_time_to_live(const RequestContext& context,
                                                               const api::DescribeTimeToLive::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const TablePtr table = database_.read(
        [&](store::ReadTxn& txn) { return load_table(txn, context.account, context.region, name); });
    if (table == nullptr) refuse_table(name);
    api::DescribeTimeToLive::Output output;
    api::TimeToLiveDescription& description = output.TimeToLiveDescription.emplace();
    description.TimeToLiveStatus = table->ttl_attribute.empty() ? "DISABLED" : "ENABLED";
    if (!table->ttl_attribute.empty()) description.AttributeName = table->ttl_attribute;
    return output;
}

}  // namespace fogbank::dynamodb
