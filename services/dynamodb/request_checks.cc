#include "services/dynamodb/request_checks.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"
#include "src/auth/policy.h"
#include "src/base/arn.h"
#include "src/base/json.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kMaxTableName = 255;

std::string given_names(std::initializer_list<Given> parameters) {
    std::string out;
    for (const Given& parameter : parameters) {
        if (parameter.is_given) out += (out.empty() ? "" : ", ") + std::string(parameter.name);
    }
    return out;
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

}  // namespace

void check_parameters(std::initializer_list<Given> expressions, std::initializer_list<Given> legacy,
                      const expression::Placeholders::Names& names,
                      const expression::Placeholders::Values* values, Wording wording) {
    const std::string used = given_names(expressions);
    const std::string old = given_names(legacy);
    if (!used.empty() && !old.empty()) {
        refuse(
            "Can not use both expression and non-expression parameters in the same request: Non-expression "
            "parameters: {" +
            old + "} Expression parameters: {" + used + "}");
    }
    if (!used.empty()) return;
    if (names) refuse("ExpressionAttributeNames can only be specified when using expressions");
    if (values == nullptr || !*values) return;
    const std::string unexpected = "ExpressionAttributeValues can only be specified when using expressions";
    if (wording == Wording::current) refuse(unexpected);
    std::string absent;
    int count = 0;
    for (const Given& expression : expressions) {
        if (expression.name == "ProjectionExpression") continue;  // has no values
        absent += (count++ == 0 ? "" : " and ") + std::string(expression.name);
    }
    refuse(unexpected + ": " + absent + (count > 1 ? " are null" : " is null"));
}

void check_values(const AttributeMap& attributes, Wording wording) {
    if (const std::string* defect = find_defect(attributes, wording)) refuse(*defect);
}

void check_item(const AttributeMap& item, Wording wording) {
    // Sorted: an empty name comes first. aws: before the values.
    if (!item.empty() && item.begin()->name.empty()) refuse(std::string(kEmptyName));
    check_values(item, wording);
}

bool has_name_characters(std::string_view name) {
    return std::all_of(name.begin(), name.end(), is_name_character);
}

std::string table_name(const std::string& given) {
    std::string name = given;
    if (given.starts_with("arn:")) {
        const auto arn = Arn::parse(given);
        constexpr std::string_view kResource = "table/";
        if (!arn || arn->service() != "dynamodb" || !arn->resource().starts_with(kResource)) {
            refuse("Invalid table ARN: " + given);
        }
        return std::string(arn->resource().substr(kResource.size()));
    }
    const std::string place = "1 validation error detected: Value '" + given +
                              "' at 'tableName' failed to satisfy constraint: Member must ";
    if (name.size() > kMaxTableName) refuse(place + "have length less than or equal to 255");
    if (!has_name_characters(name)) {
        refuse(place + "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    }
    return name;
}

void check_table_name(const std::string& given) {
    table_name(given);
}

void check_policy(const std::string& text) {
    constexpr std::size_t kMaxBytes = 20 * 1024;  // docs: "Resource-based policy", 20 KB
    if (text.size() > kMaxBytes) refuse_parameter("Policy document exceeds the maximum size of 20 KB");
    const auto parsed = auth::parse_policy(text);
    const auto* problem = std::get_if<auth::PolicyProblem>(&parsed);
    if (problem != nullptr) {
        refuse_parameter("Invalid policy document" +
                         (problem->detail.empty() ? std::string() : ": " + problem->detail));
    }
}

void check_key_is_kept(const Table& table, const expression::Update& update) {
    for (const expression::UpdateAction& action : update) {
        const std::string& name = action.path[0].name;
        const bool is_key =
            name == table.keys.hash.name || (table.keys.range && name == table.keys.range->name);
        if (is_key)
            refuse_parameter("Cannot update attribute " + name + ". This attribute is part of the key");
    }
}

expression::Projection projection_of(const std::vector<std::string>& attributes_to_get) {
    expression::Projection out;
    std::set<std::string_view> seen;
    for (const std::string& name : attributes_to_get) {
        if (!seen.insert(name).second) refuse_parameter("Duplicate value in attribute name: " + name);
        out.push_back({expression::PathStep{name, 0, false}});
    }
    return out;
}

std::string page_token(std::int64_t number) {
    return std::to_string(number);
}

std::int64_t parse_page_token(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) refuse("Invalid NextToken");
    return number;
}

}  // namespace fogbank::dynamodb
