#include "services/dynamodb/violations.h"

#include "services/dynamodb/front_end.h"
#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/untag_resource.h"
#include "services/dynamodb/model/update_item.h"
#include "services/dynamodb/model/update_table.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"
#include "src/model/validate.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using Violations = std::vector<std::string>;

constexpr std::size_t kMinTableName = 3;
constexpr std::size_t kMaxTableName = 255;

// aws: "UPDATE_NEW", which is no value of the enum.
constexpr const char* kReturnValues =
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, "
    "UPDATE_NEW, NONE]";
constexpr const char* kConditionalOperator =
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]";

bool is_about(const std::string& violation, std::string_view member) {
    return violation.find("' at '" + std::string(member) + "' failed to satisfy") != std::string::npos;
}

bool has_absence(const Violations& violations) {
    return std::any_of(violations.begin(), violations.end(),
                       [](const std::string& each) { return each.ends_with("Member must not be null"); });
}

int rank(const std::string& violation) {
    if (is_about(violation, "returnConsumedCapacity")) return 0;
    if (violation == kReturnValues) return 1;
    return is_about(violation, "returnItemCollectionMetrics") ? 2 : 3;
}

template <class Input>
std::string words_of_write(const Input& input, const Violations& given) {
    // aws: the older front end reads what lacks a member, and what is too deep for the newer.
    if (has_absence(given) || is_read_as_older(input)) return model::validation_message(given);
    Violations violations = given;
    for (std::string& each : violations) {
        if (is_about(each, "tableName")) {
            return model::validation_message(
                {"Value at 'TableName' failed to satisfy constraint: Member must "
                 "have length greater than or equal to 1"});
        }
        if (is_about(each, "returnValues")) each = kReturnValues;
        if (is_about(each, "conditionalOperator")) each = kConditionalOperator;
    }
    std::stable_sort(violations.begin(), violations.end(),
                     [](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    return model::validation_message(violations);
}

std::string words_of_update(const api::UpdateItem::Input& input, const Violations& violations) {
    const std::string all = words_of_write(input, violations);
    // aws: UpdateItem stops at ReturnValues.
    const bool has_it = all.find(kReturnValues) != std::string::npos;
    return has_it ? model::validation_message({kReturnValues}) : all;
}

std::string words_of_query(const api::Query::Input&, const Violations& violations) {
    for (const std::string& each : violations) {
        if (is_about(each, "conditionalOperator")) return kConditionalOperator;
    }
    return model::validation_message(violations);
}

constexpr const char* kNoTableName =
    "The parameter 'TableName' is required but was not present in the request";

// aws: operations on tables miss their table before all else (dynalite's suite).
template <class Input>
std::string words_of_table(const Input& input, const Violations& violations) {
    return input.TableName ? model::validation_message(violations) : kNoTableName;
}

template <class Input>
std::string words_of_tags(const Input& input, const Violations& violations) {
    return input.ResourceArn ? model::validation_message(violations) : "Invalid TableArn";
}

std::string words_of_create(const api::CreateTable::Input& input, const Violations& given) {
    const auto absence = [](const char* member) {
        return std::string("Value null at '") + member +
               "' failed to satisfy constraint: Member must not be null";
    };
    // Not required by our model: for themselves they are told in an order of their own.
    Violations violations = given;
    if (!input.AttributeDefinitions) violations.insert(violations.begin(), absence("attributeDefinitions"));
    if (!input.KeySchema) violations.push_back(absence("keySchema"));
    return words_of_table(input, violations);
}

std::string words_of_batch_get(const api::BatchGetItem::Input& input, const Violations& given) {
    Violations violations = given;
    const std::string wrong = input.RequestItems ? wrong_table_name(input) : std::string();
    if (!wrong.empty()) violations.insert(violations.begin(), wrong);
    return model::validation_message(violations);
}

bool is_name(const std::string& given) {
    if (given.starts_with("arn:")) return true;
    return given.size() >= kMinTableName && given.size() <= kMaxTableName && has_name_characters(given);
}

template <class Map>
bool has_wrong_name(const Map& items) {
    return std::any_of(items.begin(), items.end(), [](const auto& each) { return !is_name(each.first); });
}

std::string wrong_keys(const std::string& echo) {
    return "Value '" + echo +
           "' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must "
           "have "
           "length less than or equal to 255, Member must have length greater than or equal to 3, Member "
           "must "
           "satisfy regular expression pattern: [a-zA-Z0-9_.-]+]";
}

// "{pk=AttributeValue@0}": Java's toString(), where the hash means nothing.
std::string printed(const AttributeMap& attributes) {
    std::string out = "{";
    for (const Attribute& each : attributes) {
        out += (out.size() > 1 ? ", " : "") + each.name + "=AttributeValue@0";
    }
    return out + "}";
}

std::string printed(const api::WriteRequest& request) {
    std::string out = "WriteRequest(putRequest=";
    out += request.PutRequest ? "PutRequest(item=" + printed(request.PutRequest->Item->attributes) + ")"
                              : "null";
    out += ", deleteRequest=";
    out += request.DeleteRequest
               ? "DeleteRequest(key=" + printed(request.DeleteRequest->Key->attributes) + ")"
               : "null";
    return out + ")";
}

}  // namespace

void bind_words(gateway::OperationTable& table) {
    table.word<api::PutItem>(&words_of_write<api::PutItem::Input>);
    table.word<api::DeleteItem>(&words_of_write<api::DeleteItem::Input>);
    table.word<api::UpdateItem>(&words_of_update);
    table.word<api::Query>(&words_of_query);
    table.word<api::BatchGetItem>(&words_of_batch_get);
    table.word<api::CreateTable>(&words_of_create);
    table.word<api::DeleteTable>(&words_of_table<api::DeleteTable::Input>);
    table.word<api::DescribeTable>(&words_of_table<api::DescribeTable::Input>);
    table.word<api::DescribeTimeToLive>(&words_of_table<api::DescribeTimeToLive::Input>);
    table.word<api::UpdateTable>(&words_of_table<api::UpdateTable::Input>);
    table.word<api::ListTagsOfResource>(&words_of_tags<api::ListTagsOfResource::Input>);
    table.word<api::TagResource>(&words_of_tags<api::TagResource::Input>);
    table.word<api::UntagResource>(&words_of_tags<api::UntagResource::Input>);
}

// aws: echoes the map as JSON.
std::string wrong_table_name(const api::BatchGetItemInput& input) {
    if (!has_wrong_name(*input.RequestItems)) return {};
    // A value that is none has no JSON: it is told for itself, with the checks of the values.
    const auto is_broken = [](const Item& key) {
        return find_defect(key.attributes, Wording::current) != nullptr;
    };
    for (const auto& [table, wanted] : *input.RequestItems) {
        if (wanted.Keys && std::any_of(wanted.Keys->begin(), wanted.Keys->end(), is_broken)) return {};
    }
    std::string echo;
    json::Writer out(echo);
    out.begin_object();
    for (const auto& [table, wanted] : *input.RequestItems) {
        out.key(table).begin_object().key("Keys").begin_array();
        // Not checked yet: the list may be absent.
        if (wanted.Keys) {
            for (const Item& key : *wanted.Keys) encode_attributes(key.attributes, out);
        }
        out.end_array().end_object();
    }
    out.end_object();
    return wrong_keys(echo);
}

// aws: echoes the map as Java prints it.
std::string wrong_table_name(const api::BatchWriteItemInput& input) {
    if (!has_wrong_name(*input.RequestItems)) return {};
    std::string echo = "{";
    for (const auto& [table, requests] : *input.RequestItems) {
        echo += (echo.size() > 1 ? ", " : "") + table + "=[";
        for (const api::WriteRequest& request : requests) {
            echo += (&request == &requests[0] ? "" : ", ") + printed(request);
        }
        echo += "]";
    }
    return wrong_keys(echo + "}");
}

}  // namespace fogbank::dynamodb
