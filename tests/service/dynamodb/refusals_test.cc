// What AWS refuses of requests that fit the model. Each as dynalite's suite has it from AWS.
#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/get_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/untag_resource.h"
#include "services/dynamodb/model/update_item.h"
#include "services/dynamodb/model/update_table.h"
#include "src/protocol/codec.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

const std::string kRefused = "ValidationException: ";
const std::string kInvalid = "ValidationException: One or more parameter values were invalid: ";
const std::string kNotScalar = kRefused +
                               "Key attributes must be scalars; list random access '[]' and map lookup '.' "
                               "are not allowed: ";
const std::string kStart = kRefused + "The provided starting key ";

// pk (S), sk (N), and the global index by-g over g (S).
void create_indexed_table(Fixture& fixture) {
    auto input = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "ALL")};
    fixture.call<api::CreateTable>(input);
}

api::UpdateItem::Input update(const std::string& expression, const std::string& values) {
    api::UpdateItem::Input input;
    input.TableName = "table";
    input.Key = item(R"({"pk":{"S":"a"},"sk":{"N":"1"}})");
    input.UpdateExpression = expression;
    if (!values.empty()) input.ExpressionAttributeValues = item(values);
    return input;
}

api::Query::Input query(const std::string& condition, const std::string& values, const std::string& start) {
    api::Query::Input input;
    input.TableName = "table";
    input.KeyConditionExpression = condition;
    input.ExpressionAttributeValues = item(values);
    if (!start.empty()) input.ExclusiveStartKey = item(start);
    return input;
}

}  // namespace

TEST_CASE("nothing stands below a key of a table or an index") {
    Fixture fixture;
    create_indexed_table(fixture);
    api::GetItem::Input get;
    get.TableName = "table";
    get.Key = item(R"({"pk":{"S":"a"},"sk":{"N":"1"}})");
    get.ProjectionExpression = "pk[0]";
    CHECK(fixture.refusal<api::GetItem>(get) == kNotScalar + "Key: pk");
    get.ProjectionExpression = "a.pk, g.b.c";
    CHECK(fixture.refusal<api::GetItem>(get) == kNotScalar + "IndexKey: g");
    auto find = query("pk = :a", R"({":a":{"S":"a"}})", "");
    find.FilterExpression = "attribute_exists(g.b)";
    CHECK(fixture.refusal<api::Query>(find) == kNotScalar + "IndexKey: g");
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.FilterExpression = "attribute_exists(pk.b)";
    CHECK(fixture.refusal<api::Scan>(scan) == kNotScalar + "Key: pk");
    CHECK(fixture.refusal<api::UpdateItem>(update("SET e = sk, f = g[1]", "")) == kNotScalar + "IndexKey: g");
    CHECK(fixture.refusal<api::UpdateItem>(update("ADD g.b :a", R"({":a":{"N":"1"}})")) ==
          kNotScalar + "IndexKey: g");
}

TEST_CASE("an index key of a wrong type is told of by the text of an update, or by its value") {
    Fixture fixture;
    create_indexed_table(fixture);
    const std::string mismatch =
        kInvalid + "Type mismatch for Index Key g Expected: S Actual: N IndexName: by-g";
    const std::string one = R"({":a":{"N":"1"}})";
    CHECK(fixture.refusal<api::UpdateItem>(update("SET g = :a", one)) == mismatch);
    CHECK(fixture.refusal<api::UpdateItem>(update("ADD g :a", one)) == mismatch);
    CHECK(fixture.refusal<api::UpdateItem>(update("SET g = sk + :a", one)) == mismatch);
    CHECK(fixture.refusal<api::UpdateItem>(update("SET g = sk", "")) ==
          kRefused + "The update expression attempted to update the secondary index key to unsupported type");
    auto legacy = update("", "");
    legacy.UpdateExpression.reset();
    legacy.AttributeUpdates.emplace()["g"].Value = *item(one).attributes.find(":a");
    CHECK(fixture.refusal<api::UpdateItem>(legacy) == mismatch);
}

TEST_CASE("AttributeUpdates has words of its own for an attribute of another type") {
    Fixture fixture;
    create_indexed_table(fixture);
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"b":{"S":"x"}})");
    auto legacy = update("", "");
    legacy.UpdateExpression.reset();
    auto& add = legacy.AttributeUpdates.emplace()["b"];
    add.Action = "ADD";
    add.Value = *item(R"({"v":{"N":"1"}})").attributes.find("v");
    CHECK(fixture.refusal<api::UpdateItem>(legacy) == kRefused + "Type mismatch for attribute to update");
}

TEST_CASE("a starting key is refused by what does not fit") {
    Fixture fixture;
    create_indexed_table(fixture);
    const std::string a = R"({":a":{"S":"a"}})";
    const std::string no_match = "The provided key element does not match the schema";
    CHECK(fixture.refusal<api::Query>(query("pk = :a", a, R"({"pk":{"S":"a"}})")) == kStart + "is invalid");
    CHECK(fixture.refusal<api::Query>(query("pk = :a", a, R"({"pk":{"S":"a"},"sk":{"S":"a"}})")) ==
          kRefused + no_match);
    auto by_index = query("g = :a", a, R"({"pk":{"S":"a"},"sk":{"S":"a"},"g":{"S":"a"}})");
    by_index.IndexName = "by-g";
    CHECK(fixture.refusal<api::Query>(by_index) == kStart + "is invalid: " + no_match);
    CHECK(fixture.refusal<api::Query>(query("pk = :a", a, R"({"pk":{"S":"b"},"sk":{"N":"1"}})")) ==
          kStart + "is outside query boundaries based on provided conditions");
    const std::string both = R"({":a":{"S":"a"},":n":{"N":"3"}})";
    CHECK(fixture.refusal<api::Query>(
              query("pk = :a AND sk > :n", both, R"({"pk":{"S":"a"},"sk":{"N":"1"}})")) ==
          kStart + "does not match the range key predicate");
    CHECK(fixture.refusal<api::Query>(
              query("pk = :a AND sk < :n", both, R"({"pk":{"S":"b"},"sk":{"N":"1"}})")) ==
          kRefused + "The query can return at most one row and cannot be restarted");
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.ExclusiveStartKey = item(R"({"pk":{"S":"a"},"x":{"N":"1"}})");
    CHECK(fixture.refusal<api::Scan>(scan) == kStart + "is invalid: " + no_match);
}

TEST_CASE("CreateTable looks for definitions before roles") {
    Fixture fixture;
    auto input = Fixture::table_input({"table", "pk", "sk", ""});
    (*input.AttributeDefinitions)[0].AttributeName = "other";
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          kInvalid +
              "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, sk], "
              "AttributeDefinitions: [other, sk]");
    input = Fixture::table_input({"table", "pk", "pk", ""});
    (*input.AttributeDefinitions)[1].AttributeName = "other";
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          kRefused + "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    input = Fixture::table_input({"table", "pk", "sk", ""});
    input.AttributeDefinitions->pop_back();
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          kRefused + "Invalid KeySchema: Some index key attribute have no definition");
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput.emplace();
    input.ProvisionedThroughput->ReadCapacityUnits = 1'000'000'000'001;
    input.ProvisionedThroughput->WriteCapacityUnits = 1;
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          kRefused + "Given value 1000000000001 for ReadCapacityUnits is out of bounds");
}

TEST_CASE("UpdateTable tells of a wrong request before it looks for the table") {
    Fixture fixture;
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.GlobalSecondaryIndexUpdates.emplace();
    CHECK(fixture.refusal<api::UpdateTable>(input).find("At least one of") != std::string::npos);
    input.GlobalSecondaryIndexUpdates->emplace_back();
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kInvalid +
              "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
              "GlobalSecondaryIndexUpdate.Delete must not be null");
    auto& first = (*input.GlobalSecondaryIndexUpdates)[0];
    first.Delete.emplace();
    first.Delete->IndexName = "by-g";
    input.GlobalSecondaryIndexUpdates->push_back(first);
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kInvalid +
              "Only one global secondary index update per index is allowed simultaneously. Index: by-g");
    input.GlobalSecondaryIndexUpdates.reset();
    input.BillingMode = "PROVISIONED";
    CHECK(fixture.refusal<api::UpdateTable>(input) ==
          kInvalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
}

TEST_CASE("tags are refused by their resource, then for being none, then for the table") {
    Fixture fixture;
    const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/";
    api::TagResource::Input tag;
    tag.ResourceArn = arn + "ab";
    tag.Tags.emplace();
    CHECK(fixture.refusal<api::TagResource>(tag) ==
          kRefused + "Invalid TableArn: Invalid ResourceArn provided as input " + arn + "ab");
    tag.ResourceArn = arn + "table";
    CHECK(fixture.refusal<api::TagResource>(tag) ==
          kRefused + "Atleast one Tag needs to be provided as Input.");
    api::UntagResource::Input untag;
    untag.ResourceArn = tag.ResourceArn;
    untag.TagKeys.emplace();
    CHECK(fixture.refusal<api::UntagResource>(untag) ==
          kRefused + "Atleast one Tag Key needs to be provided as Input.");
    untag.TagKeys = {"a"};
    CHECK(fixture.refusal<api::UntagResource>(untag) ==
          "ResourceNotFoundException: Requested resource not found");
}

TEST_CASE("what expressions replaced is read before the rest of a Scan or Query") {
    Fixture fixture;
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.Segment = 0;
    scan.ExclusiveStartKey = Item::of(AttributeMap());
    scan.ExclusiveStartKey->attributes.set("pk", AttributeValue::invalid("wrong"));
    scan.ScanFilter.emplace()["a"].ComparisonOperator = "EQ";
    CHECK(fixture.refusal<api::Scan>(scan) ==
          kInvalid + "Invalid number of argument(s) for the EQ ComparisonOperator");
    scan.ScanFilter.reset();
    CHECK(fixture.refusal<api::Scan>(scan) == kStart + "is invalid: wrong");
    scan.ExclusiveStartKey.reset();
    CHECK(fixture.refusal<api::Scan>(scan).find("The TotalSegments parameter is required") !=
          std::string::npos);
    api::Query::Input find;
    find.TableName = "table";
    find.QueryFilter.emplace()["a"].ComparisonOperator = "EQ";
    CHECK(fixture.refusal<api::Query>(find) ==
          kInvalid + "Invalid number of argument(s) for the EQ ComparisonOperator");
}

// dynalite's suite.
TEST_CASE("a Query looks for its table and index before it looks at what keys are compared with") {
    Fixture fixture;
    create_indexed_table(fixture);
    const auto by = [](const std::string& name, const std::string& op) {
        api::Query::Input input;
        input.TableName = "table";
        input.KeyConditions.emplace()[name].ComparisonOperator = op;
        return input;
    };
    auto input = by("pk", "NULL");
    CHECK(fixture.refusal<api::Query>(input) ==
          kRefused + "Attempted conditional constraint is not an indexable operation");
    input.ExclusiveStartKey = item(R"({"pk":{"S":"a"}})");
    CHECK(fixture.refusal<api::Query>(input) == kStart + "is invalid");
    input.IndexName = "whatever";
    CHECK(fixture.refusal<api::Query>(input) ==
          kRefused + "The table does not have the specified index: whatever");
    input.TableName = "absent";
    CHECK(fixture.refusal<api::Query>(input).starts_with("ResourceNotFoundException"));
    CHECK(fixture.refusal<api::Query>(by("z", "NULL")) ==
          kRefused + "Query condition missed key schema element: pk");
    const std::string a = R"({":a":{"S":"a"}})";
    const std::string invalid = kRefused + "Invalid KeyConditionExpression: ";
    CHECK(fixture.refusal<api::Query>(query("pk > size(sk)", a, "")) ==
          invalid + "KeyConditionExpressions cannot contain nested operations");
    CHECK(fixture.refusal<api::Query>(query(":a BETWEEN pk AND :a", a, "")) ==
          invalid +
              "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as "
              "its first operand");
    CHECK(fixture.refusal<api::Query>(query("attribute_type(pk, :a)", a, "")).starts_with(invalid));
    auto filtered = query("pk > size(sk)", a, "");
    filtered.ProjectionExpression = "";
    CHECK(fixture.refusal<api::Query>(filtered) ==
          kRefused + "Invalid ProjectionExpression: The expression can not be empty;");
    filtered.FilterExpression = "";
    CHECK(fixture.refusal<api::Query>(filtered) ==
          kRefused + "Invalid FilterExpression: The expression can not be empty;");
    filtered.KeyConditionExpression = "";
    CHECK(fixture.refusal<api::Query>(filtered) ==
          kRefused + "Invalid KeyConditionExpression: The expression can not be empty;");
}

// dynalite's suite.
TEST_CASE("equal keys, and several new indexes, are told of before what they are about is looked for") {
    Fixture fixture;
    api::BatchGetItem::Input keys;
    auto& wanted = keys.RequestItems.emplace()["absent"];
    wanted.Keys.emplace();
    for (const char* key : {R"({"a":{"S":"x"},"b":{"N":"1"}})", R"({"b":{"N":"1.0"},"a":{"S":"x"}})"})
        wanted.Keys->push_back(item(key));
    CHECK(fixture.refusal<api::BatchGetItem>(keys) ==
          kRefused + "Provided list of item keys contains duplicates");
    create_indexed_table(fixture);
    api::UpdateTable::Input update;
    update.TableName = "table";
    update.GlobalSecondaryIndexUpdates.emplace();
    for (const char* name : {"abc", "abd"}) {
        update.GlobalSecondaryIndexUpdates->emplace_back().Delete.emplace().IndexName = name;
    }
    CHECK(fixture.refusal<api::UpdateTable>(update) ==
          "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
          "simultaneously per table");
}

TEST_CASE("a scalar in place of a value is refused by where it stands") {
    const auto refused = [](const std::string& body) {
        api::DeleteItem::Input input;
        const http::Headers headers;
        try {
            protocol::decode_request(api::DeleteItem::descriptor(), {"POST", "/", "", headers, body}, &input);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string("accepted");
    };
    CHECK(refused(R"({"Expected":{"a":{"Value":23}}})") == "Unexpected field type");
    CHECK(refused(R"({"Expected":{"a":{"AttributeValueList":[23]}}})") == "Unexpected value type in payload");
    CHECK(refused(R"({"Key":{"a":23}})") == "Unexpected value type in payload");
}
