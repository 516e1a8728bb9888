#include "services/dynamodb/key_condition.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "src/base/ordered_key.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;

constexpr std::size_t kMaxConditions = 2;  // of a table's key, or a simple one of an index

constexpr std::array<std::string_view, 16> kOperatorNames{"=",
                                                          "<>",
                                                          "<",
                                                          "<=",
                                                          ">",
                                                          ">=",
                                                          "BETWEEN",
                                                          "IN",
                                                          "attribute_exists",
                                                          "attribute_not_exists",
                                                          "attribute_type",
                                                          "begins_with",
                                                          "contains",
                                                          "AND",
                                                          "OR",
                                                          "NOT"};

[[noreturn]] void refuse_expression(const std::string& message) {
    refuse("Invalid KeyConditionExpression: " + message);
}

bool is_allowed(Operator op) {
    return op == Operator::equal || (op >= Operator::less && op <= Operator::between) ||
           op == Operator::begins_with;
}

Operator mirrored(Operator op) {
    switch (op) {
        case Operator::less:
            return Operator::greater;
        case Operator::less_equal:
            return Operator::greater_equal;
        case Operator::greater:
            return Operator::less;
        case Operator::greater_equal:
            return Operator::less_equal;
        default:
            return op;
    }
}

KeyCondition single(const Condition& condition) {
    const Operand* path = nullptr;
    KeyCondition out;
    out.op = condition.op;
    const bool starts_with_path = condition.operands[0].kind == Operand::Kind::path;
    if (!starts_with_path && (out.op == Operator::between || out.op == Operator::begins_with)) {
        refuse_expression("Invalid condition in KeyConditionExpression: " +
                          std::string(kOperatorNames[static_cast<std::size_t>(out.op)]) +
                          " operator must have the key attribute as its first operand");
    }
    for (const Operand& operand : condition.operands) {
        if (operand.kind == Operand::Kind::size) {
            refuse_expression("KeyConditionExpressions cannot contain nested operations");
        }
        if (operand.kind == Operand::Kind::value) {
            out.values.push_back(operand.value);
            continue;
        }
        if (path != nullptr) {
            refuse_expression(
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
                "condition");
        }
        path = &operand;
    }
    if (path == nullptr) {
        refuse_expression("Invalid condition in KeyConditionExpression: No key attribute specified");
    }
    if (path->path.size() > 1) {
        refuse_expression("KeyConditionExpressions cannot have conditions on nested attributes");
    }
    if (path != &condition.operands[0]) out.op = mirrored(out.op);
    out.attribute = path->path[0].name;
    return out;
}

void collect(const Condition& condition, std::vector<KeyCondition>& out) {
    if (condition.op == Operator::logical_and) {
        for (const Condition& each : condition.conditions) collect(each, out);
        return;
    }
    if (!is_allowed(condition.op)) {
        refuse_expression("Invalid operator used in KeyConditionExpression: " +
                          std::string(kOperatorNames[static_cast<std::size_t>(condition.op)]));
    }
    out.push_back(single(condition));
}

const KeyCondition* find(const std::vector<KeyCondition>& conditions, const std::string& attribute) {
    const auto found = std::find_if(conditions.begin(), conditions.end(),
                                    [&](const KeyCondition& each) { return each.attribute == attribute; });
    return found == conditions.end() ? nullptr : &*found;
}

void check_values(const KeyCondition& condition, const KeyAttribute& attribute) {
    if (!is_allowed(condition.op)) refuse("Attempted conditional constraint is not an indexable operation");
    for (const AttributeValue* value : condition.values) {
        if (!has_type(*value, attribute))
            refuse_parameter("Condition parameter type does not match schema type");
        if (value->type() != AttributeValue::Type::N && value->text().empty()) {
            refuse(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                "contain an "
                "empty " +
                std::string(attribute.type == 'B' ? "binary" : "string") + " value. Key: " + attribute.name);
        }
    }
}

KeyRange sort_range(const std::string& partition, const KeyCondition& condition) {
    const auto with = [&](const AttributeValue& value) {
        std::string out = partition;
        append_sort_bytes(out, value);
        return out;
    };
    const std::string first = with(*condition.values[0]);
    const std::string start = partition;
    const std::string end = ordered_key::after_prefix(partition);
    // The bytes of a key end an index entry too, so "equal" is a range: all that starts with them.
    switch (condition.op) {
        case Operator::equal:
            return {first, ordered_key::after_prefix(first)};
        case Operator::less:
            return {start, first};
        case Operator::less_equal:
            return {start, ordered_key::after_prefix(first)};
        case Operator::greater:
            return {ordered_key::after_prefix(first), end};
        case Operator::greater_equal:
            return {first, end};
        case Operator::between:
            return {first, ordered_key::after_prefix(with(*condition.values[1]))};
        default:
            break;
    }
    std::string prefix = partition;
    ordered_key::append_bytes_prefix(prefix, condition.values[0]->text());
    return {prefix, ordered_key::after_prefix(prefix)};
}

}  // namespace

std::vector<KeyCondition> key_conditions_of(const Condition& parsed) {
    std::vector<KeyCondition> out;
    collect(parsed, out);
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (std::size_t j = i + 1; j < out.size(); ++j) {
            if (out[i].attribute == out[j].attribute) {
                refuse_expression("KeyConditionExpressions must only contain one condition per key");
            }
        }
    }
    return out;
}

namespace {

// aws: captured 2026-10 (conformance suite).
void check_range_order(const KeySchema& keys, const std::vector<KeyCondition>& conditions) {
    std::string open;  // attributes of the sort key that no equality fixes
    keys.each_range([&](const KeyAttribute& attribute) {
        const KeyCondition* range = find(conditions, attribute.name);
        if (range != nullptr && !open.empty()) {
            refuse("RANGE key attributes " + open +
                   " must have equality conditions specified in the query because a condition is present on "
                   "key attribute " +
                   attribute.name);
        }
        if (range == nullptr || range->op != Operator::equal)
            open += (open.empty() ? "" : ", ") + attribute.name;
    });
}

// docs: "Multi-attribute keys": all of the partition key, equal; of the sort key the first attributes, in
// their order, all equal but for the last one that is given.
KeyRange long_range_of(const KeySchema& keys, const std::vector<KeyCondition>& conditions) {
    check_range_order(keys, conditions);
    std::vector<const AttributeValue*> hashes;
    keys.each_hash([&](const KeyAttribute& attribute) {
        const KeyCondition* hash = find(conditions, attribute.name);
        if (hash == nullptr) refuse("Query condition missed key schema element: " + attribute.name);
        check_values(*hash, attribute);
        if (hash->op != Operator::equal) refuse("Query key condition not supported");
        hashes.push_back(hash->values[0]);
    });
    std::string prefix = partition_bytes(hashes);
    std::size_t used = hashes.size();
    const KeyCondition* last = nullptr;
    keys.each_range([&](const KeyAttribute& attribute) {
        const KeyCondition* range = find(conditions, attribute.name);
        if (range == nullptr) return;
        check_values(*range, attribute);
        if (range->op == Operator::begins_with && attribute.type == 'N') {
            refuse("Query key condition not supported");
        }
        if (last != nullptr) append_sort_bytes(prefix, *last->values[0]);
        last = range;
        ++used;
    });
    if (used != conditions.size()) refuse("Query key condition not supported");
    if (last == nullptr) return {prefix, ordered_key::after_prefix(prefix)};
    return sort_range(prefix, *last);
}

}  // namespace

KeyRange range_of(const KeySchema& keys, const std::vector<KeyCondition>& conditions,
                  const KeyCheck& check_first) {
    if (!keys.is_simple()) {
        keys.each(check_first);
        return long_range_of(keys, conditions);
    }
    const std::size_t attributes = keys.range ? 2 : 1;
    if (conditions.size() > kMaxConditions) {
        refuse("The number of query conditions (" + std::to_string(conditions.size()) +
               ") exceeds the number of key attributes defined in the schema (" + std::to_string(attributes) +
               ")");
    }
    // aws: one attribute after the other (dynalite's suite).
    check_first(keys.hash);
    if (!keys.range && conditions.size() > 1) refuse("Query key condition not supported");
    const KeyCondition* hash = find(conditions, keys.hash.name);
    if (hash == nullptr) refuse("Query condition missed key schema element: " + keys.hash.name);
    check_values(*hash, keys.hash);
    if (hash->op != Operator::equal) refuse("Query key condition not supported");
    const std::string partition = partition_bytes(*hash->values[0]);
    const KeyCondition* range = keys.range ? find(conditions, keys.range->name) : nullptr;
    if (keys.range) {
        check_first(*keys.range);
        if (conditions.size() > 1 && range == nullptr) {
            refuse("Query condition missed key schema element: " + keys.range->name);
        }
    }
    if (range == nullptr) return {partition, ordered_key::after_prefix(partition)};
    check_values(*range, *keys.range);
    if (range->op == Operator::begins_with && keys.range->type == 'N') {
        refuse("Query key condition not supported");
    }
    return sort_range(partition, *range);
}

}  // namespace fogbank::dynamodb
