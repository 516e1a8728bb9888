#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/shared.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

std::string conditional(const std::string& effect, const std::string& condition) {
    return R"({"Effect":")" + effect +
           R"(","Principal":"*","Action":"dynamodb:*","Resource":"*","Condition":)" + condition + "}";
}

bool is_denied(const std::string& answer) {
    return answer.starts_with("AccessDeniedException");
}

api::UpdateItem::Input update_input(const std::string& expression) {
    api::UpdateItem::Input input;
    input.TableName = kArn;
    input.Key = item(R"({"pk":{"S":"a"}})");
    input.UpdateExpression = expression;
    input.ExpressionAttributeValues = item(R"({":v":{"S":"v"}})");
    return input;
}

api::Query::Input query_input(const std::string& condition) {
    api::Query::Input input;
    input.TableName = kArn;
    input.KeyConditionExpression = condition;
    input.ExpressionAttributeValues = item(R"({":v":{"S":"a"}})");
    return input;
}

}  // namespace

TEST_CASE("dynamodb:LeadingKeys are the partition keys of what is read and written") {
    Shared shared;
    shared.allow(conditional("Allow", R"({"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a","k"]},)"
                                      R"("Null":{"dynamodb:LeadingKeys":"false"}})"));
    auto get = Shared::get(kArn);
    CHECK(shared.ask<api::GetItem>(get) == "accepted");
    get.Key = item(R"({"pk":{"S":"b"}})");
    CHECK(shared.ask<api::GetItem>(get) == denied("GetItem"));
    CHECK(shared.ask<api::Query>(query_input("pk = :v")) == "accepted");
    auto by_kind = query_input("kind = :v");
    by_kind.IndexName = "by-kind";
    CHECK(shared.ask<api::Query>(by_kind) == "accepted");
    by_kind.ExpressionAttributeValues = item(R"({":v":{"S":"other"}})");
    CHECK(is_denied(shared.ask<api::Query>(by_kind)));
    api::Scan::Input scan;
    scan.TableName = kArn;
    CHECK(shared.ask<api::Scan>(scan) == denied("Scan"));
    api::BatchGetItem::Input batch;
    auto& keys = (*(batch.RequestItems.emplace().try_emplace(kArn).first)).second.Keys.emplace();
    keys.push_back(item(R"({"pk":{"S":"a"}})"));
    CHECK(shared.ask<api::BatchGetItem>(batch) == "accepted");
    keys.push_back(item(R"({"pk":{"S":"b"}})"));
    CHECK(shared.ask<api::BatchGetItem>(batch) == denied("BatchGetItem"));
    api::BatchWriteItem::Input write;
    auto& requests = (*write.RequestItems.emplace().try_emplace(kArn).first).second;
    requests.emplace_back().PutRequest.emplace().Item = item(R"({"pk":{"S":"a"}})");
    CHECK(shared.ask<api::BatchWriteItem>(write) == "accepted");
    requests.emplace_back().DeleteRequest.emplace().Key = item(R"({"pk":{"S":"b"}})");
    CHECK(shared.ask<api::BatchWriteItem>(write) == denied("BatchWriteItem"));
}

TEST_CASE(
    "dynamodb:Attributes are the names that a request gives, and dynamodb:Select keeps others from its "
    "answer") {
    Shared shared;
    shared.allow(conditional("Allow", R"({"ForAllValues:StringEquals":{"dynamodb:Attributes":["pk","kind"]},)"
                                      R"("StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES",)"
                                      R"("dynamodb:ReturnValues":["NONE","UPDATED_NEW"]}})"));
    auto get = Shared::get(kArn);
    CHECK(shared.ask<api::GetItem>(get) == denied("GetItem"));
    get.ProjectionExpression = "pk, kind";
    CHECK(shared.ask<api::GetItem>(get) == "accepted");
    get.ProjectionExpression = "pk, secret.part";
    CHECK(shared.ask<api::GetItem>(get) == denied("GetItem"));
    auto query = query_input("pk = :v");
    query.ProjectionExpression = "kind";
    CHECK(shared.ask<api::Query>(query) == "accepted");
    query.FilterExpression = "attribute_exists(secret)";
    CHECK(shared.ask<api::Query>(query) == denied("Query"));
    CHECK(shared.ask<api::UpdateItem>(update_input("SET kind = :v")) == "accepted");
    CHECK(shared.ask<api::UpdateItem>(update_input("SET secret = :v")) == denied("UpdateItem"));
    auto update = update_input("SET kind = if_not_exists(secret, :v)");
    CHECK(shared.ask<api::UpdateItem>(update) == denied("UpdateItem"));
    update = update_input("SET kind = :v");
    update.ReturnValues = "UPDATED_NEW";
    CHECK(shared.ask<api::UpdateItem>(update) == "accepted");
    update.ReturnValues = "ALL_NEW";
    CHECK(shared.ask<api::UpdateItem>(update) == denied("UpdateItem"));
    auto put = Fixture::put_input(R"({"pk":{"S":"b"},"kind":{"S":"k"}})");
    put.TableName = kArn;
    CHECK(shared.ask<api::PutItem>(put) == "accepted");
    put.Item = item(R"({"pk":{"S":"b"},"secret":{"S":"k"}})");
    CHECK(shared.ask<api::PutItem>(put) == denied("PutItem"));
}

TEST_CASE("dynamodb:EnclosingOperation is the transaction that a write is part of") {
    Shared shared;
    shared.allow(
        conditional("Allow", R"({"StringEquals":{"dynamodb:EnclosingOperation":"TransactWriteItems"}})"));
    auto put = Fixture::put_input(R"({"pk":{"S":"b"}})");
    put.TableName = kArn;
    CHECK(shared.ask<api::PutItem>(put) == denied("PutItem"));
    api::TransactWriteItems::Input write;
    auto& inner = write.TransactItems.emplace().emplace_back().Put.emplace();
    inner.TableName = kArn;
    inner.Item = put.Item;
    CHECK(shared.ask<api::TransactWriteItems>(write) == "accepted");
    shared.allow(conditional("Allow", R"({"StringEquals":{"dynamodb:ReturnConsumedCapacity":"NONE"},)"
                                      R"("ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"b"}})"));
    CHECK(shared.ask<api::TransactWriteItems>(write) == "accepted");
    write.ReturnConsumedCapacity = "TOTAL";
    CHECK(shared.ask<api::TransactWriteItems>(write) == denied("PutItem"));
}

TEST_CASE("dynamodb:FullTableScan keeps statements from going through a whole table") {
    Shared shared;
    shared.allow(conditional("Deny", R"({"Bool":{"dynamodb:FullTableScan":"true"}})"));
    api::ExecuteStatement::Input input;
    const auto run = [&](const std::string& text) {
        input.Statement = text;
        return shared.fixture.refusal<api::ExecuteStatement>(input);
    };
    CHECK(run(R"(SELECT * FROM "table" WHERE pk = 'a')") == "accepted");
    CHECK(run(R"(SELECT * FROM "table" WHERE pk IN ['a', 'b'] AND kind = 'k')") == "accepted");
    CHECK(is_denied(run(R"(SELECT * FROM "table")")));
    CHECK(is_denied(run(R"(SELECT * FROM "table" WHERE kind = 'k')")));
    CHECK(is_denied(run(R"(SELECT * FROM "table" WHERE pk = 'a' OR kind = 'k')")));
    CHECK(run(R"(SELECT * FROM "table"."by-kind" WHERE kind = 'k')") == "accepted");
    CHECK(run(R"(INSERT INTO "table" VALUE {'pk': 'n'})") == "accepted");
}
