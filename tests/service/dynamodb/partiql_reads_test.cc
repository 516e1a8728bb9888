#include "services/dynamodb/model/batch_execute_statement.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/execute_transaction.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

using Texts = std::vector<std::string>;

// Everything here was captured on AWS on 2026-09-17 (eu-west-2).
class Keyed : public Fixture {
public:
    Keyed() {
        create_table({"table", "pk", "sk", ""});
        auto indexed = table_input({"indexed", "pk", "", ""});
        define(indexed, "g", "S");
        indexed.GlobalSecondaryIndexes = {index("by-g", "g", "KEYS_ONLY")};
        call<api::CreateTable>(indexed);
    }

    static std::string list(int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += (i == 0 ? "'v" : "','v") + std::to_string(i);
        return "[" + out + "']";
    }

    std::string refused(const std::string& text) {
        api::ExecuteStatement::Input input;
        input.Statement = text;
        return refusal<api::ExecuteStatement>(input);
    }
    std::string where(const std::string& condition) {
        return refused("SELECT pk FROM \"table\" WHERE " + condition);
    }
    std::string of_index(const std::string& condition) {
        return refused("SELECT pk FROM indexed.\"by-g\" WHERE " + condition);
    }

    static api::ExecuteTransaction::Input transaction(const Texts& statements) {
        api::ExecuteTransaction::Input out;
        out.TransactStatements.emplace();
        for (const std::string& text : statements) out.TransactStatements->emplace_back().Statement = text;
        return out;
    }
    std::string in_transaction(const Texts& statements) {
        return refusal<api::ExecuteTransaction>(transaction(statements));
    }
    // The reasons of a cancelled transaction, as JSON.
    std::string reasons(const Texts& statements) {
        try {
            call<api::ExecuteTransaction>(transaction(statements));
        } catch (const Error& error) {
            for (const Error::Detail& detail : error.details()) {
                if (detail.name == "CancellationReasons") return detail.value;
            }
            return error.message();
        }
        return "accepted";
    }
};

const std::string kRefused = "ValidationException: ";
const std::string kFirst = kRefused + "Validation failed in TransactStatements[0]: ";

}  // namespace

TEST_CASE("a SELECT by key compares only keys of the schema's types") {
    Keyed fixture;
    const std::string mismatch =
        kRefused + "Key attribute's data type should match its data type in table's schema: Key ";
    CHECK(fixture.where("pk = 1 OR pk = 'a'") == mismatch + "pk");
    CHECK(fixture.where("pk = 'a' AND sk IN [1, '2']") == mismatch + "sk");
    CHECK(fixture.where("pk = true") ==
          kRefused + "Key value must be of type S, N, or B. Key name: pk, Key type: BOOL");
    CHECK(fixture.where("pk > 1") == "accepted");
}

TEST_CASE("a SELECT is no more than 50 reads, of keys that do not meet") {
    Keyed fixture;
    const std::string many = kRefused + "Too many decomposed read operations for a given query.";
    CHECK(fixture.where("pk IN " + Keyed::list(51)) == many);
    CHECK(fixture.where("pk = 'a' AND (sk = 1 OR sk = 2) AND pk IN " + Keyed::list(26)) == many);
    CHECK(fixture.where("pk IN " + Keyed::list(50) + " AND flag IN " + Keyed::list(100)) == "accepted");
    CHECK(fixture.where("pk IN " + Keyed::list(51) + " OR flag = 'one'") == "accepted");
    CHECK(fixture.where("flag IN " + Keyed::list(101)) ==
          kRefused + "The IN operator is provided with too many operands; number of operands: 101");
    const std::string overlap =
        kRefused + "Overlapping conditions with range keys are not supported in where clause";
    CHECK(fixture.where("pk = 'a' AND (sk = 1 OR flag = 'two')") == overlap);
    CHECK(fixture.where("(pk = 'a' AND flag = 'one') OR (pk = 'a' AND flag = 'two')") == overlap);
    CHECK(fixture.of_index("(g = 'a' AND pk = '1') OR (g = 'a' AND pk = '2')") == overlap);
    CHECK(fixture.where("pk = 'a' AND sk = 1 AND (attribute_exists(x) OR NOT attribute_exists(y))") ==
          "accepted");
    CHECK(fixture.where("pk = 'a' OR sk = 1") == "accepted");
}

TEST_CASE("filters of an index on what it lacks are refused where every read has one") {
    Keyed fixture;
    const auto lacks = [](const std::string& names) {
        return kRefused +
               "One or more parameter values were invalid: Secondary index by-g does not project one or more "
               "filter attributes: [" +
               names + "]";
    };
    CHECK(fixture.of_index("g = 'y' AND (zz = '1' OR aa = '2' OR mm = '3')") == lacks("zz, aa, mm"));
    CHECK(fixture.of_index("g = 'y' AND b = '1' AND (a = '2' OR pk = '3')") == lacks("a, b"));
    CHECK(fixture.of_index("(g = 'y' OR g = 'z') AND zz = '1'") == lacks("zz"));
    CHECK(fixture.of_index("(g = 'b' AND u1 = '1') OR (g = 'q' AND u2 = '1')") == lacks("u2"));
    CHECK(fixture.of_index("(g = 'q' AND u1 = '1') OR (g = 'b' AND u2 = '1')") == lacks("u1"));
    for (const char* accepted : {"(g = 'y' AND pk = '1') OR (g = 'z' AND aa = '1')", "g > 'a' AND zz = '1'",
                                 "g = 'y' AND (g = 'z' OR zz = '1')", "(g = 'y' AND zz = '1') OR aa = '1'"}) {
        INFO(accepted);
        CHECK(fixture.of_index(accepted) == "accepted");
    }
}

TEST_CASE("an IN of more than ten partitions is answered in pages") {
    Keyed fixture;
    for (int i = 0; i < 12; ++i) {
        fixture.put(R"({"pk":{"S":"v)" + std::to_string(i) + R"("},"sk":{"N":"1"}})");
    }
    api::ExecuteStatement::Input input;
    input.Statement = "SELECT pk FROM \"table\" WHERE pk IN " + Keyed::list(12);
    auto page = fixture.call<api::ExecuteStatement>(input);
    CHECK(page.Items->size() == 10);
    input.NextToken = page.NextToken;
    page = fixture.call<api::ExecuteStatement>(input);
    CHECK(page.Items->size() == 2);
    CHECK_FALSE(page.NextToken);
}

TEST_CASE("a write names one item, by one value for each key attribute") {
    Keyed fixture;
    const std::string update = "UPDATE \"table\" SET a = 1 WHERE ";
    CHECK(fixture.refused(update + "pk = 'a' AND sk = 1 AND pk = 'b'") ==
          kRefused +
              "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported");
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"m":{"M":{}}})");
    CHECK(fixture.refused(update + "pk = 'a' AND sk = 1 AND pk = 'a'") == "accepted");
    CHECK(fixture.refused(update + "pk = 'a' AND sk = '1'") ==
          kRefused + "Key attribute's data type should match its data type in table's schema: Key sk");
    const std::string mismatch =
        R"({"Code":"ValidationError","Message":"The provided key element does not match the schema"})";
    CHECK(fixture.reasons({update + "pk = 'a'", update + "pk IN ['a'] AND sk = 1",
                           update + "pk = 'a' AND sk = 1 AND pk = 'b'", update + "pk = 'a' AND sk = '1'",
                           update + "pk = 'b' AND sk = 1"}) ==
          "[" + mismatch + "," + mismatch + "," + mismatch + "," + mismatch + R"(,{"Code":"None"}])");
    CHECK(
        fixture.reasons({"INSERT INTO \"table\" VALUE {'pk':'a'}"}) ==
        R"([{"Code":"ValidationError","Message":"One or more parameter values were invalid: Missing the key )"
        R"(sk in the item"}])");
    CHECK(fixture.reasons({"SELECT * FROM \"table\" WHERE pk = 'a' AND sk = '1'"}) == "[" + mismatch + "]");
}

TEST_CASE("a transaction reads by keys that one value each names, and tells of missing tables") {
    Keyed fixture;
    const std::string select = "SELECT * FROM \"table\" WHERE ";
    CHECK(fixture.in_transaction({select + "pk IN ['a'] AND sk IN [1]"}) == "accepted");
    CHECK(fixture.in_transaction({select + "(sk = 1) AND pk = 'a' AND pk = 'a'"}) == "accepted");
    CHECK(
        fixture.in_transaction({select + "pk IN ['b'] AND pk = 'a' AND sk = 1"}) ==
        kFirst +
            "Select statements within ExecuteTransaction must specify the primary key in the where clause.");
    CHECK(fixture.in_transaction({select + "pk IN ['a', 'a'] AND sk = 1"}) ==
          kFirst + "Overlapping conditions with range keys are not supported in where clause");
    const std::string missing = R"({"Code":"ResourceNotFound","Message":"Requested resource not found"})";
    CHECK(fixture.reasons({"UPDATE absent SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *",
                           "DELETE FROM absent WHERE pk = 'x'"}) == "[" + missing + "," + missing + "]");
    CHECK(fixture.reasons({select + "pk = 'a' AND sk = 1", "SELECT * FROM absent.\"i\" WHERE pk = 'x'"}) ==
          R"([{"Code":"None"},)" + missing + "]");
    CHECK(fixture.in_transaction({"DELETE FROM absent WHERE pk = 'x'",
                                  "DELETE FROM \"table\" WHERE pk = 'a' AND sk = 1 RETURNING ALL OLD *"}) ==
          kRefused +
              "Validation failed in TransactStatements[1]: RETURNING clause is not supported in "
              "ExecuteTransaction.");
}

TEST_CASE("an update whose value is too deep where it is put is refused") {
    Keyed fixture;
    fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"1"},"m":{"M":{}}})");
    std::string literal = "'x'";
    for (int i = 0; i < 31; ++i) literal = "[" + literal + "]";
    const std::string update = "UPDATE \"table\" SET m.deep = " + literal + " WHERE pk = 'a' AND sk = 1";
    const std::string deep = "Nesting Levels have exceeded supported limits";
    CHECK(fixture.refused(update) == kRefused + deep);
    CHECK(fixture.reasons({update}) == R"([{"Code":"ValidationError","Message":")" + deep + R"("}])");
    CHECK(fixture.refused("UPDATE \"table\" SET d = " + literal + " WHERE pk = 'a' AND sk = 1") ==
          "accepted");
    api::BatchExecuteStatement::Input batch;
    batch.Statements.emplace();
    batch.Statements->emplace_back().Statement = update;
    const auto answer = fixture.call<api::BatchExecuteStatement>(batch);
    CHECK(answer.Responses->at(0).TableName == "table");
    CHECK(answer.Responses->at(0).Error->Message == deep);
}
