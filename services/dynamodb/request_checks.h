// Checks and conversions that several operations share, in AWS's words and order.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/expression/placeholders.h"
#include "services/dynamodb/model/types/attribute_value_update.h"
#include "services/dynamodb/model/types/condition.h"
#include "services/dynamodb/model/types/expected_attribute_value.h"
#include "services/dynamodb/table.h"
#include "services/dynamodb/value/attribute_value.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

// A parameter, and whether the request has it.
struct Given {
    std::string_view name;
    bool is_given;
};

// Expressions and the parameters they replaced do not mix; placeholders need an expression. `values` is null
// where the operation has no ExpressionAttributeValues.
void check_parameters(std::initializer_list<Given> expressions, std::initializer_list<Given> legacy,
                      const expression::Placeholders::Names& names,
                      const expression::Placeholders::Values* values, Wording wording);

// Refuses the first value that decoding found invalid.
void check_values(const AttributeMap& attributes, Wording wording);

// The same of an item to be put, whose names are not empty.
void check_item(const AttributeMap& item, Wording wording);

// TableName: a name, or a table's ARN. Returns the name.
std::string table_name(const std::string& given);
void check_table_name(const std::string& given);

// NextToken of lists that go by a row's number.
std::string page_token(std::int64_t number);
std::int64_t parse_page_token(const std::string& text);
// Whether every character is one of a table's name.
bool has_name_characters(std::string_view name);

// A resource-based policy: refuses what is too large, or no policy.
void check_policy(const std::string& text);

// Refuses an update of a key attribute.
void check_key_is_kept(const Table& table, const expression::Update& update);

// AttributesToGet as paths.
expression::Projection projection_of(const std::vector<std::string>& attributes_to_get);

// Expected as a condition; nothing where there is none.
using Expected = std::optional<model::Map<api::ExpectedAttributeValue>>;
std::optional<expression::Condition> condition_of(const Expected& expected,
                                                  const std::optional<std::string>& conditional_operator);

// QueryFilter and ScanFilter.
using Conditions = std::optional<model::Map<api::Condition>>;
std::optional<expression::Condition> condition_of(const Conditions& conditions,
                                                  const std::optional<std::string>& conditional_operator,
                                                  Wording wording);
// One of KeyConditions.
expression::Condition condition_of(const std::string& attribute, const api::Condition& condition);

struct LegacyUpdate {
    expression::Update update;
    bool only_deletes = true;
};
LegacyUpdate update_of(const model::Map<api::AttributeValueUpdate>& updates);

}  // namespace fogbank::dynamodb
