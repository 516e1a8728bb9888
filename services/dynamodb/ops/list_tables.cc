#include "services/dynamodb/model/list_tables.h"
#include "services/dynamodb/service.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kDefaultLimit = 100;  // docs: ListTables, Limit

}  // namespace

api::ListTables::Output Service::list_tables(const RequestContext& context,
                                             const api::ListTables::Input& input) {
    const std::int64_t limit = input.Limit ? *input.Limit : kDefaultLimit;
    const std::string after = input.ExclusiveStartTableName.value_or("");
    api::ListTables::Output output;
    output.TableNames = database_.read([&](store::ReadTxn& txn) {
        return dynamodb::list_tables(txn, context.account, context.region, after, limit + 1);
    });
    if (static_cast<std::int64_t>(output.TableNames->size()) > limit) {
        output.TableNames->pop_back();
        output.LastEvaluatedTableName = output.TableNames->back();
    }
    return output;
}

}  // namespace fogbank::dynamodb
