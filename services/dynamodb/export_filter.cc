#include "services/dynamodb/export_filter.h"

#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/path_checks.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb {

using expression::Kind;

ExportFilter::ExportFilter(const api::FilterSpecification& given, const Table& table)
    : placeholders_(given.ExpressionAttributeNames, given.ExpressionAttributeValues, Wording::older) {
    check_parameters({{"ProjectionExpression", given.ProjectionExpression.has_value()},
                      {"FilterExpression", given.FilterExpression.has_value()},
                      {"KeyConditionExpression", given.KeyConditionExpression.has_value()}},
                     {}, given.ExpressionAttributeNames, &given.ExpressionAttributeValues, Wording::older);
    if (given.KeyConditionExpression) {
        keys_ =
            expression::parse_condition(Kind::key_condition, *given.KeyConditionExpression, placeholders_);
        range_of(table.keys, key_conditions_of(*keys_));
    }
    if (given.FilterExpression) {
        filter_ = expression::parse_condition(Kind::filter, *given.FilterExpression, placeholders_);
        if (keys_) check_filter(*filter_, table.keys, "Filter Expression");
        check_paths(table, *filter_);
    }
    if (given.ProjectionExpression) {
        projection_ = expression::parse_projection(*given.ProjectionExpression, placeholders_);
        check_paths(table, *projection_);
    }
    placeholders_.check_all_used();
}

std::optional<std::string> ExportFilter::shown(const std::string& item) const {
    const AttributeMap attributes = decode_stored(item);
    if (keys_ && !expression::evaluate(*keys_, attributes)) return std::nullopt;
    if (filter_ && !expression::evaluate(*filter_, attributes)) return std::nullopt;
    if (!projection_) return item;
    return to_json(expression::project(*projection_, attributes));
}

}  // namespace fogbank::dynamodb
