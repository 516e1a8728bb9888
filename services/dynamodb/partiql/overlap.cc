#include "services/dynamodb/partiql/overlap.h"

#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "src/base/ordered_key.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
// Conditions that all hold.
using Branch = std::vector<Condition>;

// A clause with more is not looked at.
constexpr std::size_t kMaxBranches = 300;

bool is_attribute(const Operand& operand, const KeyAttribute& attribute) {
    return operand.kind == Operand::Kind::path && operand.path.size() == 1 &&
           operand.path[0].name == attribute.name;
}

bool names(const Condition& condition, const KeyAttribute& attribute) {
    const auto is_named = [&](const Operand& each) { return is_attribute(each, attribute); };
    const auto is_inside = [&](const Condition& each) { return names(each, attribute); };
    return std::any_of(condition.operands.begin(), condition.operands.end(), is_named) ||
           std::any_of(condition.conditions.begin(), condition.conditions.end(), is_inside);
}

Condition equality(const Operand& left, const Operand& right) {
    Condition out;
    out.op = Operator::equal;
    out.operands = {left, right};
    return out;
}

// The condition as branches of which one holds; nothing where they are too many.
std::optional<std::vector<Branch>> branches_of(const Condition& condition, const KeySchema& keys) {
    std::vector<Branch> out;
    const bool is_key_list =
        condition.op == Operator::in &&
        (is_attribute(condition.operands[0], keys.hash) || is_attribute(condition.operands[0], *keys.range));
    if (is_key_list) {
        for (std::size_t i = 1; i < condition.operands.size(); ++i) {
            out.push_back({equality(condition.operands[0], condition.operands[i])});
        }
        return out;
    }
    if (condition.op == Operator::logical_or) {
        for (const Condition& each : condition.conditions) {
            auto more = branches_of(each, keys);
            if (!more || out.size() + more->size() > kMaxBranches) return std::nullopt;
            std::move(more->begin(), more->end(), std::back_inserter(out));
        }
        return out;
    }
    if (condition.op != Operator::logical_and) return std::vector<Branch>{{condition}};
    out.emplace_back();
    for (const Condition& each : condition.conditions) {
        const auto parts = branches_of(each, keys);
        if (!parts || out.size() * parts->size() > kMaxBranches) return std::nullopt;
        std::vector<Branch> product;
        for (const Branch& branch : out) {
            for (const Branch& part : *parts) {
                product.push_back(branch);
                product.back().insert(product.back().end(), part.begin(), part.end());
            }
        }
        out = std::move(product);
    }
    return out;
}

const AttributeValue* partition_of(const Branch& branch, const KeyAttribute& hash) {
    for (const Condition& each : branch) {
        if (each.op != Operator::equal) continue;
        for (std::size_t i : {0U, 1U}) {
            if (is_attribute(each.operands[i], hash) && each.operands[1 - i].kind == Operand::Kind::value)
                return each.operands[1 - i].value;
        }
    }
    return nullptr;
}

bool is_range(const Condition& condition, const KeyAttribute& attribute) {
    const bool is_allowed = condition.op == Operator::equal || condition.op == Operator::begins_with ||
                            (condition.op >= Operator::less && condition.op <= Operator::between);
    return is_allowed && is_attribute(condition.operands[0], attribute) &&
           std::all_of(condition.operands.begin() + 1, condition.operands.end(),
                       [](const Operand& each) { return each.kind == Operand::Kind::value; });
}

// The keys that a branch reaches; nothing where it meets none.
std::optional<KeyRange> reach_of(const Branch& branch, const KeySchema& keys,
                                 const AttributeValue& partition) {
    const KeyCondition hash{keys.hash.name, Operator::equal, {&partition}};
    KeyRange out = range_of(keys, {hash});
    for (const Condition& each : branch) {
        if (!names(each, *keys.range)) continue;
        if (!is_range(each, *keys.range)) return std::nullopt;
        KeyCondition sort{keys.range->name, each.op, {}};
        for (std::size_t i = 1; i < each.operands.size(); ++i) sort.values.push_back(each.operands[i].value);
        const KeyRange narrower = range_of(keys, {hash, sort});
        out.low = std::max(out.low, narrower.low);
        out.high = std::min(out.high, narrower.high);
    }
    if (out.low >= out.high) return std::nullopt;
    return out;
}

}  // namespace

void check_overlap(const KeySchema& keys, const Condition& where) {
    if (!keys.range) return;
    const auto branches = branches_of(where, keys);
    if (!branches || branches->size() < 2) return;
    std::vector<KeyRange> ranges;
    for (const Branch& branch : *branches) {
        const AttributeValue* partition = partition_of(branch, keys.hash);
        if (partition == nullptr) return;  // a scan
        if (auto reach = reach_of(branch, keys, *partition)) ranges.push_back(std::move(*reach));
    }
    std::sort(ranges.begin(), ranges.end(),
              [](const KeyRange& a, const KeyRange& b) { return a.low < b.low; });
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].low < ranges[i - 1].high) {
            refuse("Overlapping conditions with range keys are not supported in where clause");
        }
        ranges[i].high = std::max(ranges[i].high, ranges[i - 1].high);
    }
}

}  // namespace fogbank::dynamodb::partiql
