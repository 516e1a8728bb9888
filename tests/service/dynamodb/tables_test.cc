#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/list_tables.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_table.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

TEST_CASE("a table is CREATING in the answer that makes it, then ACTIVE, then gone") {
    Fixture fixture;
    auto input = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "ALL")};
    const auto created = fixture.call<api::CreateTable>(input).TableDescription;
    CHECK(created->TableStatus == "CREATING");
    CHECK(created->TableArn == "arn:aws:dynamodb:us-east-1:000000000000:table/table");

    api::DescribeTable::Input describe;
    describe.TableName = "table";
    const auto described = fixture.call<api::DescribeTable>(describe).Table;
    CHECK(described->TableStatus == "ACTIVE");
    CHECK(described->TableId == created->TableId);
    CHECK(described->BillingModeSummary->BillingMode == "PAY_PER_REQUEST");
    CHECK(described->ProvisionedThroughput->ReadCapacityUnits == 0);
    REQUIRE(described->GlobalSecondaryIndexes);
    CHECK(described->GlobalSecondaryIndexes->at(0).IndexStatus == "ACTIVE");
    CHECK(described->GlobalSecondaryIndexes->at(0).IndexArn == *created->TableArn + "/index/by-g");
    CHECK(described->ItemCount == 0);

    CHECK(fixture.refusal<api::CreateTable>(input) == "ResourceInUseException: Table already exists: table");

    api::DeleteTable::Input erase;
    erase.TableName = "table";
    CHECK(fixture.call<api::DeleteTable>(erase).TableDescription->TableStatus == "DELETING");
    CHECK(fixture.refusal<api::DescribeTable>(describe) ==
          "ResourceNotFoundException: Requested resource not found: Table: table not found");
    CHECK(fixture.refusal<api::DeleteTable>(erase) ==
          "ResourceNotFoundException: Requested resource not found: Table: table not found");
}

TEST_CASE("a table of the same name starts empty, whatever the one before held") {
    Fixture fixture;
    fixture.create_table({});
    for (int i = 0; i < 20; ++i) fixture.put(R"({"pk":{"S":")" + std::to_string(i) + R"("}})");
    api::DeleteTable::Input erase;
    erase.TableName = "table";
    fixture.call<api::DeleteTable>(erase);
    CHECK(fixture.refusal<api::PutItem>(Fixture::put_input(R"({"pk":{"S":"1"}})")) ==
          "ResourceNotFoundException: Requested resource not found");
    fixture.create_table({});
    CHECK(fixture.get(R"({"pk":{"S":"1"}})") == "none");
    api::Scan::Input scan;
    scan.TableName = "table";
    CHECK(fixture.call<api::Scan>(scan).Count == 0);
}

TEST_CASE("counts and bytes of a table are exact") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"},"x":{"S":"12345"}})");
    fixture.put(R"({"pk":{"S":"b"}})");
    fixture.put(R"({"pk":{"S":"a"},"x":{"S":"1"}})");
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    auto table = fixture.call<api::DescribeTable>(describe).Table;
    CHECK(table->ItemCount == 2);
    CHECK(table->TableSizeBytes == 3 + 2 + 3);
    api::DeleteItem::Input erase;
    erase.TableName = "table";
    erase.Key = item(R"({"pk":{"S":"a"}})");
    fixture.call<api::DeleteItem>(erase);
    fixture.call<api::DeleteItem>(erase);
    table = fixture.call<api::DescribeTable>(describe).Table;
    CHECK(table->ItemCount == 1);
    CHECK(table->TableSizeBytes == 3);
}

TEST_CASE("tags of another account's table are denied before anything is looked up") {
    Fixture fixture;
    api::ListTagsOfResource::Input list;
    list.ResourceArn = "arn:aws:dynamodb:us-east-1:999999999999:table/any";
    CHECK(
        fixture.refusal<api::ListTagsOfResource>(list) ==
        "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: "
        "dynamodb:ListTagsOfResource on resource: arn:aws:dynamodb:us-east-1:999999999999:table/any because "
        "no resource-based policy allows the dynamodb:ListTagsOfResource action");
}

TEST_CASE("CreateTable refuses what AWS refuses") {
    Fixture fixture;
    const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
    auto input = Fixture::table_input({});
    input.TableName.reset();
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          "ValidationException: The parameter 'TableName' is required but was not present in the request");

    input = Fixture::table_input({"ab", "pk", "", ""});
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          "ValidationException: 1 validation error detected: Value 'ab' at 'tableName' failed to satisfy "
          "constraint: "
          "Member must have length greater than or equal to 3");

    input = Fixture::table_input({});
    input.BillingMode = "PROVISIONED";
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          invalid +
              "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
              "PROVISIONED");

    input = Fixture::table_input({});
    Fixture::define(input, "unused", "S");
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          invalid +
              "Number of attributes in KeySchema does not exactly match number of attributes defined in "
              "AttributeDefinitions");

    input = Fixture::table_input({});
    input.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "ALL")};
    CHECK(fixture.refusal<api::CreateTable>(input) ==
          invalid +
              "Some index key attributes are not defined in AttributeDefinitions. Keys: [g], "
              "AttributeDefinitions: [pk]");

    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes->push_back(Fixture::index("by-g", "g", "ALL"));
    CHECK(fixture.refusal<api::CreateTable>(input) == invalid + "Duplicate index name: by-g");
}

TEST_CASE("ListTables pages by name, per account and region") {
    Fixture fixture;
    for (const char* name : {"ccc", "aaa", "bbb"}) fixture.create_table({name, "pk", "", ""});
    api::ListTables::Input input;
    input.Limit = 2;
    auto page = fixture.call<api::ListTables>(input);
    CHECK(page.TableNames == std::vector<std::string>{"aaa", "bbb"});
    CHECK(page.LastEvaluatedTableName == "bbb");
    input.ExclusiveStartTableName = page.LastEvaluatedTableName;
    page = fixture.call<api::ListTables>(input);
    CHECK(page.TableNames == std::vector<std::string>{"ccc"});
    CHECK_FALSE(page.LastEvaluatedTableName);
    fixture.caller.region = "eu-west-1";
    CHECK(fixture.call<api::ListTables>({}).TableNames->empty());
    fixture.caller = {"111111111111", "us-east-1"};
    CHECK(fixture.call<api::ListTables>({}).TableNames->empty());
}

TEST_CASE("a reset of one account leaves the others") {
    Fixture fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"}})");
    fixture.caller.account = "111111111111";
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"b"}})");
    fixture.harness.run(fixture.harness.database().reset(
        [&](store::Txn& txn) { fixture.service().reset(txn, "111111111111"); }));
    fixture.service().after_reset("111111111111");
    CHECK(fixture.call<api::ListTables>({}).TableNames->empty());
    fixture.caller.account = "000000000000";
    CHECK(fixture.get(R"({"pk":{"S":"a"}})") == R"({"pk":{"S":"a"}})");
}

TEST_CASE("a table tells when its provisioned units were raised and lowered, and how often today") {
    Fixture fixture;
    auto input = Fixture::table_input({});
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput.emplace().ReadCapacityUnits = 10;
    input.ProvisionedThroughput->WriteCapacityUnits = 10;
    fixture.call<api::CreateTable>(input);
    const auto update = [&](std::int64_t reads, std::int64_t writes) {
        api::UpdateTable::Input change;
        change.TableName = "table";
        change.ProvisionedThroughput.emplace().ReadCapacityUnits = reads;
        change.ProvisionedThroughput->WriteCapacityUnits = writes;
        return *fixture.call<api::UpdateTable>(change).TableDescription->ProvisionedThroughput;
    };
    const auto described = [&] {
        api::DescribeTable::Input describe;
        describe.TableName = "table";
        return *fixture.call<api::DescribeTable>(describe).Table->ProvisionedThroughput;
    };
    CHECK_FALSE(described().LastIncreaseDateTime);
    const Timestamp raised = fixture.harness.clock().now();
    auto answer = update(30, 10);
    CHECK(answer.ReadCapacityUnits == 10);  // the units of before
    CHECK(answer.LastIncreaseDateTime == raised);
    CHECK(described().ReadCapacityUnits == 30);
    CHECK(*described().LastIncreaseDateTime > raised);
    CHECK_FALSE(described().LastDecreaseDateTime);

    fixture.harness.advance(std::chrono::hours(1));
    const Timestamp lowered = fixture.harness.clock().now();
    answer = update(20, 10);
    CHECK(answer.ReadCapacityUnits == 30);
    CHECK(answer.LastDecreaseDateTime == lowered);
    CHECK(answer.NumberOfDecreasesToday == 0);
    CHECK(described().NumberOfDecreasesToday == 1);
    CHECK(*described().LastIncreaseDateTime < lowered);
    update(10, 20);
    CHECK(described().NumberOfDecreasesToday == 2);
    CHECK(*described().LastIncreaseDateTime > lowered);
    fixture.harness.advance(std::chrono::hours(24));
    CHECK(described().NumberOfDecreasesToday == 0);
    update(5, 20);
    CHECK(described().NumberOfDecreasesToday == 1);
}
