// What requests have for DynamoDB's own condition keys. Nothing of it runs where no policy asks.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/expression/placeholders.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/request_checks.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// Top-level names.
void add_names(const AttributeMap& attributes, ConditionFacts& out);
void add_names(const expression::Projection& projection, ConditionFacts& out);
void add_names(const expression::Condition& condition, ConditionFacts& out);
void add_names(const expression::Update& update, ConditionFacts& out);
// The names of an item or a key, and the value of its partition key.
void add_item(const AttributeMap& item, const Table& table, ConditionFacts& out);
// The values that the condition leaves for the partition key; nothing where it leaves any.
std::optional<std::vector<std::string>> leading_values(const expression::Condition& condition,
                                                       const KeySchema& keys);

template <class Map>
void add_keys(const std::optional<Map>& given, ConditionFacts& out) {
    if (!given) return;
    for (const auto& [name, value] : *given) out.attributes.insert(name);
}

template <class Request>
void add_legacy(const Request& request, ConditionFacts& out) {
    if constexpr (requires { request.Expected; }) add_keys(request.Expected, out);
    if constexpr (requires { request.AttributeUpdates; }) add_keys(request.AttributeUpdates, out);
    if constexpr (requires { request.QueryFilter; }) add_keys(request.QueryFilter, out);
    if constexpr (requires { request.ScanFilter; }) add_keys(request.ScanFilter, out);
    if constexpr (requires { request.AttributesToGet; }) {
        if (request.AttributesToGet) {
            out.attributes.insert(request.AttributesToGet->begin(), request.AttributesToGet->end());
        }
    }
}

// The request's expressions were parsed before: they are well-formed.
template <class Request>
void add_expressions(const Request& request, expression::Placeholders& placeholders, ConditionFacts& out) {
    using expression::Kind;
    if constexpr (requires { request.ProjectionExpression; }) {
        if (request.ProjectionExpression) {
            add_names(expression::parse_projection(*request.ProjectionExpression, placeholders), out);
        }
    }
    if constexpr (requires { request.ConditionExpression; }) {
        if (request.ConditionExpression) {
            add_names(
                expression::parse_condition(Kind::condition, *request.ConditionExpression, placeholders),
                out);
        }
    }
    if constexpr (requires { request.FilterExpression; }) {
        if (request.FilterExpression) {
            add_names(expression::parse_condition(Kind::filter, *request.FilterExpression, placeholders),
                      out);
        }
    }
    if constexpr (requires { request.UpdateExpression; }) {
        if (request.UpdateExpression) {
            add_names(expression::parse_update(*request.UpdateExpression, placeholders), out);
        }
    }
}

// Of a Query: the conditions on its key.
template <class Request>
void add_key_conditions(const Request& request, const Table& table, expression::Placeholders& placeholders,
                        ConditionFacts& out) {
    const Index* index = request.IndexName ? table.find_index(*request.IndexName) : nullptr;
    const KeySchema& keys = index != nullptr ? index->keys : table.keys;
    if (request.KeyConditionExpression) {
        const auto parsed = expression::parse_condition(expression::Kind::key_condition,
                                                        *request.KeyConditionExpression, placeholders);
        add_names(parsed, out);
        out.leading_keys = leading_values(parsed, keys);
    } else if (request.KeyConditions) {
        for (const auto& [name, given] : *request.KeyConditions) {
            out.attributes.insert(name);
            if (name == keys.hash.name) out.leading_keys = leading_values(condition_of(name, given), keys);
        }
    }
}

// docs: Query, Select: what stands for none.
template <class Request>
std::string select_of(const Request& request) {
    if constexpr (requires { request.Select; }) {
        if (request.Select) return *request.Select;
    }
    if (request.ProjectionExpression || request.AttributesToGet) return "SPECIFIC_ATTRIBUTES";
    if constexpr (requires { request.IndexName; }) {
        if (request.IndexName) return "ALL_PROJECTED_ATTRIBUTES";
    }
    return "ALL_ATTRIBUTES";
}

template <class Request>
void gather_facts(const Request& request, const Table& table, ConditionFacts& out) {
    if constexpr (requires { request.Item; }) add_item(request.Item->attributes, table, out);
    if constexpr (requires { request.Key; }) add_item(request.Key->attributes, table, out);
    if constexpr (requires { request.Keys; }) {
        for (const Item& key : *request.Keys) add_item(key.attributes, table, out);
    }
    add_legacy(request, out);
    static const std::optional<Item> kNoValues;
    const std::optional<Item>* values = &kNoValues;
    if constexpr (requires { request.ExpressionAttributeValues; })
        values = &request.ExpressionAttributeValues;
    expression::Placeholders placeholders(request.ExpressionAttributeNames, *values, Wording::older);
    add_expressions(request, placeholders, out);
    if constexpr (requires { request.KeyConditionExpression; }) {
        add_key_conditions(request, table, placeholders, out);
    }
    if constexpr (requires { request.ProjectionExpression; }) out.select = select_of(request);
    if constexpr (requires { request.ReturnValues; })
        out.return_values = request.ReturnValues.value_or("NONE");
    if constexpr (requires { request.ReturnConsumedCapacity; }) {
        out.return_capacity = request.ReturnConsumedCapacity.value_or("NONE");
    }
}

// Of BatchWriteItem: the requests for one table.
template <class Write>
    requires requires(const Write& write) { write.PutRequest; }
void gather_facts(const std::vector<Write>& writes, const Table& table, ConditionFacts& out) {
    for (const Write& write : writes) {
        if (write.PutRequest) add_item(write.PutRequest->Item->attributes, table, out);
        if (write.DeleteRequest) add_item(write.DeleteRequest->Key->attributes, table, out);
    }
}

// `request` outlives the check; `return_capacity` is that of the request which it is a part of.
template <class Request>
FactSource facts_of(const Request& request, const std::optional<std::string>* return_capacity = nullptr) {
    const FactSource::Gather gather = [](const void* given, const Table& table, ConditionFacts& out) {
        gather_facts(*static_cast<const Request*>(given), table, out);
    };
    return {&request, gather, return_capacity};
}

}  // namespace fogbank::dynamodb
