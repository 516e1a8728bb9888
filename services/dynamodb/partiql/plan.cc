#include "services/dynamodb/partiql/plan.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/partiql/reads.h"
#include "services/dynamodb/refuse.h"

#include <algorithm>
#include <set>

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
using Values = std::vector<const AttributeValue*>;

// The conditions that all have to hold.
void collect(const Condition& condition, std::vector<const Condition*>& out) {
    if (condition.op != Operator::logical_and) {
        out.push_back(&condition);
        return;
    }
    for (const Condition& each : condition.conditions) collect(each, out);
}

// All values that `attribute` can have where the condition holds; nothing where it may have any.
std::optional<Values> possible_values(const Condition& condition, const std::string& attribute) {
    if (const AttributeValue* value = equal_value(condition, attribute)) return Values{value};
    if (condition.op == Operator::in && is_attribute(condition.operands[0], attribute)) {
        Values out;
        for (std::size_t i = 1; i < condition.operands.size(); ++i) {
            if (condition.operands[i].kind != Operand::Kind::value) return std::nullopt;
            out.push_back(condition.operands[i].value);
        }
        return out;
    }
    if (condition.op == Operator::logical_and) {
        std::optional<Values> best;
        for (const Condition& each : condition.conditions) {
            auto values = possible_values(each, attribute);
            if (values && (!best || values->size() < best->size())) best = std::move(values);
        }
        return best;
    }
    if (condition.op != Operator::logical_or) return std::nullopt;
    Values all;
    for (const Condition& each : condition.conditions) {
        const auto values = possible_values(each, attribute);
        if (!values) return std::nullopt;
        all.insert(all.end(), values->begin(), values->end());
    }
    return all;
}

void drop_equal(Values& values) {
    Values out;
    for (const AttributeValue* value : values) {
        const bool is_known =
            std::any_of(out.begin(), out.end(), [&](const AttributeValue* each) { return *each == *value; });
        if (!is_known) out.push_back(value);
    }
    values = std::move(out);
}

// A condition on the sort key that narrows the range.
std::optional<KeyCondition> sort_condition(const Condition& where, const std::string& attribute) {
    std::vector<const Condition*> all;
    collect(where, all);
    std::optional<KeyCondition> out;
    for (const Condition* each : all) {
        const bool is_range = each->op == Operator::equal || each->op == Operator::begins_with ||
                              (each->op >= Operator::less && each->op <= Operator::between);
        if (!is_range || !is_attribute(each->operands[0], attribute)) continue;
        KeyCondition found{attribute, each->op, {}};
        for (std::size_t i = 1; i < each->operands.size(); ++i) {
            if (each->operands[i].kind == Operand::Kind::value)
                found.values.push_back(each->operands[i].value);
        }
        if (found.values.size() + 1 != each->operands.size()) continue;
        if (!out || found.op == Operator::equal) out = std::move(found);
    }
    return out;
}

// aws: these words are the conformance suite's, captured in 2026; Query words each of them otherwise.
void check_index(const Index& index, ReadConsistency consistency) {
    if (index.is_filling) refuse("Cannot read from backfilling global secondary index: " + index.name);
    if (index.is_global && consistency == ReadConsistency::strong) {
        refuse("Strongly consistent read is not supported on Global Secondary Indexes");
    }
}

// What the statement asks of an index that it has not.
void check_shown(const Table& table, const Statement& statement, ReadPlan& plan) {
    const Index& index = *plan.index;
    std::string absent;
    for (const expression::Path& path : statement.projection) {
        if (!is_projected(table, index, path[0].name)) absent += (absent.empty() ? "" : ", ") + path[0].name;
    }
    if (absent.empty()) return;
    if (index.is_global) {
        refuse_parameter("Global secondary index " + index.name + " does not project [" + absent + "]");
    }
    plan.shows_whole_items = true;
}

void check_order(const Statement& statement, const KeySchema& keys, const Values& hashes) {
    bool has_hash = false;
    for (const OrderTerm& term : statement.order) {
        if (!keys.has(term.attribute)) {
            refuse("Attribute " + term.attribute + " in ORDER BY clause must be part of the primary key");
        }
        has_hash = has_hash || term.attribute == keys.hash.name;
    }
    if (hashes.empty()) {
        refuse(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY "
            "clause.");
    }
    if (hashes.size() > 1 && !has_hash) {
        refuse(
            "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE "
            "clause.");
    }
}

void apply_order(const Statement& statement, const KeySchema& keys, Values& hashes, ReadPlan& plan) {
    if (statement.order.empty()) return;
    check_order(statement, keys, hashes);
    using Direction = OrderTerm::Direction;
    // aws: sort keys descend where ORDER BY does not name them (captured 2026-09-17: "ORDER BY pk ASC" and
    // "ORDER BY pk DESC" both answer them so).
    Direction sort = Direction::descending;
    for (const OrderTerm& term : statement.order) {
        if (term.attribute != keys.hash.name) {
            sort = term.direction;
            continue;
        }
        const bool ascends = term.direction == Direction::ascending;
        std::stable_sort(hashes.begin(), hashes.end(), [&](const AttributeValue* a, const AttributeValue* b) {
            const auto order = ascends ? compare_values(*a, *b) : compare_values(*b, *a);
            return order && *order < 0;
        });
    }
    plan.order =
        sort == Direction::ascending ? RangeReader::Order::ascending : RangeReader::Order::descending;
}

}  // namespace

const Index* named_index(const Table& table, const Statement& statement) {
    const Index* index = nullptr;
    if (statement.index) {
        index = table.find_index(*statement.index);
        if (index == nullptr) refuse("The table does not have the specified index");
        // aws: captured 2026-10 (conformance suite); it names tables and means the index.
        if (!index->keys.is_simple()) {
            refuse(
                "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
                "multi-attribute RANGE keys.");
        }
    }
    if (!statement.projection_defect.empty()) refuse(statement.projection_defect);
    return index;
}

std::optional<ExactKey> exact_key(const KeySchema& keys, const std::optional<Condition>& where) {
    if (!where) return std::nullopt;
    std::vector<const Condition*> all;
    collect(*where, all);
    ExactKey out;
    std::vector<const Condition*> rest;
    for (const Condition* each : all) {
        const std::string* name = &keys.hash.name;
        const AttributeValue* value = equal_value(*each, *name);
        if (value == nullptr && keys.range) {
            name = &keys.range->name;
            value = equal_value(*each, *name);
        }
        const AttributeValue* known = value != nullptr ? out.key.find(*name) : nullptr;
        if (value != nullptr && known == nullptr) {
            out.key.set(*name, *value);
            continue;
        }
        if (known != nullptr && *known == *value) continue;
        if (known != nullptr && out.contested.empty()) out.contested = *name;
        rest.push_back(each);
    }
    if (out.key.size() != (keys.range ? 2U : 1U)) return std::nullopt;
    if (rest.size() == 1) out.rest = *rest[0];
    if (rest.size() > 1) {
        out.rest.emplace();
        out.rest->op = Operator::logical_and;
        for (const Condition* each : rest) out.rest->conditions.push_back(*each);
    }
    return out;
}

ReadPlan plan_read(const Table& table, const Statement& statement, ReadConsistency consistency) {
    ReadPlan plan;
    plan.index = named_index(table, statement);
    if (plan.index != nullptr) check_index(*plan.index, consistency);
    const KeySchema& keys = plan.index != nullptr ? plan.index->keys : table.keys;
    const Reads reads(keys, statement.where);
    reads.check();
    if (plan.index != nullptr) {
        reads.check_projection(table, *plan.index);
        check_shown(table, statement, plan);
    }
    Values hashes;
    if (statement.where) hashes = possible_values(*statement.where, keys.hash.name).value_or(Values());
    drop_equal(hashes);
    apply_order(statement, keys, hashes, plan);
    std::optional<KeyCondition> sort;
    if (statement.where && keys.range) sort = sort_condition(*statement.where, keys.range->name);
    for (const AttributeValue* hash : hashes) {
        std::vector<KeyCondition> conditions{{keys.hash.name, Operator::equal, {hash}}};
        if (sort) conditions.push_back(*sort);
        plan.ranges.push_back(range_of(keys, conditions));
    }
    if (plan.ranges.empty()) plan.ranges.emplace_back();
    return plan;
}

}  // namespace fogbank::dynamodb::partiql
