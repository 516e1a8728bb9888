// How a request is refused: in which words, and what first. Each was captured on AWS in October 2026
// (dynamodb-conformance).
#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/get_item.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

const std::string kRefused = "ValidationException: ";
const std::string kEnvelope = "ValidationException: 1 validation error detected: ";
const std::string kUnconvertible = "The parameter cannot be converted to a numeric value";
const std::string kNesting =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
    "supported "
    "limit";

std::string nested(int levels) {
    std::string out = R"({"S":"leaf"})";
    for (int i = 0; i < levels; ++i) out = R"({"M":{"n":)" + out + "}}";
    return out;
}

// An item of any depth.
Item deep_item(const std::string& json) {
    const auto document = json::parse(json, 1000);
    REQUIRE(document);
    return Item::of(decode_attributes(document->root()));
}

api::UpdateItem::Input update_input(const std::string& expression, const std::string& values) {
    api::UpdateItem::Input input;
    input.TableName = "table";
    input.Key = item(R"({"pk":{"S":"a"}})");
    input.UpdateExpression = expression;
    if (!values.empty()) input.ExpressionAttributeValues = item(values);
    return input;
}

api::TransactWriteItem transact_put(const std::string& json) {
    api::TransactWriteItem out;
    out.Put.emplace();
    out.Put->TableName = "table";
    out.Put->Item = deep_item(json);
    return out;
}

api::TransactWriteItem transact_delete(const std::string& key, const std::string& condition) {
    api::TransactWriteItem out;
    out.Delete.emplace();
    out.Delete->TableName = "table";
    out.Delete->Key = item(key);
    if (!condition.empty()) out.Delete->ConditionExpression = condition;
    return out;
}

api::TransactWriteItems::Input transaction(std::vector<api::TransactWriteItem> items) {
    api::TransactWriteItems::Input input;
    input.TransactItems = std::move(items);
    return input;
}

api::BatchWriteItem::Input batch_put(const std::string& json) {
    api::BatchWriteItem::Input input;
    input.RequestItems.emplace();
    api::WriteRequest& request = (*input.RequestItems)["table"].emplace_back();
    request.PutRequest.emplace();
    request.PutRequest->Item = item(json);
    return input;
}

api::Query::Input query_input(const std::string& condition, const std::string& values) {
    api::Query::Input input;
    input.TableName = "table";
    input.KeyConditionExpression = condition;
    input.ExpressionAttributeValues = item(values);
    return input;
}

}  // namespace

TEST_CASE("a value is refused in the words of the operation that brings it") {
    Fixture fixture;
    fixture.create_table({});
    const std::string bad = R"({"pk":{"S":"a"},"n":{"N":""}})";
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(bad)) == kEnvelope + kUnconvertible + ": ");
    CHECK(fixture.refusal<api::BatchWriteItem>(batch_put(bad)) == kRefused + kUnconvertible);
    CHECK(fixture.refusal<api::TransactWriteItems>(transaction({transact_put(bad)})) ==
          kRefused + kUnconvertible);
    CHECK(fixture.refusal<api::UpdateItem>(update_input("SET n = :v", R"({":v":{"N":"abc"}})")) ==
          kEnvelope + kUnconvertible + ": abc");
    CHECK(fixture.refusal<api::Query>(query_input("pk = :v", R"({":v":{"N":"abc"}})")) ==
          kRefused + kUnconvertible + ": abc");
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.FilterExpression = "n = :v";
    scan.ExpressionAttributeValues = item(R"({":v":{"N":"abc"}})");
    CHECK(fixture.refusal<api::Scan>(scan) ==
          kRefused + "ExpressionAttributeValues contains invalid value: " + kUnconvertible +
              ": abc for key :v");
    api::GetItem::Input get;
    get.TableName = "table";
    get.Key = item(R"({"pk":{"SS":["b","a","b"]}})");
    CHECK(fixture.refusal<api::GetItem>(get) ==
          kRefused +
              "One or more parameter values were invalid: "
              R"(Input collection ["a", "b", "b"] contains duplicates.)");
}

TEST_CASE("a request of a single write is refused in an envelope, its table and keys are not") {
    Fixture fixture;
    fixture.create_table({});
    auto put = Fixture::put_input(R"({"pk":{"S":"a"}})");
    put.ExpressionAttributeValues = item(R"({":v":{"S":"x"}})");
    CHECK(fixture.refusal<api::PutItem>(put) ==
          kEnvelope + "ExpressionAttributeValues can only be specified when using expressions");
    CHECK(fixture.refusal<api::UpdateItem>(update_input("INVALID SYNTAX HERE", "")) ==
          kEnvelope + R"(Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX")");
    CHECK(
        fixture.refusal<api::UpdateItem>(update_input("SET a = :v", R"({":v":{"S":"x"},":u":{"S":"y"}})")) ==
        kEnvelope + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:u}");
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"a"}})");
    erase.Expected.emplace();
    (*erase.Expected)["a"].Exists = true;
    CHECK(fixture.refusal<api::DeleteItem>(erase) ==
          kEnvelope +
              "One or more parameter values were invalid: Value must be provided when Exists is true for "
              "Attribute: a");
    erase.Expected.reset();
    erase.Key = item(R"({"pk":{"S":""}})");
    CHECK(fixture.refusal<api::DeleteItem>(erase) ==
          kRefused +
              "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
              "contain an "
              "empty string value. Key: pk");
}

TEST_CASE("a value of more than 62 levels has a single write refused in older words") {
    Fixture fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"a"},"d":)" + nested(31) + "}")) ==
          "accepted");
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"a"},"d":)" + nested(32) + "}")) ==
          kEnvelope + kNesting);
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":)" + nested(40) + "}");
    erase.ReturnValues = "UPDATED_NEW";
    CHECK(fixture.refusal<api::DeleteItem>(erase) == kEnvelope + "ReturnValues can only be ALL_OLD or NONE");
    erase.Key = deep_item(R"({"pk":)" + nested(63) + "}");
    CHECK(fixture.refusal<api::DeleteItem>(erase) == kRefused + "ReturnValues can only be ALL_OLD or NONE");
}

TEST_CASE("TransactWriteItems looks at one action after the other, expressions before keys") {
    Fixture fixture;
    fixture.create_table({});
    const std::string deep = R"({"pk":)" + nested(40) + "}";
    const std::string syntax =
        kRefused + R"(Invalid ConditionExpression: Syntax error; token: "=", near: "= = b")";
    const auto refusal = [&](std::vector<api::TransactWriteItem> items) {
        return fixture.refusal<api::TransactWriteItems>(transaction(std::move(items)));
    };
    CHECK(refusal({transact_delete(deep, ""), transact_delete(R"({"pk":{"S":"a"}})", "a = = b")}) ==
          kRefused + kNesting);
    CHECK(refusal({transact_delete(R"({"pk":{"S":"a"}})", "a = = b"), transact_delete(deep, "")}) == syntax);
    CHECK(refusal({transact_delete(deep, "a = = b")}) == syntax);
    CHECK(refusal({transact_put(R"({"pk":{"S":"a"},"":{"S":"x"},"d":)" + nested(100) + "}")}) ==
          kRefused + "Empty attribute name");
    CHECK(refusal({transact_put(R"({"pk":{"S":"a"},"x":{"S":")" + std::string(400 * 1024, 'x') +
                                R"("}})")}) == kRefused + "Item size has exceeded the maximum allowed size");
    CHECK(refusal({transact_put(R"({"pk":{"S":""}})")}) ==
          kRefused +
              "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
              "contain an "
              "empty string value. Key: pk");
    CHECK(
        refusal({transact_put(R"({"pk":{"N":"5"}})")}) ==
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific "
        "reasons [ValidationError]");
}

TEST_CASE("BatchWriteItem words a missing key and a wrong name in its own way") {
    Fixture fixture;
    fixture.create_table({});
    const std::string schema = kRefused + "The provided key element does not match the schema";
    CHECK(fixture.refusal<api::BatchWriteItem>(batch_put(R"({"other":{"S":"x"}})")) == schema);
    CHECK(fixture.refusal<api::BatchWriteItem>(batch_put(R"({"pk":{"N":"5"}})")) == schema);
    auto wrong = batch_put(R"({"pk":{"S":"x"}})");
    (*wrong.RequestItems)["bad!name"] = (*wrong.RequestItems)["table"];
    wrong.RequestItems->erase("table");
    CHECK(fixture.refusal<api::BatchWriteItem>(wrong) ==
          kEnvelope +
              "Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={pk=AttributeValue@0}), "
              "deleteRequest=null)]}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy "
              "constraint: [Member must have length less than or equal to 255, Member must have length "
              "greater than "
              "or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]");
}

TEST_CASE("a key condition is looked at from left to right, then counted, then held against the keys") {
    Fixture fixture;
    fixture.create_table({"table", "pk", "sk", ""});
    const auto refusal = [&](const std::string& condition, const std::string& values) {
        return fixture.refusal<api::Query>(query_input(condition, values));
    };
    const std::string operand = kRefused +
                                "Invalid KeyConditionExpression: Incorrect operand type for operator or "
                                "function; operator or function: "
                                "begins_with, operand type: N";
    const std::string undefined = kRefused +
                                  "Invalid KeyConditionExpression: An expression attribute value used in "
                                  "expression is not defined; attribute "
                                  "value: :m";
    CHECK(refusal("pk = :m AND begins_with(sk, :n)", R"({":n":{"N":"1"}})") == undefined);
    CHECK(refusal("begins_with(sk, :n) AND pk = :m", R"({":n":{"N":"1"}})") == operand);
    CHECK(refusal("pk = :p AND sk > :a AND sk < :b", R"({":p":{"S":"q"},":a":{"N":"1"},":b":{"N":"5"}})") ==
          kRefused +
              "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per "
              "key");
    CHECK(
        refusal("pk = :p AND sk > :a AND extra = :b", R"({":p":{"S":"q"},":a":{"N":"1"},":b":{"N":"5"}})") ==
        kRefused +
            "The number of query conditions (3) exceeds the number of key attributes defined in the schema "
            "(2)");
    CHECK(
        refusal("pk = :p AND begins_with(sk, :v)", R"({":p":{"S":"q"},":v":{"S":"a"}})") ==
        kRefused +
            "One or more parameter values were invalid: Condition parameter type does not match schema type");
}

TEST_CASE("UpdateItem counts what its expression writes, not only the item that comes of it") {
    Fixture fixture;
    fixture.create_table({});
    // 22 bytes for a SET beside its names and values; the key's 3 bytes are no part of it.
    const auto set = [&](std::size_t size) {
        return fixture.refusal<api::UpdateItem>(
            update_input("SET b = :v", R"({":v":{"S":")" + std::string(size, 'x') + R"("}})"));
    };
    CHECK(set(400 * 1024 - 23) == "accepted");
    CHECK(set(400 * 1024 - 22) ==
          "ValidationException: Item size to update has exceeded the maximum allowed size");
    auto legacy = update_input("", "");
    legacy.UpdateExpression.reset();
    legacy.AttributeUpdates.emplace();
    (*legacy.AttributeUpdates)["b"].Value = AttributeValue::string(std::string(400 * 1024 - 4, 'x'));
    CHECK(fixture.refusal<api::UpdateItem>(legacy) == "accepted");
}

TEST_CASE("of the indexes that a wrong key is of, the first by name is named") {
    Fixture fixture;
    auto input = Fixture::table_input({});
    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes = {Fixture::index("second", "g", "ALL"),
                                    Fixture::index("first", "g", "ALL")};
    fixture.call<api::CreateTable>(input);
    CHECK(
        fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"a"},"g":{"N":"1"}})")) ==
        kRefused +
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N "
            "IndexName: first");
    CHECK(fixture.refusal<api::UpdateItem>(update_input("SET g = :v", R"({":v":{"S":""}})")) ==
          kRefused +
              "One or more parameter values are not valid. The update expression attempted to update a "
              "secondary "
              "index key to a value that is not supported. The AttributeValue for a key attribute cannot "
              "contain an "
              "empty string value.");
}

TEST_CASE("BatchGetItem mixes no expressions with what they replaced, and wants keys of each table") {
    Fixture fixture;
    fixture.create_table({});
    fixture.create_table({"other", "pk", "", ""});
    api::BatchGetItem::Input input;
    input.RequestItems.emplace();
    api::KeysAndAttributes& first = (*input.RequestItems)["table"];
    first.Keys = {item(R"({"pk":{"S":"a"}})")};
    first.ProjectionExpression = "pk";
    api::KeysAndAttributes& second = (*input.RequestItems)["other"];
    second.Keys = first.Keys;
    second.AttributesToGet = {"pk"};
    CHECK(fixture.refusal<api::BatchGetItem>(input) ==
          kRefused +
              "Can not use both expression and non-expression parameters in the same request: Non-expression "
              "parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}");
    second.AttributesToGet.reset();
    second.Keys->clear();
    CHECK(fixture.refusal<api::BatchGetItem>(input) ==
          kEnvelope +
              "Value at 'RequestItems.other.member.Keys' failed to satisfy constraint: Member must have "
              "length greater "
              "than or equal to 1");
    second.Keys.reset();
    CHECK(fixture.refusal<api::BatchGetItem>(input).starts_with(kEnvelope +
                                                                "Value null at 'requestItems.other"));
}
