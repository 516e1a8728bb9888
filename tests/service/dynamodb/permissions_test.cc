#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/delete_resource_policy.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/put_resource_policy.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "tests/service/dynamodb/shared.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

TEST_CASE("another account reads a table by its ARN where its policy allows that, and does no more") {
    Shared shared;
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn)) == denied("GetItem"));
    // By name it is a table of one's own.
    CHECK(shared.ask<api::GetItem>(Shared::get("table")) ==
          "ResourceNotFoundException: Requested resource not found");
    shared.allow(statement("Allow", R"(["dynamodb:GetItem","dynamodb:BatchGetItem"])"));
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn)) == "accepted");
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn), "222222222222").starts_with("AccessDeniedException"));
    api::BatchGetItem::Input batch;
    batch.RequestItems.emplace();
    (*batch.RequestItems)[kArn].Keys = {item(R"({"pk":{"S":"a"}})")};
    CHECK(shared.ask<api::BatchGetItem>(batch) == "accepted");
    auto put = Fixture::put_input(R"({"pk":{"S":"b"}})");
    put.TableName = kArn;
    CHECK(shared.ask<api::PutItem>(put) == denied("PutItem"));

    api::DeleteResourcePolicy::Input erase;
    erase.ResourceArn = kArn;
    shared.fixture.call<api::DeleteResourcePolicy>(erase);
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn)) == denied("GetItem"));
}

TEST_CASE(
    "an index is a resource of its own, and each action of a transaction or a statement asks for itself") {
    Shared shared;
    shared.allow(statement("Allow", R"("dynamodb:Query")") + "," +
                 statement("Allow", R"(["dynamodb:PutItem","dynamodb:PartiQLSelect"])"));
    api::Query::Input query;
    query.TableName = kArn;
    query.KeyConditionExpression = "pk = :a";
    query.ExpressionAttributeValues = item(R"({":a":{"S":"a"}})");
    CHECK(shared.ask<api::Query>(query) == "accepted");
    query.IndexName = "by-kind";
    query.KeyConditionExpression = "kind = :a";
    CHECK(shared.ask<api::Query>(query) == denied("Query", std::string(kArn) + "/index/by-kind"));
    shared.allow(statement("Allow", R"("dynamodb:*")", std::string(kArn) + "/index/*") + "," +
                 statement("Allow", R"(["dynamodb:PutItem","dynamodb:PartiQLSelect"])"));
    CHECK(shared.ask<api::Query>(query) == "accepted");

    api::TransactWriteItems::Input write;
    auto& put = write.TransactItems.emplace().emplace_back().Put.emplace();
    put.TableName = kArn;
    put.Item = item(R"({"pk":{"S":"t"}})");
    CHECK(shared.ask<api::TransactWriteItems>(write) == "accepted");
    CHECK(shared.fixture.get(R"({"pk":{"S":"t"}})") == R"({"pk":{"S":"t"}})");
    auto& erase = write.TransactItems->emplace_back().Delete.emplace();
    erase.TableName = kArn;
    erase.Key = item(R"({"pk":{"S":"a"}})");
    CHECK(shared.ask<api::TransactWriteItems>(write) == denied("DeleteItem"));

    api::ExecuteStatement::Input statement_input;
    statement_input.Statement = "SELECT * FROM \"" + std::string(kArn) + "\" WHERE pk = 'a'";
    // docs: "DynamoDB API operations supported by resource-based policies": PartiQL is not for other
    // accounts.
    CHECK(shared.ask<api::ExecuteStatement>(statement_input) == denied("PartiQLSelect"));
    statement_input.Statement = "DELETE FROM \"" + std::string(kArn) + "\" WHERE pk = 'a'";
    CHECK(shared.ask<api::ExecuteStatement>(statement_input) == denied("PartiQLDelete"));
}

TEST_CASE("a policy's Deny binds the table's own account, and conditions are asked") {
    Shared shared;
    shared.allow(R"({"Effect":"Deny","Principal":"*","Action":"dynamodb:PutItem","Resource":"*"})");
    CHECK(
        shared.fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"b"}})")) ==
        "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: "
        "dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/table with an explicit "
        "deny in a resource-based policy");
    CHECK(shared.fixture.refusal<api::GetItem>(Shared::get("table")) == "accepted");
    shared.allow(R"({"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem","Resource":"*",)"
                 R"("Condition":{"StringEquals":{"aws:PrincipalAccount":"222222222222"}}})");
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn)) == denied("GetItem"));
    CHECK(shared.ask<api::GetItem>(Shared::get(kArn), "222222222222") == "accepted");
}

TEST_CASE(
    "without a policy, operations on tables are for their own account, whatever stands under that name "
    "elsewhere") {
    Shared shared;
    shared.fixture.caller.account = kNeighbour;
    shared.fixture.create_table({});
    api::DeleteTable::Input erase;
    erase.TableName = kArn;
    CHECK(shared.fixture.refusal<api::DeleteTable>(erase) == denied("DeleteTable"));
    api::DescribeTable::Input describe;
    describe.TableName = kArn;
    CHECK(shared.fixture.refusal<api::DescribeTable>(describe) == denied("DescribeTable"));
    describe.TableName = "arn:aws:dynamodb:us-east-1:111111111111:table/table";
    CHECK(shared.fixture.refusal<api::DescribeTable>(describe) == "accepted");
}

TEST_CASE("a resource policy that is none is refused") {
    Shared shared;
    api::PutResourcePolicy::Input input;
    input.ResourceArn = kArn;
    input.Policy = GENERATE(as<std::string>(), "{", "{}",
                            R"({"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]})");
    CHECK(shared.fixture.refusal<api::PutResourcePolicy>(input).starts_with(
        "ValidationException: One or more parameter values were invalid: Invalid policy document"));
}
