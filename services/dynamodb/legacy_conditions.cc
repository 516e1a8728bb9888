// The parameters that expressions replaced, turned into the same trees.
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace fogbank::dynamodb {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
using Type = AttributeValue::Type;
using Values = std::vector<const AttributeValue*>;

struct Comparison {
    std::string_view name;
    Operator op;
    std::size_t least, most;  // number of arguments
    bool is_scalar;           // takes S, N and B only
    bool is_negated = false;
};
constexpr Comparison kComparisons[] = {
    {"EQ", Operator::equal, 1, 1, false},
    {"NE", Operator::not_equal, 1, 1, false},
    {"IN", Operator::in, 1, SIZE_MAX, true},  // aws: takes 27,500 (dynalite's suite)
    {"LE", Operator::less_equal, 1, 1, true},
    {"LT", Operator::less, 1, 1, true},
    {"GE", Operator::greater_equal, 1, 1, true},
    {"GT", Operator::greater, 1, 1, true},
    {"BETWEEN", Operator::between, 2, 2, true},
    {"NOT_NULL", Operator::attribute_exists, 0, 0, false},
    {"NULL", Operator::attribute_not_exists, 0, 0, false},
    {"CONTAINS", Operator::contains, 1, 1, true},
    {"NOT_CONTAINS", Operator::contains, 1, 1, true, true},
    {"BEGINS_WITH", Operator::begins_with, 1, 1, true},
};

Condition make(const std::string& attribute, Operator op, const Values& values) {
    Condition out{op, {}, {}};
    out.operands.push_back({Operand::Kind::path, {expression::PathStep{attribute, 0, false}}, nullptr, {}});
    for (const AttributeValue* value : values) out.operands.push_back({Operand::Kind::value, {}, value, {}});
    return out;
}

void check_arguments(const Comparison& comparison, const Values& values, Wording wording) {
    const std::string name(comparison.name);
    for (const AttributeValue* value : values) {
        if (value->type() == Type::invalid) refuse(value->defect(wording));
    }
    if (values.size() < comparison.least || values.size() > comparison.most) {
        refuse_parameter("Invalid number of argument(s) for the " + name + " ComparisonOperator");
    }
    const bool are_alike = std::all_of(values.begin(), values.end(), [&](const AttributeValue* value) {
        return value->type() == values[0]->type();
    });
    if (!are_alike) refuse_parameter("AttributeValues inside AttributeValueList must be of same type");
    for (const AttributeValue* value : values) {
        const Type type = value->type();
        const bool is_scalar = type == Type::S || type == Type::N || type == Type::B;
        const bool is_fit = comparison.is_scalar ? is_scalar : true;
        if (!is_fit || (comparison.op == Operator::begins_with && type == Type::N)) {
            refuse_parameter("ComparisonOperator " + name + " is not valid for " +
                             std::string(type_name(type)) + " AttributeValue type");
        }
    }
    if (comparison.op == Operator::between) {
        const auto order = compare_values(*values[0], *values[1]);
        if (order && *order > 0) {
            refuse(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper "
                "bound");
        }
    }
}

Condition compare(const std::string& attribute, std::string_view operator_name, const Values& values,
                  Wording wording) {
    const auto found = std::find_if(std::begin(kComparisons), std::end(kComparisons),
                                    [&](const Comparison& each) { return each.name == operator_name; });
    if (found == std::end(kComparisons)) refuse_parameter("Unknown ComparisonOperator");
    check_arguments(*found, values, wording);
    Condition positive = make(attribute, found->op, values);
    if (!found->is_negated) return positive;
    Condition out{Operator::logical_not, {}, {}};
    out.conditions.push_back(std::move(positive));
    return out;
}

Values pointers(const std::optional<std::vector<AttributeValue>>& list) {
    Values out;
    if (list) {
        for (const AttributeValue& value : *list) out.push_back(&value);
    }
    return out;
}

// docs: "Legacy conditional parameters", Expected.
Condition expectation(const std::string& name, const api::ExpectedAttributeValue& expected) {
    const std::string of_attribute = " for Attribute: " + name;
    if (expected.Value && expected.AttributeValueList) {
        refuse_parameter("Value and AttributeValueList cannot be used together" + of_attribute);
    }
    if (expected.ComparisonOperator) {
        const std::string& op = *expected.ComparisonOperator;
        if (expected.Exists) {
            refuse_parameter("Exists and ComparisonOperator cannot be used together" + of_attribute);
        }
        if (op != "NULL" && op != "NOT_NULL" && !expected.Value && !expected.AttributeValueList) {
            refuse_parameter("Value or AttributeValueList must be used with ComparisonOperator: " + op +
                             of_attribute);
        }
        Values values = pointers(expected.AttributeValueList);
        if (expected.Value) values.push_back(&*expected.Value);
        return compare(name, op, values, Wording::current);
    }
    if (expected.AttributeValueList) {
        refuse_parameter("AttributeValueList can only be used with a ComparisonOperator" + of_attribute);
    }
    if (expected.Exists && !*expected.Exists) {
        if (expected.Value) refuse_parameter("Value cannot be used when Exists is false" + of_attribute);
        return make(name, Operator::attribute_not_exists, {});
    }
    if (!expected.Value) {
        refuse_parameter(std::string("Value must be provided when Exists is ") +
                         (expected.Exists ? "true" : "null") + of_attribute);
    }
    if (expected.Value->type() == Type::invalid) refuse(expected.Value->defect(Wording::current));
    return make(name, Operator::equal, {&*expected.Value});
}

std::optional<Condition> joined(std::vector<Condition> conditions, const std::optional<std::string>& op) {
    if (conditions.empty()) {
        if (op) refuse("ConditionalOperator cannot be used without Filter or Expected");
        return std::nullopt;
    }
    if (conditions.size() == 1) {
        if (op) {
            refuse("ConditionalOperator can only be used when Filter or Expected has two or more elements");
        }
        return std::move(conditions[0]);
    }
    const bool is_or = op && *op == "OR";
    return Condition{is_or ? Operator::logical_or : Operator::logical_and, {}, std::move(conditions)};
}

}  // namespace

std::optional<Condition> condition_of(const Expected& expected, const std::optional<std::string>& op) {
    std::vector<Condition> conditions;
    if (expected) {
        for (const auto& [name, value] : *expected) conditions.push_back(expectation(name, value));
    }
    return joined(std::move(conditions), op);
}

std::optional<Condition> condition_of(const Conditions& given, const std::optional<std::string>& op,
                                      Wording wording) {
    std::vector<Condition> conditions;
    if (given) {
        for (const auto& [name, condition] : *given) {
            conditions.push_back(compare(name, condition.ComparisonOperator.value_or(""),
                                         pointers(condition.AttributeValueList), wording));
        }
    }
    return joined(std::move(conditions), op);
}

Condition condition_of(const std::string& attribute, const api::Condition& condition) {
    return compare(attribute, condition.ComparisonOperator.value_or(""),
                   pointers(condition.AttributeValueList), Wording::current);
}

LegacyUpdate update_of(const model::Map<api::AttributeValueUpdate>& updates) {
    using expression::UpdateAction;
    LegacyUpdate out;
    for (const auto& [name, update] : updates) {
        if (name.empty()) refuse(std::string(kEmptyName));
        const std::string action = update.Action.value_or("PUT");
        if (update.Value && update.Value->type() == Type::invalid)
            refuse(update.Value->defect(Wording::current));
        if (!update.Value && action != "DELETE") {
            refuse_parameter("Only DELETE action is allowed when no attribute value is specified");
        }
        UpdateAction made;
        made.path = {expression::PathStep{name, 0, false}};
        made.is_legacy = true;
        if (update.Value) {
            const Type type = update.Value->type();
            const std::string of_type = " is not supported for the type " + std::string(type_name(type));
            if (action == "DELETE" && !update.Value->is_set()) {
                refuse_parameter("DELETE action with value" + of_type);
            }
            if (action == "ADD" && !update.Value->is_set() && type != Type::N && type != Type::L) {
                refuse_parameter("ADD action" + of_type);
            }
            made.operand = {Operand::Kind::value, {}, &*update.Value, {}};
        }
        if (action == "PUT") {
            made.kind = UpdateAction::Kind::set;
        } else if (action == "ADD") {
            made.kind = UpdateAction::Kind::add;
        } else {
            made.kind = update.Value ? UpdateAction::Kind::erase : UpdateAction::Kind::remove;
        }
        if (action != "DELETE") out.only_deletes = false;
        out.update.push_back(std::move(made));
    }
    return out;
}

}  // namespace fogbank::dynamodb
