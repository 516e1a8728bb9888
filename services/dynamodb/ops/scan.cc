#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/ops/range_read.h"
#include "services/dynamodb/path_checks.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "src/base/ordered_key.h"

namespace fogbank::dynamodb {
namespace {

using Input = api::Scan::Input;

void check_request(const Input& input) {
    check_parameters({{"ProjectionExpression", input.ProjectionExpression.has_value()},
                      {"FilterExpression", input.FilterExpression.has_value()}},
                     {{"AttributesToGet", input.AttributesToGet.has_value()},
                      {"ScanFilter", input.ScanFilter.has_value()},
                      {"ConditionalOperator", input.ConditionalOperator.has_value()}},
                     input.ExpressionAttributeNames, &input.ExpressionAttributeValues, Wording::older);
}

void check_segments(const Input& input) {
    if (input.TotalSegments && !input.Segment) {
        refuse(
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is "
            "present");
    }
    if (input.Segment && !input.TotalSegments) {
        refuse(
            "The TotalSegments parameter is required but was not present in the request when Segment "
            "parameter is "
            "present");
    }
    if (input.Segment && *input.Segment >= *input.TotalSegments) {
        refuse(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
            std::to_string(*input.Segment) +
            " is not less than TotalSegments: " + std::to_string(*input.TotalSegments));
    }
}

// The first hash of a segment; empty above the last one. Keys begin with their hash.
std::string segment_start(std::int32_t segment, std::int32_t total) {
    if (segment == total) return {};
    __extension__ using Wide = unsigned __int128;
    const Wide first = (static_cast<Wide>(segment) << 64) / static_cast<Wide>(total);
    std::string out;
    ordered_key::append_uint64(out, static_cast<std::uint64_t>(first));
    return out;
}

struct Plan {
    std::optional<expression::Condition> filter;
    Shown shown;
};

Plan plan_scan(const Input& input) {
    check_request(input);
    Plan plan;
    // aws: the parameters that expressions replaced come first (dynalite's suite).
    if (input.AttributesToGet) plan.shown.projection = projection_of(*input.AttributesToGet);
    if (!input.FilterExpression) {
        plan.filter = condition_of(input.ScanFilter, input.ConditionalOperator, Wording::older);
    }
    check_start(input.ExclusiveStartKey, Wording::older);
    check_segments(input);
    expression::Placeholders placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues,
                                          Wording::older);
    if (input.FilterExpression) {
        plan.filter =
            expression::parse_condition(expression::Kind::filter, *input.FilterExpression, placeholders);
    }
    plan.shown = shown_of(input, placeholders, Wording::older);
    placeholders.check_all_used();
    return plan;
}

RangeReader::Request request_of(const Input& input, const Plan& plan, TablePtr table) {
    RangeReader::Request request;
    request.index = checked_index(*table, input.IndexName, input.ConsistentRead);
    const AttributeMap* start = input.ExclusiveStartKey ? &input.ExclusiveStartKey->attributes : nullptr;
    if (start != nullptr) {
        check_start_size(*table, request.index, *start, RangeRead::scan);
        if (request.index != nullptr)
            request.index->keys.each([&](const KeyAttribute& key) { check_start_key(*start, key); });
    }
    check_shown(*table, request.index, plan.shown);
    if (input.Segment) {
        request.low = segment_start(*input.Segment, *input.TotalSegments);
        request.high = segment_start(*input.Segment + 1, *input.TotalSegments);
    }
    if (start != nullptr) {
        const std::string place = start_bytes(*table, request.index, *start);
        if (place < request.low || (!request.high.empty() && place >= request.high)) {
            refuse(
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                "ExclusiveStartKey with correct Segment. TotalSegments: " +
                std::to_string(*input.TotalSegments) + " Segment: " + std::to_string(*input.Segment));
        }
        request.low = place + '\0';
    }
    if (plan.shown.projection) check_paths(*table, *plan.shown.projection);
    if (plan.filter) check_paths(*table, *plan.filter);
    request.table = std::move(table);
    request.content = plan.shown.content;
    request.shows_whole_items = fetches_items(*request.table, request.index, plan.shown);
    request.limit = input.Limit.value_or(0);
    if (plan.filter) request.filter = &*plan.filter;
    if (plan.shown.projection) request.projection = &*plan.shown.projection;
    return request;
}

}  // namespace

Task<api::Scan::Output> Service::scan(const RequestContext& context, const api::Scan::Input& input) {
    simulation_.check(Access::read);
    const Plan plan = plan_scan(input);
    check_table_name(*input.TableName);
    const Permission permission{context.operation->name,
                                input.IndexName ? std::string_view(*input.IndexName) : std::string_view(),
                                facts_of(input)};
    while (true) {
        const TablePtr table = find_table(context, *input.TableName, permission);
        RangeReader::Request request = request_of(input, plan, table);
        const Index* index = request.index;
        const Index* charged = index != nullptr && index->is_global ? index : nullptr;
        const CapacityPlace place{*table, charged, {}};
        simulation_.admit(place, Access::read);
        const auto consistency =
            input.ConsistentRead.value_or(false) ? Consistency::strong : Consistency::eventual;
        if (consistency == Consistency::eventual) {
            request.past = simulation_.past_rows(*table, index, unix_millis(context.received_at));
        }
        request.partitions = simulation_.partitions();
        RangeReader reader(std::move(request));
        const bool is_read = co_await read_page(database_, reader);
        if (!is_read) {
            tables_.forget(*table);
            continue;
        }
        api::Scan::Output output;
        const double units = read_units(reader.bytes(), consistency);
        const double fetched = fetch_units(reader.fetched_units(), consistency);
        simulation_.spend(place, reader.partitions(), units + fetched);
        output.ConsumedCapacity = read_capacity(input.ReturnConsumedCapacity, *table, index, units, fetched);
        show_page(reader, plan.shown, output);
        co_return output;
    }
}

}  // namespace fogbank::dynamodb
