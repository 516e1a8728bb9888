#include "services/dynamodb/model/get_item.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/path_checks.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb {

api::GetItem::Output Service::get_item(const RequestContext& context, const api::GetItem::Input& input) {
    simulation_.check(Access::read);
    const AttributeMap& key = input.Key->attributes;
    check_parameters({{"ProjectionExpression", input.ProjectionExpression.has_value()}},
                     {{"AttributesToGet", input.AttributesToGet.has_value()}}, input.ExpressionAttributeNames,
                     nullptr, Wording::current);
    check_values(key, Wording::current);
    std::optional<expression::Projection> projection;
    if (input.AttributesToGet) projection = projection_of(*input.AttributesToGet);
    static const std::optional<Item> kNoValues;
    expression::Placeholders placeholders(input.ExpressionAttributeNames, kNoValues, Wording::current);
    if (input.ProjectionExpression) {
        projection = expression::parse_projection(*input.ProjectionExpression, placeholders);
    }
    placeholders.check_all_used();
    check_table_name(*input.TableName);

    while (true) {
        const TablePtr table =
            find_table(context, *input.TableName, {context.operation->name, {}, facts_of(input)});
        check_key(table->keys, key);
        if (projection) check_paths(*table, *projection);
        const std::string bytes = key_bytes(table->keys, key);
        const CapacityPlace place{*table, nullptr, bytes};
        simulation_.admit(place, Access::read);
        auto found = database_.read([&](store::ReadTxn& txn) { return read_item(txn, *table, bytes); });
        if (found.is_stale) {
            tables_.forget(*table);
            continue;
        }
        api::GetItem::Output output;
        const auto consistency =
            input.ConsistentRead.value_or(false) ? Consistency::strong : Consistency::eventual;
        if (consistency == Consistency::eventual) {
            simulation_.show_past(*table, bytes, unix_millis(context.received_at), found);
        }
        simulation_.spend(place, Access::read, read_units(found.size, consistency));
        output.ConsumedCapacity =
            read_capacity(input.ReturnConsumedCapacity, *table, nullptr, read_units(found.size, consistency));
        if (!found.exists) return output;
        if (projection) {
            output.Item = Item::of(expression::project(*projection, decode_stored(found.json)));
        } else {
            output.Item = Item::of_json(std::move(found.json));
        }
        return output;
    }
}

}  // namespace fogbank::dynamodb
