#include "services/dynamodb/condition_facts.h"

#include "src/base/bytes.h"

namespace fogbank::dynamodb {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
using Type = AttributeValue::Type;

// As a policy writes it; empty where it is no key.
std::string text_of(const AttributeValue& value) {
    switch (value.type()) {
        case Type::S:
        case Type::N:
            return value.text();
        case Type::B:
            return base64_encode(value.text());
        default:
            return {};
    }
}

void add_path(const expression::Path& path, ConditionFacts& out) {
    if (!path.empty()) out.attributes.insert(path[0].name);
}

void add_operand(const Operand& operand, ConditionFacts& out) {
    add_path(operand.path, out);
    for (const Operand& each : operand.operands) add_operand(each, out);
}

bool is_attribute(const Operand& operand, const std::string& name) {
    return operand.kind == Operand::Kind::path && operand.path.size() == 1 && operand.path[0].name == name;
}

// The values that an equality or an IN gives the attribute; nothing where it is about another thing.
std::optional<std::vector<std::string>> values_of(const Condition& condition, const std::string& name) {
    if (condition.op != Operator::equal && condition.op != Operator::in) return std::nullopt;
    std::vector<std::string> out;
    bool names_it = false;
    for (const Operand& operand : condition.operands) {
        if (operand.kind == Operand::Kind::value) {
            out.push_back(text_of(*operand.value));
        } else if (is_attribute(operand, name)) {
            names_it = true;
        } else {
            return std::nullopt;
        }
    }
    if (!names_it || out.empty()) return std::nullopt;
    return out;
}

}  // namespace

void add_names(const AttributeMap& attributes, ConditionFacts& out) {
    for (const Attribute& each : attributes) out.attributes.insert(each.name);
}

void add_names(const expression::Projection& projection, ConditionFacts& out) {
    for (const expression::Path& path : projection) add_path(path, out);
}

void add_names(const Condition& condition, ConditionFacts& out) {
    for (const Condition& each : condition.conditions) add_names(each, out);
    for (const Operand& each : condition.operands) add_operand(each, out);
}

void add_names(const expression::Update& update, ConditionFacts& out) {
    for (const expression::UpdateAction& action : update) {
        add_path(action.path, out);
        add_operand(action.operand, out);
    }
}

void add_item(const AttributeMap& item, const Table& table, ConditionFacts& out) {
    add_names(item, out);
    const AttributeValue* hash = item.find(table.keys.hash.name);
    if (hash == nullptr) return;
    if (!out.leading_keys) out.leading_keys.emplace();
    out.leading_keys->push_back(text_of(*hash));
}

std::optional<std::vector<std::string>> leading_values(const Condition& condition, const KeySchema& keys) {
    if (condition.op == Operator::logical_and) {
        for (const Condition& each : condition.conditions) {
            if (auto found = leading_values(each, keys)) return found;
        }
        return std::nullopt;
    }
    if (condition.op != Operator::logical_or) return values_of(condition, keys.hash.name);
    std::vector<std::string> out;
    for (const Condition& each : condition.conditions) {
        const auto found = leading_values(each, keys);
        if (!found) return std::nullopt;
        out.insert(out.end(), found->begin(), found->end());
    }
    return out;
}

}  // namespace fogbank::dynamodb
