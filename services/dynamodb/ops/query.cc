#include "services/dynamodb/model/query.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/ops/range_read.h"
#include "services/dynamodb/path_checks.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using expression::Condition;
using Input = api::Query::Input;

// A Query as far as it can be told without the table.
struct Plan {
    std::vector<KeyCondition> keys;
    std::optional<Condition> filter;
    Shown shown;
};

void check_request(const Input& input) {
    check_parameters({{"ProjectionExpression", input.ProjectionExpression.has_value()},
                      {"FilterExpression", input.FilterExpression.has_value()},
                      {"KeyConditionExpression", input.KeyConditionExpression.has_value()}},
                     {{"AttributesToGet", input.AttributesToGet.has_value()},
                      {"QueryFilter", input.QueryFilter.has_value()},
                      {"ConditionalOperator", input.ConditionalOperator.has_value()},
                      // aws: conditions on keys may stand beside other expressions (dynalite's suite).
                      {"KeyConditions", input.KeyConditions && input.KeyConditionExpression}},
                     input.ExpressionAttributeNames, &input.ExpressionAttributeValues, Wording::current);
    if (input.Limit && *input.Limit < 1) {
        refuse(
            "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have "
            "value "
            "greater than or equal to 1");
    }
}

void plan_keys(const Input& input, const std::optional<Condition>& parsed, Plan& plan) {
    if (parsed) {
        plan.keys = key_conditions_of(*parsed);
        return;
    }
    if (input.KeyConditions->empty()) refuse("Conditions can be of length 1 or 2 only");
    for (const auto& [name, given] : *input.KeyConditions) {
        const Condition condition = condition_of(name, given);
        KeyCondition key{name, condition.op, {}};
        for (std::size_t i = 1; i < condition.operands.size(); ++i)
            key.values.push_back(condition.operands[i].value);
        plan.keys.push_back(std::move(key));
    }
}

Plan plan_query(const Input& input) {
    check_request(input);
    Plan plan;
    // aws: the parameters that expressions replaced come first, but for KeyConditions (dynalite's suite).
    if (!input.FilterExpression) {
        plan.filter = condition_of(input.QueryFilter, input.ConditionalOperator, Wording::current);
    }
    if (input.AttributesToGet) plan.shown.projection = projection_of(*input.AttributesToGet);
    check_start(input.ExclusiveStartKey, Wording::current);
    if (!input.KeyConditions && !input.KeyConditionExpression) {
        refuse(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    expression::Placeholders placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues,
                                          Wording::current);
    // aws: all expressions are parsed before conditions are looked at as ones on keys (dynalite's suite).
    std::optional<Condition> keys;
    if (input.KeyConditionExpression) {
        keys = expression::parse_condition(expression::Kind::key_condition, *input.KeyConditionExpression,
                                           placeholders);
    }
    if (input.FilterExpression) {
        plan.filter =
            expression::parse_condition(expression::Kind::filter, *input.FilterExpression, placeholders);
    }
    plan.shown = shown_of(input, placeholders, Wording::current);
    plan_keys(input, keys, plan);
    placeholders.check_all_used();
    return plan;
}

// A starting key whose `place` the conditions do not reach. aws: dynalite's suite.
[[noreturn]] void refuse_start(const KeySchema& keys, const std::vector<KeyCondition>& conditions,
                               const AttributeMap& start, const std::string& place) {
    if (conditions.size() <= keys.more_hashes.size() + 1) {
        refuse("The provided starting key is outside query boundaries based on provided conditions");
    }
    // The same conditions in the partition of the starting key.
    std::vector<KeyCondition> moved = conditions;
    for (KeyCondition& each : moved) {
        keys.each_hash([&](const KeyAttribute& hash) {
            if (each.attribute == hash.name) each.values = {start.find(hash.name)};
        });
    }
    const KeyRange range = range_of(keys, moved);
    if (place < range.low || place >= range.high) {
        refuse("The provided starting key does not match the range key predicate");
    }
    refuse("The query can return at most one row and cannot be restarted");
}

RangeReader::Request request_of(const Input& input, const Plan& plan, TablePtr table) {
    RangeReader::Request request;
    request.index = checked_index(*table, input.IndexName, input.ConsistentRead);
    const KeySchema& keys = request.index != nullptr ? request.index->keys : table->keys;
    const AttributeMap* start = input.ExclusiveStartKey ? &input.ExclusiveStartKey->attributes : nullptr;
    if (start != nullptr) check_start_size(*table, request.index, *start, RangeRead::query);
    KeyRange range = range_of(keys, plan.keys, [&](const KeyAttribute& key) {
        if (start != nullptr) check_start_key(*start, key);
    });
    const std::string place = start != nullptr ? start_bytes(*table, request.index, *start) : std::string();
    if (start != nullptr && (place < range.low || place >= range.high)) {
        refuse_start(keys, plan.keys, *start, place);
    }
    if (plan.shown.projection) check_paths(*table, *plan.shown.projection);
    if (plan.filter) {
        check_filter(*plan.filter, keys, input.FilterExpression ? "Filter Expression" : "QueryFilter");
    }
    check_shown(*table, request.index, plan.shown);
    if (plan.filter) check_paths(*table, *plan.filter);
    request.order = input.ScanIndexForward.value_or(true) ? RangeReader::Order::ascending
                                                          : RangeReader::Order::descending;
    if (start != nullptr) {
        if (request.order == RangeReader::Order::ascending) {
            range.low = place + '\0';
        } else {
            range.high = place;
        }
    }
    request.table = std::move(table);
    request.low = std::move(range.low);
    request.high = std::move(range.high);
    request.content = plan.shown.content;
    request.shows_whole_items = fetches_items(*request.table, request.index, plan.shown);
    request.limit = input.Limit.value_or(0);
    if (plan.filter) request.filter = &*plan.filter;
    if (plan.shown.projection) request.projection = &*plan.shown.projection;
    return request;
}

}  // namespace

Task<api::Query::Output> Service::query(const RequestContext& context, const api::Query::Input& input) {
    simulation_.check(Access::read);
    const Plan plan = plan_query(input);
    check_table_name(*input.TableName);
    const Permission permission{context.operation->name,
                                input.IndexName ? std::string_view(*input.IndexName) : std::string_view(),
                                facts_of(input)};
    while (true) {
        const TablePtr table = find_table(context, *input.TableName, permission);
        RangeReader::Request request = request_of(input, plan, table);
        const Index* index = request.index;
        const Index* charged = index != nullptr && index->is_global ? index : nullptr;
        const std::string partition = request.low.substr(0, kPartitionBytes);
        const CapacityPlace place{*table, charged, partition};
        simulation_.admit(place, Access::read);
        const auto consistency =
            input.ConsistentRead.value_or(false) ? Consistency::strong : Consistency::eventual;
        if (consistency == Consistency::eventual) {
            request.past = simulation_.past_rows(*table, index, unix_millis(context.received_at));
        }
        RangeReader reader(std::move(request));
        const bool is_read = co_await read_page(database_, reader);
        if (!is_read) {
            tables_.forget(*table);
            continue;
        }
        api::Query::Output output;
        const double units = read_units(reader.bytes(), consistency);
        const double fetched = fetch_units(reader.fetched_units(), consistency);
        simulation_.spend(place, Access::read, units + fetched);
        output.ConsumedCapacity = read_capacity(input.ReturnConsumedCapacity, *table, index, units, fetched);
        show_page(reader, plan.shown, output);
        co_return output;
    }
}

}  // namespace fogbank::dynamodb
