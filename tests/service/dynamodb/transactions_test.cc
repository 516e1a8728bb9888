// What transactions cost and how large they may be.
#include "services/dynamodb/model/execute_transaction.h"
#include "services/dynamodb/model/transact_get_items.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "tests/service/dynamodb/support.h"

namespace fogbank::dynamodb::test {
namespace {

std::string key_of(int number) {
    return R"({"pk":{"S":"k)" + std::to_string(number) + R"("}})";
}

api::TransactWriteItems::Input puts(int count) {
    api::TransactWriteItems::Input input;
    input.TransactItems.emplace();
    for (int i = 0; i < count; ++i) {
        api::Put& put = input.TransactItems->emplace_back().Put.emplace();
        put.TableName = "table";
        put.Item = item(key_of(i));
    }
    return input;
}

// Updates that make items of some 390 KB.
api::TransactWriteItems::Input growing_updates(int count) {
    api::TransactWriteItems::Input input;
    input.TransactItems.emplace();
    for (int i = 0; i < count; ++i) {
        api::Update& update = input.TransactItems->emplace_back().Update.emplace();
        update.TableName = "table";
        update.Key = item(key_of(i));
        update.UpdateExpression = "SET d = :d";
        update.ExpressionAttributeValues = item(R"({":d":{"S":")" + std::string(390'000, 'd') + R"("}})");
    }
    return input;
}

api::TransactGetItems::Input gets(int count) {
    api::TransactGetItems::Input input;
    input.TransactItems.emplace();
    for (int i = 0; i < count; ++i) {
        api::Get& get = input.TransactItems->emplace_back().Get.emplace();
        get.TableName = "table";
        get.Key = item(key_of(i));
    }
    return input;
}

TEST_CASE("a transaction's items cost twice, and their table the sum in every member") {
    Fixture fixture;
    fixture.create_table({});
    auto write = puts(3);
    write.ReturnConsumedCapacity = "INDEXES";
    const auto written = fixture.call<api::TransactWriteItems>(write).ConsumedCapacity;
    REQUIRE(written->size() == 1);
    CHECK(written->at(0).CapacityUnits == 6.0);
    CHECK(written->at(0).WriteCapacityUnits == 6.0);
    CHECK_FALSE(written->at(0).ReadCapacityUnits);
    CHECK(written->at(0).Table->CapacityUnits == 6.0);
    CHECK(written->at(0).Table->WriteCapacityUnits == 6.0);
    auto read = gets(3);
    read.ReturnConsumedCapacity = "INDEXES";
    const auto spent = fixture.call<api::TransactGetItems>(read).ConsumedCapacity;
    REQUIRE(spent->size() == 1);
    CHECK(spent->at(0).CapacityUnits == 6.0);
    CHECK(spent->at(0).ReadCapacityUnits == 6.0);
    CHECK(spent->at(0).Table->ReadCapacityUnits == 6.0);
}

TEST_CASE("a repeated token costs the reading of the items") {
    Fixture fixture;
    fixture.create_table({});
    auto write = puts(2);
    write.ReturnConsumedCapacity = "TOTAL";
    write.ClientRequestToken = "token";
    CHECK(fixture.call<api::TransactWriteItems>(write).ConsumedCapacity->at(0).WriteCapacityUnits == 4.0);
    const auto again = fixture.call<api::TransactWriteItems>(write).ConsumedCapacity;
    REQUIRE(again);
    CHECK(again->at(0).CapacityUnits == 4.0);
    CHECK(again->at(0).ReadCapacityUnits == 4.0);
    CHECK_FALSE(again->at(0).WriteCapacityUnits);

    api::ExecuteTransaction::Input statements;
    statements.TransactStatements.emplace().emplace_back().Statement =
        R"(INSERT INTO "table" VALUE {'pk': 'x'})";
    statements.ReturnConsumedCapacity = "TOTAL";
    statements.ClientRequestToken = "another";
    CHECK(fixture.call<api::ExecuteTransaction>(statements).ConsumedCapacity->at(0).WriteCapacityUnits ==
          2.0);
    CHECK(fixture.call<api::ExecuteTransaction>(statements).ConsumedCapacity->at(0).ReadCapacityUnits == 2.0);
}

TEST_CASE("the items of a transaction have 4 MB together, whatever writes or reads them") {
    const std::string refused = "ValidationException: Transaction payload size exceeded 4MB";
    Fixture fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::TransactWriteItems>(growing_updates(11)) == refused);
    CHECK(fixture.get(key_of(0)) == "none");
    CHECK(fixture.refusal<api::TransactWriteItems>(growing_updates(10)) == "accepted");
    CHECK(fixture.refusal<api::TransactGetItems>(gets(10)) == "accepted");
    api::TransactWriteItems::Input last = growing_updates(11);
    last.TransactItems->erase(last.TransactItems->begin(), last.TransactItems->begin() + 10);
    fixture.call<api::TransactWriteItems>(last);
    CHECK(fixture.refusal<api::TransactGetItems>(gets(11)) == refused);

    api::ExecuteTransaction::Input read;
    read.TransactStatements.emplace();
    for (int i = 0; i < 11; ++i) {
        read.TransactStatements->emplace_back().Statement =
            R"(SELECT * FROM "table" WHERE pk = 'k)" + std::to_string(i) + "'";
    }
    CHECK(fixture.refusal<api::ExecuteTransaction>(read) == refused);
    read.TransactStatements->pop_back();
    CHECK(fixture.refusal<api::ExecuteTransaction>(read) == "accepted");
}

}  // namespace
}  // namespace fogbank::dynamodb::test
