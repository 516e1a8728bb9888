#include "services/dynamodb/expression/ast.h"

#include <array>

namespace fogbank::dynamodb::expression {
namespace {

template <class Map, class Value>
Value* walk(Map& item, const Path& path) {
    Value* at = item.find(path.front().name);
    for (std::size_t i = 1; at != nullptr && i < path.size(); ++i) {
        const PathStep& step = path[i];
        if (step.is_index) {
            if (at->type() != AttributeValue::Type::L || step.index >= at->list().size()) return nullptr;
            at = &at->list()[step.index];
        } else {
            if (at->type() != AttributeValue::Type::M) return nullptr;
            at = at->map().find(step.name);
        }
    }
    return at;
}

}  // namespace

std::string_view kind_name(Kind kind) {
    static constexpr std::array<std::string_view, 5> kNames{"ConditionExpression", "FilterExpression",
                                                            "KeyConditionExpression", "ProjectionExpression",
                                                            "UpdateExpression"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string describe(const Path& path) {
    std::string out = "[";
    for (const PathStep& step : path) {
        if (out.size() > 1) out += ", ";
        out += step.is_index ? "[" + std::to_string(step.index) + "]" : step.name;
    }
    return out + "]";
}

const AttributeValue* find(const AttributeMap& item, const Path& path) {
    return walk<const AttributeMap, const AttributeValue>(item, path);
}

AttributeValue* find(AttributeMap& item, const Path& path) {
    return walk<AttributeMap, AttributeValue>(item, path);
}

}  // namespace fogbank::dynamodb::expression
