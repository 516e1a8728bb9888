#include "services/dynamodb/model/batch_execute_statement.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_table.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

using Schema = std::vector<std::pair<std::string, std::string>>;

std::vector<api::KeySchemaElement> schema(const Schema& given) {
    std::vector<api::KeySchemaElement> out;
    for (const auto& [name, kind] : given) {
        api::KeySchemaElement& made = out.emplace_back();
        made.AttributeName = name;
        made.KeyType = kind;
    }
    return out;
}

// A table of matches with an index by tournament and region, sorted by round, bracket and number.
api::CreateTable::Input matches(const Schema& keys) {
    auto input = Fixture::table_input({});
    for (const char* name : {"tournament", "region", "round", "bracket", "a", "b", "c", "d"}) {
        const bool is_used =
            std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.first == name; });
        if (is_used) Fixture::define(input, name, "S");
    }
    if (std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.first == "number"; })) {
        Fixture::define(input, "number", "N");
    }
    input.GlobalSecondaryIndexes.emplace();
    auto& index = input.GlobalSecondaryIndexes->emplace_back(Fixture::index("by-place", "tournament", "ALL"));
    index.KeySchema = schema(keys);
    return input;
}

const Schema kKeys{{"tournament", "HASH"},
                   {"region", "HASH"},
                   {"round", "RANGE"},
                   {"bracket", "RANGE"},
                   {"number", "RANGE"}};

class Matches : public Fixture {
public:
    Matches() {
        call<api::CreateTable>(matches(kKeys));
        int id = 0;
        for (const char* region : {"east", "west"}) {
            for (const char* round : {"final", "semi"}) {
                for (const char* bracket : {"lower", "upper"}) {
                    for (const int number : {2, 10}) put_match(++id, region, round, bracket, number);
                }
            }
        }
        put(R"({"pk":{"S":"sparse"},"tournament":{"S":"t"},"region":{"S":"east"},"round":{"S":"semi"}})");
    }

    void put_match(int id, const std::string& region, const std::string& round, const std::string& bracket,
                   int number) {
        put(R"({"pk":{"S":")" + std::to_string(id) + R"("},"tournament":{"S":"t"},"region":{"S":")" + region +
            R"("},"round":{"S":")" + round + R"("},"bracket":{"S":")" + bracket + R"("},"number":{"N":")" +
            std::to_string(number) + R"("}})");
    }

    static api::Query::Input query(const std::string& condition, const std::string& values) {
        api::Query::Input input;
        input.TableName = "table";
        input.IndexName = "by-place";
        input.KeyConditionExpression = condition;
        input.ExpressionAttributeNames = {{"#r", "region"}, {"#o", "round"}, {"#n", "number"}};
        for (auto at = input.ExpressionAttributeNames->begin();
             at != input.ExpressionAttributeNames->end();) {
            at = condition.find(at->first) == std::string::npos ? input.ExpressionAttributeNames->erase(at)
                                                                : std::next(at);
        }
        if (input.ExpressionAttributeNames->empty()) input.ExpressionAttributeNames.reset();
        input.ExpressionAttributeValues = item(values);
        return input;
    }

    // The pks that a query finds, in order.
    std::string found(const std::string& condition, const std::string& values) {
        std::string out;
        const auto page = call<api::Query>(query(condition, values));
        for (const Item& each : *page.Items) {
            const AttributeMap attributes = each.json.empty() ? each.attributes : decode_stored(each.json);
            out += (out.empty() ? "" : " ") + attributes.find("pk")->text();
        }
        return out;
    }
};

}  // namespace

TEST_CASE("an index with a multi-attribute key is queried by all hashes and the first ranges") {
    Matches world;
    const std::string east = R"({":t":{"S":"t"},":r":{"S":"east"})";
    const std::string both = "tournament = :t AND #r = :r";
    CHECK(world.found(both, east + "}") == "1 2 3 4 5 6 7 8");
    CHECK(world.found(both + " AND #o = :o", east + R"(,":o":{"S":"semi"}})") == "5 6 7 8");
    CHECK(world.found(both + " AND #o = :o AND bracket > :b",
                      east + R"(,":o":{"S":"semi"},":b":{"S":"lower"}})") == "7 8");
    CHECK(world.found(both + " AND #o = :o AND bracket = :b AND #n BETWEEN :x AND :y",
                      east + R"(,":o":{"S":"semi"},":b":{"S":"upper"},":x":{"N":"3"},":y":{"N":"11"}})") ==
          "8");
    CHECK(world.found(both + " AND begins_with(#o, :o)", east + R"(,":o":{"S":"f"}})") == "1 2 3 4");
    auto page = Matches::query(both, east + "}");
    page.Limit = 3;
    std::string seen;
    while (true) {
        const auto output = world.call<api::Query>(page);
        seen += std::to_string(*output.Count);
        if (!output.LastEvaluatedKey) break;
        page.ExclusiveStartKey = output.LastEvaluatedKey;
    }
    CHECK(seen == "332");
    api::Scan::Input scan;
    scan.TableName = "table";
    scan.IndexName = "by-place";
    CHECK(world.call<api::Scan>(scan).Count == 16);
}

TEST_CASE("PartiQL reads no index with a multi-attribute key, but the table and its other statements") {
    Matches world;
    const auto refusal = [&](const std::string& text) {
        api::ExecuteStatement::Input statement;
        statement.Statement = text;
        return world.refusal<api::ExecuteStatement>(statement);
    };
    const std::string refused =
        "ValidationException: PartiQL statements cannot be executed on tables with multi-attribute HASH keys "
        "or multi-attribute RANGE keys.";
    CHECK(refusal(R"(SELECT pk FROM "table"."by-place" WHERE tournament = 't' AND region = 'west')") ==
          refused);
    CHECK(refusal(R"(SELECT * FROM "table"."by-place" WHERE tournament = 't' ORDER BY round DESC)") ==
          refused);
    CHECK(refusal(R"(SELECT COUNT(*) FROM "table"."by-place")") == refused);
    CHECK(refusal(R"(SELECT * FROM "table"."by-place" WHERE)") ==
          "ValidationException: Statement wasn't well formed, can't be processed: Unexpected term");
    CHECK(refusal(R"(SELECT COUNT(*) FROM "table" WHERE pk = '1')") ==
          "ValidationException: Unexpected path component at 1:8:5");
    CHECK(refusal(R"(SELECT COUNT(*) FROM absent)") ==
          "ResourceNotFoundException: Requested resource not found");
    CHECK(refusal(R"(SELECT * FROM "table" WHERE pk = '1')") == "accepted");
    CHECK(refusal(R"(INSERT INTO "table" VALUE {'pk':'new'})") == "accepted");

    api::BatchExecuteStatement::Input batch;
    batch.Statements.emplace();
    batch.Statements->emplace_back().Statement =
        R"(SELECT * FROM "table"."by-place" WHERE tournament = 't' AND region = 'west')";
    CHECK("ValidationException: " +
              *world.call<api::BatchExecuteStatement>(batch).Responses->at(0).Error->Message ==
          refused);
}

TEST_CASE("a query of a multi-attribute key needs its parts in their order") {
    Matches world;
    const std::string east = R"({":t":{"S":"t"},":r":{"S":"east"})";
    const auto refusal = [&](const std::string& condition, const std::string& values) {
        return world.refusal<api::Query>(Matches::query(condition, values));
    };
    CHECK(refusal("tournament = :t", R"({":t":{"S":"t"}})") ==
          "ValidationException: Query condition missed key schema element: region");
    CHECK(refusal("tournament = :t AND #r > :r", east + "}") ==
          "ValidationException: Query key condition not supported");
    CHECK(refusal("tournament = :t AND #r = :r AND bracket = :b", east + R"(,":b":{"S":"x"}})") ==
          "ValidationException: RANGE key attributes round must have equality conditions specified in the "
          "query because a condition is present on key attribute bracket");
    CHECK(refusal("tournament = :t AND #r = :r AND #o > :o AND bracket = :b",
                  east + R"(,":o":{"S":"x"},":b":{"S":"x"}})") ==
          "ValidationException: RANGE key attributes round must have equality conditions specified in the "
          "query because a condition is present on key attribute bracket");
}

TEST_CASE("key schemas have AWS's lengths: two for tables, four of each kind for global indexes") {
    Fixture fixture;
    const auto refusal = [&](const Schema& keys) { return fixture.refusal<api::CreateTable>(matches(keys)); };
    CHECK(refusal({{"tournament", "HASH"}, {"round", "RANGE"}, {"region", "HASH"}}) ==
          "ValidationException: Invalid KeySchema: HASH key types must come before RANGE key types");
    CHECK(
        refusal({{"tournament", "HASH"}, {"region", "HASH"}, {"a", "HASH"}, {"b", "HASH"}, {"c", "HASH"}}) ==
        "ValidationException: Invalid KeySchema: At most 4 HASH and 4 RANGE key types are allowed");
    CHECK(refusal({{"tournament", "HASH"}, {"region", "HASH"}, {"tournament", "RANGE"}}) ==
          "ValidationException: Invalid KeySchema: Some index key attribute have no definition");
    auto table = Fixture::table_input({});
    table.KeySchema = schema({{"pk", "HASH"}, {"a", "RANGE"}, {"b", "RANGE"}});
    CHECK(
        fixture.refusal<api::CreateTable>(table) ==
        "ValidationException: 1 validation error detected: Value '[KeySchemaElement(attributeName=pk, "
        "keyType=HASH), KeySchemaElement(attributeName=a, keyType=RANGE), KeySchemaElement(attributeName=b, "
        "keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or "
        "equal to 2");
    CHECK(refusal({{"tournament", "HASH"},
                   {"region", "HASH"},
                   {"a", "HASH"},
                   {"b", "HASH"},
                   {"c", "RANGE"},
                   {"d", "RANGE"},
                   {"round", "RANGE"},
                   {"number", "RANGE"}}) == "accepted");
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    const auto index = fixture.call<api::DescribeTable>(describe).Table->GlobalSecondaryIndexes->at(0);
    CHECK(index.KeySchema->size() == 8);
    CHECK(index.KeySchema->at(3).KeyType == "HASH");
    CHECK(index.KeySchema->at(4).AttributeName == "c");
}

TEST_CASE("warm throughput only rises, and on-demand limits hold for tables and their indexes") {
    Fixture fixture;
    auto input = matches({{"tournament", "HASH"}});
    input.WarmThroughput.emplace().ReadUnitsPerSecond = 20000;
    auto& index = input.GlobalSecondaryIndexes->at(0);
    index.OnDemandThroughput.emplace().MaxWriteRequestUnits = 50;
    fixture.call<api::CreateTable>(input);
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    auto table = *fixture.call<api::DescribeTable>(describe).Table;
    CHECK(table.WarmThroughput->ReadUnitsPerSecond == 20000);
    CHECK(table.WarmThroughput->WriteUnitsPerSecond == 4000);
    CHECK(table.GlobalSecondaryIndexes->at(0).OnDemandThroughput->MaxWriteRequestUnits == 50);
    CHECK(table.GlobalSecondaryIndexes->at(0).WarmThroughput->ReadUnitsPerSecond == 12000);
    api::UpdateTable::Input update;
    update.TableName = "table";
    update.WarmThroughput.emplace().WriteUnitsPerSecond = 3999;
    CHECK(fixture.refusal<api::UpdateTable>(update) ==
          "ValidationException: One or more parameter values were invalid: Requested WriteUnitsPerSecond for "
          "WarmThroughput, 3999, is lower than the current value, 4000");
    update.WarmThroughput->WriteUnitsPerSecond = 8000;
    CHECK(fixture.call<api::UpdateTable>(update).TableDescription->WarmThroughput->WriteUnitsPerSecond ==
          8000);
    update.WarmThroughput = api::WarmThroughput{};
    CHECK(fixture.refusal<api::UpdateTable>(update) ==
          "ValidationException: One or more parameter values were invalid: WarmThroughput must have "
          "ReadUnitsPerSecond, WriteUnitsPerSecond, or both");
}
