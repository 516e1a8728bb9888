#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/ops/write_item.h"
#include "services/dynamodb/refuse.h"

namespace fogbank::dynamodb {
namespace {

std::optional<expression::Condition> condition_of_put(const api::PutItem::Input& input, Wording wording) {
    check_parameters({{"ConditionExpression", input.ConditionExpression.has_value()}},
                     {{"Expected", input.Expected.has_value()},
                      {"ConditionalOperator", input.ConditionalOperator.has_value()}},
                     input.ExpressionAttributeNames, &input.ExpressionAttributeValues, wording);
    check_item(input.Item->attributes, wording);
    check_returned_old(input.ReturnValues);
    expression::Placeholders placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues,
                                          wording);
    auto condition = condition_of(input, placeholders);
    placeholders.check_all_used();
    return condition;
}

}  // namespace

Task<api::PutItem::Output> Service::put_item(const RequestContext& context,
                                             const api::PutItem::Input& input) {
    const AttributeMap& item = input.Item->attributes;
    const auto condition = checked(input, [&](Wording wording) { return condition_of_put(input, wording); });
    if (item_size(item) > kMaxItemBytes) refuse("Item size has exceeded the maximum allowed size");
    check_table_name(*input.TableName);

    auto find = [&] {
        TablePtr table =
            find_table(context, *input.TableName, {context.operation->name, {}, facts_of(input)});
        simulation_.admit({*table}, Access::write);
        return table;
    };
    auto prepare = [&](TablePtr table) {
        ItemWrite write = prepare_put(std::move(table), item);
        set_condition(input, condition, write);
        return write;
    };
    simulation_.check(Access::write);
    const Writer by = writer(context);
    Written written = co_await write_item(by, database_, tables_, find, prepare);
    api::PutItem::Output output;
    report_costs(input, written, output);
    if (input.ReturnValues == "ALL_OLD" && written.change.existed) {
        output.Attributes = Item::of_json(std::move(written.change.old_json));
    }
    co_return output;
}

}  // namespace fogbank::dynamodb
