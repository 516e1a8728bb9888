#include "services/dynamodb/expression/evaluate.h"

#include "src/base/bytes.h"

#include <algorithm>
#include <optional>

namespace fogbank::dynamodb::expression {
namespace {

using Type = AttributeValue::Type;

// A value that stands in the item or the request, or one that was computed.
class Resolved {
public:
    Resolved() = default;
    explicit Resolved(const AttributeValue* value) : value_(value) {}
    explicit Resolved(AttributeValue computed) : computed_(std::move(computed)) {}
    const AttributeValue* get() const { return computed_ ? &*computed_ : value_; }

private:
    const AttributeValue* value_ = nullptr;
    std::optional<AttributeValue> computed_;
};

std::optional<std::size_t> size_of(const AttributeValue& value) {
    switch (value.type()) {
        case Type::S:
            return utf16_length(value.text());  // aws: Java's String.length()
        case Type::B:
            return value.text().size();
        case Type::M:
            return value.map().size();
        case Type::L:
            return value.list().size();
        case Type::SS:
        case Type::NS:
        case Type::BS:
            return value.set().size();
        default:
            return std::nullopt;
    }
}

Resolved resolve(const Operand& operand, const AttributeMap& item) {
    if (operand.kind == Operand::Kind::value) return Resolved(operand.value);
    if (operand.kind == Operand::Kind::path) return Resolved(find(item, operand.path));
    if (operand.kind != Operand::Kind::size) return {};
    const Resolved measured = resolve(operand.operands[0], item);
    if (measured.get() == nullptr) return {};
    const auto size = size_of(*measured.get());
    if (!size) return {};
    return Resolved(AttributeValue::number(static_cast<std::int64_t>(*size)));
}

bool is_ordered(Operator op, const AttributeValue& a, const AttributeValue& b) {
    const auto order = compare_values(a, b);
    if (!order) return false;
    switch (op) {
        case Operator::less:
            return *order < 0;
        case Operator::less_equal:
            return *order <= 0;
        case Operator::greater:
            return *order > 0;
        default:
            return *order >= 0;
    }
}

bool holds(const AttributeValue& container, const AttributeValue& sought) {
    const auto has_element = [&](Type element) {
        const AttributeValue::Set& set = container.set();
        return sought.type() == element && std::find(set.begin(), set.end(), sought.text()) != set.end();
    };
    switch (container.type()) {
        case Type::S:
        case Type::B:
            return sought.type() == container.type() &&
                   container.text().find(sought.text()) != std::string::npos;
        case Type::SS:
            return has_element(Type::S);
        case Type::NS:
            return has_element(Type::N);
        case Type::BS:
            return has_element(Type::B);
        case Type::L:
            return std::find(container.list().begin(), container.list().end(), sought) !=
                   container.list().end();
        default:
            return false;
    }
}

bool starts(const AttributeValue& value, const AttributeValue& prefix) {
    if (value.type() != prefix.type() || (value.type() != Type::S && value.type() != Type::B)) return false;
    return value.text().starts_with(prefix.text());
}

// The operators whose operands must all have values.
bool judge_values(const Condition& condition, const std::vector<Resolved>& values) {
    const AttributeValue& first = *values[0].get();
    switch (condition.op) {
        case Operator::equal:
            return first == *values[1].get();
        case Operator::between:
            return is_ordered(Operator::greater_equal, first, *values[1].get()) &&
                   is_ordered(Operator::less_equal, first, *values[2].get());
        case Operator::attribute_type:
            return type_name(first.type()) == values[1].get()->text();
        case Operator::begins_with:
            return starts(first, *values[1].get());
        case Operator::contains:
            return holds(first, *values[1].get());
        default:
            return is_ordered(condition.op, first, *values[1].get());
    }
}

bool judge(const Condition& condition, const AttributeMap& item) {
    std::vector<Resolved> values;
    values.reserve(condition.operands.size());
    for (const Operand& operand : condition.operands) values.push_back(resolve(operand, item));
    const AttributeValue* first = values[0].get();
    switch (condition.op) {
        case Operator::attribute_exists:
            return first != nullptr;
        case Operator::attribute_not_exists:
            return first == nullptr;
        case Operator::not_equal: {
            // aws: an attribute that is not there differs from every value
            const AttributeValue* second = values[1].get();
            return first == nullptr || second == nullptr ? first != second : !(*first == *second);
        }
        case Operator::in:
            return first != nullptr &&
                   std::any_of(values.begin() + 1, values.end(), [&](const Resolved& each) {
                       return each.get() != nullptr && *each.get() == *first;
                   });
        default:
            break;
    }
    const bool all =
        std::all_of(values.begin(), values.end(), [](const Resolved& each) { return each.get(); });
    return all && judge_values(condition, values);
}

// Paths that have come as far as some value of the item, `depth` steps from the item.
using Paths = std::vector<const Path*>;

template <class Matches>
Paths matching(const Paths& paths, std::size_t depth, Matches matches) {
    Paths out;
    for (const Path* path : paths) {
        if (matches((*path)[depth])) out.push_back(path);
    }
    return out;
}

AttributeMap part_of_map(const AttributeMap& from, const Paths& paths, std::size_t depth);

// The part of `from` that `paths` name; nothing where they name none. Of a list the named elements, in order.
std::optional<AttributeValue> part_of(const AttributeValue& from, const Paths& paths, std::size_t depth) {
    if (paths.empty()) return std::nullopt;
    if (std::any_of(paths.begin(), paths.end(), [&](const Path* path) { return path->size() == depth; }))
        return from;
    if (from.type() == Type::M) {
        AttributeMap part = part_of_map(from.map(), paths, depth);
        if (part.empty()) return std::nullopt;
        return AttributeValue::map(std::move(part));
    }
    if (from.type() != Type::L) return std::nullopt;
    AttributeValue::List part;
    for (std::size_t i = 0; i < from.list().size(); ++i) {
        const Paths below =
            matching(paths, depth, [&](const PathStep& step) { return step.is_index && step.index == i; });
        if (auto element = part_of(from.list()[i], below, depth + 1)) part.push_back(std::move(*element));
    }
    if (part.empty()) return std::nullopt;
    return AttributeValue::list(std::move(part));
}

AttributeMap part_of_map(const AttributeMap& from, const Paths& paths, std::size_t depth) {
    AttributeMap out;
    for (const Attribute& attribute : from) {
        const Paths below = matching(paths, depth, [&](const PathStep& step) {
            return !step.is_index && step.name == attribute.name;
        });
        if (auto part = part_of(attribute.value, below, depth + 1)) out.set(attribute.name, std::move(*part));
    }
    return out;
}

}  // namespace

bool evaluate(const Condition& condition, const AttributeMap& item) {
    switch (condition.op) {
        case Operator::logical_and:
            return std::all_of(condition.conditions.begin(), condition.conditions.end(),
                               [&](const Condition& each) { return evaluate(each, item); });
        case Operator::logical_or:
            return std::any_of(condition.conditions.begin(), condition.conditions.end(),
                               [&](const Condition& each) { return evaluate(each, item); });
        case Operator::logical_not:
            return !evaluate(condition.conditions[0], item);
        default:
            return judge(condition, item);
    }
}

AttributeMap project(const Projection& paths, const AttributeMap& item) {
    const bool is_flat =
        std::all_of(paths.begin(), paths.end(), [](const Path& path) { return path.size() == 1; });
    if (is_flat) {
        AttributeMap out;
        for (const Path& path : paths) {
            if (const AttributeValue* value = item.find(path[0].name)) out.set(path[0].name, *value);
        }
        return out;
    }
    Paths all;
    for (const Path& path : paths) all.push_back(&path);
    return part_of_map(item, all, 0);
}

}  // namespace fogbank::dynamodb::expression
