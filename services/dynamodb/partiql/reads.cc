#include "services/dynamodb/partiql/reads.h"

#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "src/base/ordered_key.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
using Names = std::vector<std::string>;

constexpr std::size_t kMaxReads = 50;  // docs: PartiQL select statements, "up to 50 hash attribute values"

bool is_value(const Operand& operand) {
    return operand.kind == Operand::Kind::value;
}

bool names(const Condition& condition, const std::string& attribute) {
    const auto is_named = [&](const Operand& each) { return is_attribute(each, attribute); };
    const auto is_inside = [&](const Condition& each) { return names(each, attribute); };
    return std::any_of(condition.operands.begin(), condition.operands.end(), is_named) ||
           std::any_of(condition.conditions.begin(), condition.conditions.end(), is_inside);
}

bool has_values(const Condition& condition) {
    return std::all_of(condition.operands.begin() + 1, condition.operands.end(), is_value);
}

bool is_list(const Condition& condition, const std::string& attribute) {
    return condition.op == Operator::in && is_attribute(condition.operands[0], attribute) &&
           has_values(condition);
}

bool is_range(const Condition& condition, const std::string& attribute) {
    const bool is_allowed = condition.op == Operator::equal || condition.op == Operator::begins_with ||
                            (condition.op >= Operator::less && condition.op <= Operator::between);
    return is_allowed && is_attribute(condition.operands[0], attribute) && has_values(condition);
}

// Whether `hash` is bound wherever the condition holds.
bool is_keyed(const Condition& condition, const std::string& hash) {
    const auto is_inside = [&](const Condition& each) { return is_keyed(each, hash); };
    const auto& all = condition.conditions;
    if (condition.op == Operator::logical_and) return std::any_of(all.begin(), all.end(), is_inside);
    if (condition.op == Operator::logical_or) return std::all_of(all.begin(), all.end(), is_inside);
    return equal_value(condition, hash) != nullptr || is_list(condition, hash);
}

Condition equality(const Operand& left, const Operand& right) {
    Condition out;
    out.op = Operator::equal;
    out.operands = {left, right};
    return out;
}

void check_count(std::size_t count) {
    if (count > kMaxReads) refuse("Too many decomposed read operations for a given query.");
}

// Names of the attributes that the condition looks at, in its order.
void collect_names(const Condition& condition, Names& out) {
    for (const Condition& each : condition.conditions) collect_names(each, out);
    for (const Operand& operand : condition.operands) {
        const Operand& inner = operand.kind == Operand::Kind::size ? operand.operands[0] : operand;
        if (inner.kind != Operand::Kind::path || inner.path.empty()) continue;
        const std::string& name = inner.path[0].name;
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
}

// The order in which Java's HashSet goes through what was added to it (for names of ASCII).
Names hashed_order(const Names& names) {
    std::size_t buckets = 16;
    while (names.size() * 4 > buckets * 3) buckets *= 2;
    std::multimap<std::size_t, std::string> out;
    for (const std::string& name : names) {
        std::uint32_t hash = 0;
        for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
        out.emplace((hash ^ hash >> 16) & (buckets - 1), name);
    }
    Names ordered;
    for (const auto& [bucket, name] : out) ordered.push_back(name);
    return ordered;
}

std::string join(const Names& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

bool is_attribute(const Operand& operand, const std::string& name) {
    return operand.kind == Operand::Kind::path && operand.path.size() == 1 && operand.path[0].name == name;
}

const AttributeValue* equal_value(const Condition& condition, const std::string& attribute) {
    if (condition.op != Operator::equal) return nullptr;
    const Operand& left = condition.operands[0];
    const Operand& right = condition.operands[1];
    if (is_attribute(left, attribute) && is_value(right)) return right.value;
    if (is_attribute(right, attribute) && is_value(left)) return left.value;
    return nullptr;
}

bool is_projected(const Table& table, const Index& index, const std::string& name) {
    return index.projection == ProjectionType::all || table.keys.has(name) || index.keys.has(name) ||
           std::find(index.included.begin(), index.included.end(), name) != index.included.end();
}

void check_key_value(const KeyAttribute& attribute, const AttributeValue& value) {
    using Type = AttributeValue::Type;
    constexpr std::array<Type, 3> kKeyTypes{Type::S, Type::N, Type::B};
    if (std::find(kKeyTypes.begin(), kKeyTypes.end(), value.type()) == kKeyTypes.end()) {
        refuse("Key value must be of type S, N, or B. Key name: " + attribute.name +
               ", Key type: " + std::string(type_name(value.type())));
    }
    if (has_type(value, attribute)) return;
    refuse("Key attribute's data type should match its data type in table's schema: Key " + attribute.name);
}

Reads::Reads(const KeySchema& keys, const std::optional<Condition>& where) : keys_(keys) {
    if (!where || !is_keyed(*where, keys.hash.name)) return;
    branches_ = branches_of(*where);
    for (Branch& branch : branches_) {
        for (const Condition* each : branch.conditions) {
            if (branch.partition == nullptr) branch.partition = equal_value(*each, keys.hash.name);
        }
    }
}

// Whether a key condition stands in it: other conditions stay together.
bool Reads::is_split(const Condition& condition) const {
    if (condition.op == Operator::logical_and || condition.op == Operator::logical_or) {
        return std::any_of(condition.conditions.begin(), condition.conditions.end(),
                           [&](const Condition& each) { return is_split(each); });
    }
    const auto is_on = [&](const std::string& name) {
        return equal_value(condition, name) != nullptr || is_list(condition, name);
    };
    if (is_on(keys_.hash.name)) return true;
    return keys_.range && (is_on(keys_.range->name) || is_range(condition, keys_.range->name));
}

std::vector<Reads::Branch> Reads::branches_of(const Condition& condition) {
    const bool is_key_list =
        is_list(condition, keys_.hash.name) || (keys_.range && is_list(condition, keys_.range->name));
    std::vector<Branch> out;
    if (is_key_list) {
        check_count(condition.operands.size() - 1);
        for (std::size_t i = 1; i < condition.operands.size(); ++i) {
            made_.push_back(equality(condition.operands[0], condition.operands[i]));
            out.push_back({{&made_.back()}, nullptr});
        }
        return out;
    }
    if (condition.op == Operator::logical_and) return joined(condition);
    if (condition.op != Operator::logical_or || !is_split(condition)) return {{{&condition}, nullptr}};
    for (const Condition& each : condition.conditions) {
        std::vector<Branch> more = branches_of(each);
        check_count(out.size() + more.size());
        std::move(more.begin(), more.end(), std::back_inserter(out));
    }
    return out;
}

std::vector<Reads::Branch> Reads::joined(const Condition& conjunction) {
    std::vector<Branch> out(1);
    for (const Condition& each : conjunction.conditions) {
        const std::vector<Branch> parts = branches_of(each);
        check_count(out.size() * parts.size());
        std::vector<Branch> product;
        for (const Branch& branch : out) {
            for (const Branch& part : parts) {
                product.push_back(branch);
                product.back().conditions.insert(product.back().conditions.end(), part.conditions.begin(),
                                                 part.conditions.end());
            }
        }
        out = std::move(product);
    }
    return out;
}

void Reads::check_types(const Branch& branch) const {
    for (const Condition* each : branch.conditions) {
        if (const AttributeValue* value = equal_value(*each, keys_.hash.name))
            check_key_value(keys_.hash, *value);
        if (!keys_.range) continue;
        if (const AttributeValue* value = equal_value(*each, keys_.range->name)) {
            check_key_value(*keys_.range, *value);
        } else if (is_range(*each, keys_.range->name)) {
            for (std::size_t i = 1; i < each->operands.size(); ++i)
                check_key_value(*keys_.range, *each->operands[i].value);
        }
    }
}

void Reads::check() const {
    for (const Branch& branch : branches_) check_types(branch);
    if (branches_.size() < 2) return;
    // The keys that a branch reaches, where they are a range.
    const auto reach_of = [&](const Branch& branch) -> std::optional<KeyRange> {
        const KeyCondition hash{keys_.hash.name, Operator::equal, {branch.partition}};
        KeyRange out = range_of(keys_, {hash});
        for (const Condition* each : branch.conditions) {
            const AttributeValue* other = equal_value(*each, keys_.hash.name);
            if (other != nullptr && !(*other == *branch.partition)) return std::nullopt;
            if (!keys_.range || !names(*each, keys_.range->name)) continue;
            if (!is_range(*each, keys_.range->name)) return std::nullopt;
            KeyCondition sort{keys_.range->name, each->op, {}};
            for (std::size_t i = 1; i < each->operands.size(); ++i)
                sort.values.push_back(each->operands[i].value);
            const KeyRange narrower = range_of(keys_, {hash, sort});
            out.low = std::max(out.low, narrower.low);
            out.high = std::min(out.high, narrower.high);
        }
        if (out.low >= out.high) return std::nullopt;
        return out;
    };
    std::vector<KeyRange> ranges;
    for (const Branch& branch : branches_) {
        if (auto reach = reach_of(branch)) ranges.push_back(std::move(*reach));
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

void Reads::check_projection(const Table& table, const Index& index) const {
    std::string last;
    Names told;
    for (const Branch& branch : branches_) {
        Names lacking;
        for (const Condition* each : branch.conditions) collect_names(*each, lacking);
        std::erase_if(lacking, [&](const std::string& name) { return is_projected(table, index, name); });
        if (lacking.empty()) return;
        std::string place = partition_bytes(*branch.partition).substr(kPartitionBytes);
        if (!told.empty() && place < last) continue;
        last = std::move(place);
        told = std::move(lacking);
    }
    if (told.empty()) return;
    refuse_parameter("Secondary index " + index.name + " does not project one or more filter attributes: [" +
                     join(hashed_order(told)) + "]");
}

std::optional<AttributeMap> Reads::single_key() const {
    if (branches_.size() != 1) return std::nullopt;
    AttributeMap key;
    for (const Condition* each : branches_[0].conditions) {
        const std::string* name = &keys_.hash.name;
        const AttributeValue* value = equal_value(*each, *name);
        if (value == nullptr && keys_.range) {
            name = &keys_.range->name;
            value = equal_value(*each, *name);
        }
        if (value == nullptr) return std::nullopt;
        const AttributeValue* known = key.find(*name);
        if (known != nullptr && !(*known == *value)) return std::nullopt;
        if (known == nullptr) key.set(*name, *value);
    }
    if (key.size() != (keys_.range ? 2U : 1U)) return std::nullopt;
    return key;
}

}  // namespace fogbank::dynamodb::partiql
