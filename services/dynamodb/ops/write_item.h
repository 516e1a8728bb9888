// How PutItem, UpdateItem and DeleteItem run: prepared outside of the transaction on a cached table, and
// again where that turns out to be stale.
#pragma once

#include "services/dynamodb/capacity.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/front_end.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_writes.h"

#include <optional>
#include <string>
#include <utility>

namespace fogbank::dynamodb {

struct Written {
    ItemWrite write;
    ItemChange change;
};

// `find_table()` gives the table as the cache has it; `prepare(table)` makes the write.
template <class FindTable, class Prepare>
Task<Written> write_item(const Writer& writer, store::Database& database, TableCache& tables,
                         FindTable& find_table, Prepare& prepare) {
    while (true) {
        Written written{prepare(find_table()), {}};
        auto body = [&](store::Txn& txn) { return run(txn, written.write, writer); };
        std::optional<ItemChange> change = co_await database.write(body);
        if (change) {
            written.change = std::move(*change);
            co_return written;
        }
        tables.forget(*written.write.table);
    }
}

// Runs check(wording), which looks at the request alone, and words what it refuses as AWS does.
template <class Input, class Check>
auto checked(const Input& input, Check check) {
    try {
        return check(Wording::current);
    } catch (const Error& error) {
        if (!is_read_as_older(input)) refuse_in_envelope(error);
    }
    return check(Wording::older);
}

// ConditionExpression, or Expected.
template <class Input>
std::optional<expression::Condition> condition_of(const Input& input,
                                                  expression::Placeholders& placeholders) {
    if (!input.ConditionExpression) return condition_of(input.Expected, input.ConditionalOperator);
    return expression::parse_condition(expression::Kind::condition, *input.ConditionExpression, placeholders);
}

// ReturnValues of PutItem and DeleteItem.
inline void check_returned_old(const std::optional<std::string>& wanted) {
    if (wanted && *wanted != "ALL_OLD" && *wanted != "NONE")
        refuse("ReturnValues can only be ALL_OLD or NONE");
}

template <class Input>
void set_condition(const Input& input, const std::optional<expression::Condition>& condition,
                   ItemWrite& write) {
    if (condition) write.condition = &*condition;
    if (input.ReturnValuesOnConditionCheckFailure == "ALL_OLD")
        write.on_failure = ConditionFailure::with_item;
}

template <class Input, class Output>
void report_costs(const Input& input, const Written& written, Output& output) {
    output.ConsumedCapacity =
        write_capacity(input.ReturnConsumedCapacity, *written.write.table, written.change, written.write.key);
    output.ItemCollectionMetrics = collection_metrics(input.ReturnItemCollectionMetrics, *written.write.table,
                                                      *written.write.attributes);
}

}  // namespace fogbank::dynamodb
