#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/describe.h"
#include "services/dynamodb/model/describe_endpoints.h"
#include "services/dynamodb/model/describe_limits.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/throughput.h"

namespace fogbank::dynamodb {
namespace {

struct Found {
    TablePtr table;
    Description description;
};

}  // namespace

Task<api::DescribeTable::Output> Service::describe_table(const RequestContext& context,
                                                         const api::DescribeTable::Input& input) {
    const NamedTable named = permitted_table(tables_, context, *input.TableName);
    const std::string& name = named.name;
    auto body = [&](store::ReadTxn& txn) {
        Found found{load_table(txn, named.account, context.region, name), {"ACTIVE", {}, {}, {}}};
        if (found.table == nullptr) return found;
        found.description.counts = count_table(txn, *found.table);
        found.description.replicas = load_replicas(txn, *found.table);
        found.description.index_items = count_entries(txn, *found.table);
        return found;
    };
    // The entries of indexes are counted one by one.
    Found found = co_await database_.read_in_pool(body);
    if (found.table == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                " not found");
    }
    found.description.now_ms = unix_millis(context.received_at);
    api::DescribeTable::Output output;
    output.Table = describe(*found.table, found.description);
    co_return output;
}

api::DescribeLimits::Output Service::describe_limits(const RequestContext&,
                                                     const api::DescribeLimits::Input&) {
    api::DescribeLimits::Output output;
    output.AccountMaxReadCapacityUnits = kMaxAccountUnits;
    output.AccountMaxWriteCapacityUnits = kMaxAccountUnits;
    output.TableMaxReadCapacityUnits = kMaxTableUnits;
    output.TableMaxWriteCapacityUnits = kMaxTableUnits;
    return output;
}

api::DescribeEndpoints::Output Service::describe_endpoints(const RequestContext& context,
                                                           const api::DescribeEndpoints::Input&) {
    api::DescribeEndpoints::Output output;
    output.Endpoints.emplace();
    api::Endpoint& endpoint = output.Endpoints->emplace_back();
    // Clients that ask come back to the host they reached us by.
    const std::size_t scheme = context.base_url.find("://");
    endpoint.Address = scheme == std::string::npos ? context.base_url : context.base_url.substr(scheme + 3);
    endpoint.CachePeriodInMinutes = 1440;
    return output;
}

}  // namespace fogbank::dynamodb
