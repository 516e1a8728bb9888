// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them its expressions
// use.
#pragma once

#include "services/dynamodb/value/attribute_value.h"
#include "src/model/shape.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::expression {

class Placeholders {
public:
    using Names = std::optional<model::Map<std::string>>;
    using Values = std::optional<Item>;

    // Refuses empty maps, malformed keys and invalid values (ValidationException), those in `wording`. Names
    // and values must outlive *this.
    Placeholders(const Names& names, const Values& values, Wording wording);

    // Null where not defined. Marks it as used.
    const std::string* name(std::string_view placeholder);      // "#n"
    const AttributeValue* value(std::string_view placeholder);  // ":v"

    // Refuses what no expression used.
    void check_all_used() const;

private:
    const Names& names_;
    const Values& values_;
    std::vector<std::string_view> used_;
};

}  // namespace fogbank::dynamodb::expression
