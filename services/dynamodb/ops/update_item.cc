#include "services/dynamodb/model/update_item.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/update_charge.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/ops/write_item.h"
#include "services/dynamodb/path_checks.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb {
namespace {

// The part of the item, as it is in `json`, that the update names.
std::optional<Item> touched(const expression::Update& update, const std::string& json) {
    expression::Projection paths;
    for (const expression::UpdateAction& action : update) paths.push_back(action.path);
    AttributeMap part = expression::project(paths, decode_stored(json));
    if (part.empty()) return std::nullopt;
    return Item::of(std::move(part));
}

std::optional<Item> returned(const std::optional<std::string>& wanted, const expression::Update& update,
                             ItemChange& change) {
    if (wanted == "ALL_OLD" && change.existed) return Item::of_json(std::move(change.old_json));
    if (wanted == "ALL_NEW" && change.exists) return Item::of_json(std::move(change.new_json));
    if (wanted == "UPDATED_OLD" && change.existed) return touched(update, change.old_json);
    if (wanted == "UPDATED_NEW" && change.exists) return touched(update, change.new_json);
    return std::nullopt;
}

struct Checked {
    LegacyUpdate update;
    std::optional<expression::Condition> condition;
};

Checked check(const api::UpdateItem::Input& input, Wording wording) {
    check_parameters({{"UpdateExpression", input.UpdateExpression.has_value()},
                      {"ConditionExpression", input.ConditionExpression.has_value()}},
                     {{"AttributeUpdates", input.AttributeUpdates.has_value()},
                      {"Expected", input.Expected.has_value()},
                      {"ConditionalOperator", input.ConditionalOperator.has_value()}},
                     input.ExpressionAttributeNames, &input.ExpressionAttributeValues, wording);
    check_values(input.Key->attributes, wording);
    expression::Placeholders placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues,
                                          wording);
    Checked out;
    out.update.only_deletes = false;
    if (input.AttributeUpdates) out.update = update_of(*input.AttributeUpdates);
    if (input.UpdateExpression)
        out.update.update = expression::parse_update(*input.UpdateExpression, placeholders);
    out.condition = condition_of(input, placeholders);
    placeholders.check_all_used();
    return out;
}

}  // namespace

Task<api::UpdateItem::Output> Service::update_item(const RequestContext& context,
                                                   const api::UpdateItem::Input& input) {
    const AttributeMap& key = input.Key->attributes;
    const Checked request = checked(input, [&](Wording wording) { return check(input, wording); });
    const LegacyUpdate& update = request.update;
    if (input.UpdateExpression && update_charge(update.update) > kMaxItemBytes) {
        refuse("Item size to update has exceeded the maximum allowed size");
    }
    check_table_name(*input.TableName);

    auto find = [&] {
        TablePtr table =
            find_table(context, *input.TableName, {context.operation->name, {}, facts_of(input)});
        simulation_.admit({*table}, Access::write);
        return table;
    };
    auto prepare = [&](TablePtr table) {
        check_key_is_kept(*table, update.update);
        ItemWrite write = prepare_key(ItemWrite::Kind::update, std::move(table), key);
        check_index_types(*write.table, update.update);
        check_paths(*write.table, update.update);
        write.update = &update.update;
        write.creates_item = !update.only_deletes || update.update.empty();
        set_condition(input, request.condition, write);
        return write;
    };
    simulation_.check(Access::write);
    const Writer by = writer(context);
    Written written = co_await write_item(by, database_, tables_, find, prepare);
    api::UpdateItem::Output output;
    report_costs(input, written, output);
    output.Attributes = returned(input.ReturnValues, update.update, written.change);
    co_return output;
}

}  // namespace fogbank::dynamodb
