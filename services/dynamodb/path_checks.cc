#include "services/dynamodb/path_checks.h"

#include "services/dynamodb/refuse.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using expression::Operand;
using expression::Path;
using Type = AttributeValue::Type;

void check_path(const Table& table, const Path& path) {
    if (path.size() < 2) return;
    const std::string& name = path[0].name;
    const bool is_key = table.keys.has(name);
    const bool is_index_key = std::any_of(table.indexes.begin(), table.indexes.end(),
                                          [&](const Index& index) { return index.keys.has(name); });
    if (!is_key && !is_index_key) return;
    refuse("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
           std::string(is_key ? "Key: " : "IndexKey: ") + name);
}

void check_operand(const Table& table, const Operand& operand) {
    check_path(table, operand.path);
    for (const Operand& each : operand.operands) check_operand(table, each);
}

// "N"; empty where only the item tells.
std::string_view type_of(const Operand& operand) {
    switch (operand.kind) {
        case Operand::Kind::value:
            return type_name(operand.value->type());
        case Operand::Kind::if_not_exists:
            return type_of(operand.operands[0]);
        case Operand::Kind::list_append:
            return type_name(Type::L);
        case Operand::Kind::plus:
        case Operand::Kind::minus:
            return type_name(Type::N);
        default:
            return {};
    }
}

// The key attribute `name` of `index`, or null.
const KeyAttribute* key_named(const Index& index, const std::string& name) {
    const KeyAttribute* found = nullptr;
    index.keys.each([&](const KeyAttribute& each) { found = each.name == name ? &each : found; });
    return found;
}

}  // namespace

void check_paths(const Table& table, const expression::Projection& projection) {
    for (const Path& path : projection) check_path(table, path);
}

void check_paths(const Table& table, const expression::Condition& condition) {
    for (const expression::Condition& each : condition.conditions) check_paths(table, each);
    for (const Operand& each : condition.operands) check_operand(table, each);
}

void check_paths(const Table& table, const expression::Update& update) {
    for (const expression::UpdateAction& action : update) {
        check_path(table, action.path);
        check_operand(table, action.operand);
    }
}

void check_index_types(const Table& table, const expression::Update& update) {
    const Index* wrong = nullptr;
    const KeyAttribute* key = nullptr;
    std::string_view actual;
    for (const expression::UpdateAction& action : update) {
        const bool is_removal = action.kind == expression::UpdateAction::Kind::remove;
        const std::string_view type = is_removal ? std::string_view() : type_of(action.operand);
        if (action.path.size() > 1 || type.empty()) continue;
        for (const Index& index : table.indexes) {
            const KeyAttribute* found = key_named(index, action.path[0].name);
            if (found == nullptr || type == std::string_view(&found->type, 1)) continue;
            // aws: of several indexes the first by name is named.
            if (wrong != nullptr && wrong->name <= index.name) continue;
            wrong = &index;
            key = found;
            actual = type;
        }
    }
    if (wrong == nullptr) return;
    refuse_parameter("Type mismatch for Index Key " + key->name + " Expected: " + std::string(1, key->type) +
                     " Actual: " + std::string(actual) + " IndexName: " + wrong->name);
}

void check_filter(const expression::Condition& filter, const KeySchema& keys, const std::string& parameter) {
    for (const expression::Condition& each : filter.conditions) check_filter(each, keys, parameter);
    for (const expression::Operand& operand : filter.operands) {
        const expression::Operand& inner = operand.operands.empty() ? operand : operand.operands[0];
        if (inner.kind != expression::Operand::Kind::path || inner.path.empty()) continue;
        const std::string& name = inner.path[0].name;
        if (!keys.has(name)) continue;
        refuse(parameter + " can only contain non-primary key attributes: Primary key attribute: " + name);
    }
}

}  // namespace fogbank::dynamodb
