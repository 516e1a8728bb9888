#include "services/dynamodb/model/batch_execute_statement.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/execute_transaction.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

using Texts = std::vector<std::string>;

class PartiQl : public Fixture {
public:
    PartiQl() {
        auto input = table_input({"table", "pk", "sk", ""});
        define(input, "g", "S");
        input.GlobalSecondaryIndexes = {index("by-g", "g", "KEYS_ONLY")};
        call<api::CreateTable>(input);
        create_table({"hashed", "pk", "", ""});
    }

    static api::ExecuteStatement::Input input(const std::string& text) {
        api::ExecuteStatement::Input out;
        out.Statement = text;
        return out;
    }

    Texts run(const std::string& text) { return texts(call<api::ExecuteStatement>(input(text)).Items); }
    std::string refused(const std::string& text) { return refusal<api::ExecuteStatement>(input(text)); }

    // The sort keys of what the SELECT answers, in order.
    std::string order(const std::string& clauses) {
        std::string out;
        for (const std::string& text : run("SELECT sk FROM \"table\" WHERE " + clauses)) {
            const AttributeMap found = decode_stored(text);
            out += (out.empty() ? "" : " ") + found.find("sk")->text();
        }
        return out;
    }

    void fill() {
        for (const char* pk : {"a", "b"}) {
            for (int sk = 1; sk <= 3; ++sk) {
                put(std::string(R"({"pk":{"S":")") + pk + R"("},"sk":{"N":")" + std::to_string(sk) +
                    R"("},"n":{"N":")" + std::to_string(sk * 10) + R"("},"g":{"S":"g"}})");
            }
        }
    }

    api::BatchExecuteStatement::Output batch(const Texts& statements) {
        api::BatchExecuteStatement::Input batch_input;
        batch_input.Statements.emplace();
        for (const std::string& text : statements) batch_input.Statements->emplace_back().Statement = text;
        batch_input.ReturnConsumedCapacity = "TOTAL";
        return call<api::BatchExecuteStatement>(batch_input);
    }

    static api::ExecuteTransaction::Input transaction(const Texts& statements) {
        api::ExecuteTransaction::Input out;
        out.TransactStatements.emplace();
        for (const std::string& text : statements) out.TransactStatements->emplace_back().Statement = text;
        return out;
    }

    std::string all() {
        std::string out;
        for (const std::string& text : run("SELECT * FROM hashed")) out += text;
        return out;
    }
};

std::string json_of(const Error& error, std::string_view member) {
    for (const Error::Detail& detail : error.details()) {
        if (detail.name == member) return detail.value;
    }
    return "none";
}

}  // namespace

TEST_CASE("PartiQL inserts an item once") {
    PartiQl fixture;
    CHECK(fixture.run("INSERT INTO hashed VALUE {'pk':'a', 'n':1}").empty());
    CHECK(fixture.refused("INSERT INTO hashed VALUE {'pk':'a', 'n':2}") ==
          "DuplicateItemException: Duplicate primary key exists in table");
    CHECK(fixture.all() == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    CHECK(fixture.refused("INSERT INTO hashed VALUE {'n':2}") ==
          "ValidationException: One or more parameter values were invalid: Missing the key pk in the item");
    CHECK(fixture.refused("INSERT INTO hashed.\"none\" VALUE {'pk':'a'}") ==
          "ValidationException: FROM clause may only contain a single table name in data manipulation "
          "statements at 1:13:6");
    CHECK(fixture.refused("INSERT INTO absent VALUE {'pk':'a'}") ==
          "ResourceNotFoundException: Requested resource not found");
}

TEST_CASE("a SELECT reads by key where it can, and filters the rest") {
    PartiQl fixture;
    fixture.fill();
    CHECK(fixture.order("pk = 'a'") == "1 2 3");
    CHECK(fixture.order("pk = 'a' AND sk >= 2") == "2 3");
    CHECK(fixture.order("pk = 'a' AND sk BETWEEN 2 AND 3 AND n <> 30") == "2");
    CHECK(fixture.order("pk = 'a' AND sk IN [1, 3]") == "1 3");
    CHECK(fixture.order("pk = 'a' AND sk = 1 OR pk = 'b' AND sk = 3") == "1 3");
    CHECK(fixture.order("(pk = 'a' OR pk = 'b') AND NOT sk < 3") == "3 3");
    CHECK(fixture.order("n = 20") == "2 2");
    CHECK(fixture.order("pk = 'a' AND 2 <= sk") == "2 3");

    api::ExecuteStatement::Input costly = PartiQl::input("SELECT * FROM \"table\" WHERE pk = 'a' AND sk = 1");
    costly.ReturnConsumedCapacity = "TOTAL";
    CHECK(fixture.call<api::ExecuteStatement>(costly).ConsumedCapacity->CapacityUnits == 0.5);
    costly.ConsistentRead = true;
    CHECK(fixture.call<api::ExecuteStatement>(costly).ConsumedCapacity->CapacityUnits == 1);
}

TEST_CASE("a SELECT judges missing and null attributes, types, sizes and contents") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'x','nul':null,'s':'Kirkland','tags':<<'a','b'>>,'n':400}");
    fixture.run("INSERT INTO hashed VALUE {'pk':'y','n':550}");
    const auto found = [&](const std::string& condition) {
        std::string out;
        for (const std::string& text :
             fixture.run("SELECT pk FROM hashed WHERE pk IN ['x','y'] AND " + condition))
            out += decode_stored(text).find("pk")->text();
        return out;
    };
    CHECK(found("contains(s, 'Kirk')") == "x");
    CHECK(found("contains(tags, 'a')") == "x");
    CHECK(found("attribute_type(n, 'N')") == "xy");
    CHECK(found("size(s) > 7") == "x");
    CHECK(found("n != 400") == "y");
    CHECK(found("nul IS NULL") == "x");
    CHECK(found("nul IS NOT NULL") == "y");
    CHECK(found("absent IS NULL").empty());
    CHECK(found("s IS MISSING") == "y");
    CHECK(found("s IS NOT MISSING") == "x");
    CHECK(found("NOT begins_with(s, 'Ki')") == "y");
    CHECK(found("attribute_exists(tags)") == "x");
}

TEST_CASE("a SELECT shows paths under their last name") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','m':{'k':'v','l':[1,{'z':2}]}}");
    CHECK(fixture.run("SELECT m.k, pk, m.none FROM hashed WHERE pk='a'") ==
          Texts{R"({"k":{"S":"v"},"pk":{"S":"a"}})"});
    CHECK(fixture.run("SELECT m.l[1].z FROM hashed WHERE m.l[0] = 1") == Texts{R"({"z":{"N":"2"}})"});
}

TEST_CASE("ORDER BY follows the keys, and refuses what they cannot order") {
    PartiQl fixture;
    fixture.fill();
    CHECK(fixture.order("pk = 'a' ORDER BY sk DESC") == "3 2 1");
    CHECK(fixture.order("pk = 'a' ORDER BY sk") == "1 2 3");
    CHECK(fixture.order("pk = 'a' ORDER BY pk ASC") == "3 2 1");
    CHECK(fixture.order("pk IN ['a','b'] AND sk > 1 ORDER BY pk DESC, sk ASC") == "2 3 2 3");
    const auto refused = [&](const std::string& clauses) {
        return fixture.refused("SELECT sk FROM \"table\" WHERE " + clauses);
    };
    CHECK(refused("pk = 'a' ORDER BY n") ==
          "ValidationException: Attribute n in ORDER BY clause must be part of the primary key");
    CHECK(refused("pk > 'a' ORDER BY sk") ==
          "ValidationException: Must have at least one non-optional hash key condition in WHERE clause when "
          "using ORDER BY clause.");
    CHECK(refused("pk IN ['a','b'] ORDER BY sk DESC") ==
          "ValidationException: Must have hash key in ORDER BY clause when more than one hash key condition "
          "specified in WHERE clause.");
}

TEST_CASE("a SELECT goes on where its NextToken says, over partitions and filters") {
    PartiQl fixture;
    fixture.fill();
    auto input =
        PartiQl::input("SELECT sk FROM \"table\" WHERE pk IN ['a','b'] AND sk <> 2 ORDER BY pk DESC");
    input.Limit = 2;
    Texts pages;
    int rounds = 0;
    while (rounds++ < 10) {
        const auto output = fixture.call<api::ExecuteStatement>(input);
        std::string page;
        for (const std::string& text : texts(output.Items)) page += decode_stored(text).find("sk")->text();
        pages.push_back(page);
        if (!output.NextToken) break;
        input.NextToken = output.NextToken;
    }
    CHECK(pages == Texts{"3", "13", "1", ""});

    input.Statement = "SELECT * FROM hashed";
    CHECK(fixture.refusal<api::ExecuteStatement>(input) ==
          "ValidationException: NextToken does not match request");
    input.NextToken = "nonsense";
    CHECK(fixture.refusal<api::ExecuteStatement>(input) == "ValidationException: Invalid NextToken");
}

TEST_CASE("a SELECT of an index answers what it projects, in AWS's words") {
    PartiQl fixture;
    fixture.fill();
    CHECK(fixture.run("SELECT * FROM \"table\".\"by-g\" WHERE g = 'g' AND pk = 'a' AND sk = 1") ==
          Texts{R"({"g":{"S":"g"},"pk":{"S":"a"},"sk":{"N":"1"}})"});
    CHECK(fixture.refused("SELECT pk FROM \"table\".\"by-g\" WHERE g = 'g' AND n = 1") ==
          "ValidationException: One or more parameter values were invalid: Secondary index by-g does not "
          "project one or more filter attributes: [n]");
    for (const char* condition : {"g IN ['g', 'h'] AND NOT n = 1", "g = 'g' AND n IS MISSING"}) {
        CHECK(fixture.refused(std::string("SELECT pk FROM \"table\".\"by-g\" WHERE ") + condition) ==
              "ValidationException: One or more parameter values were invalid: Secondary index by-g does not "
              "project one or more filter attributes: [n]");
    }
    // A scan of the index sees no such attribute.
    CHECK(fixture.run("SELECT sk FROM \"table\".\"by-g\" WHERE n = 10").empty());
    CHECK(fixture.run("SELECT sk FROM \"table\".\"by-g\" WHERE NOT n = 10").size() == 6);
    CHECK(fixture.run("SELECT sk FROM \"table\".\"by-g\" WHERE (g = 'g' AND n = 10) OR g = 'h'").empty());
    CHECK(fixture.refused("SELECT n FROM \"table\".\"by-g\" WHERE g = 'g'") ==
          "ValidationException: One or more parameter values were invalid: Global secondary index by-g does "
          "not project [n]");
    CHECK(fixture.refused("SELECT n FROM \"table\".\"none\" WHERE g = 'g'") ==
          "ValidationException: The table does not have the specified index");
    auto input = PartiQl::input("SELECT * FROM \"table\".\"by-g\" WHERE g = 'g'");
    input.ConsistentRead = true;
    CHECK(fixture.refusal<api::ExecuteStatement>(input) ==
          "ValidationException: Strongly consistent read is not supported on Global Secondary Indexes");
}

TEST_CASE("an UPDATE changes an item that is there, under its conditions") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','n':1,'l':[1,'x'],'m':{},'s':<<1,34>>}");
    fixture.run(
        "UPDATE hashed SET n = n + 100 SET m.new = [2020] SET l = list_append(l, [4]) "
        "SET s = set_add(s, <<345>>) REMOVE absent WHERE pk = 'a' AND n = 1");
    CHECK(fixture.all() ==
          R"({"l":{"L":[{"N":"1"},{"S":"x"},{"N":"4"}]},"m":{"M":{"new":{"L":[{"N":"2020"}]}}},)"
          R"("n":{"N":"101"},"pk":{"S":"a"},"s":{"NS":["1","34","345"]}})");
    const std::string before = fixture.all();
    CHECK(fixture.refused("UPDATE hashed SET n = 2 WHERE pk = 'a' AND n = 1") ==
          "ConditionalCheckFailedException: The conditional request failed");
    CHECK(fixture.refused("UPDATE hashed SET n = 2 WHERE pk = 'none'") ==
          "ConditionalCheckFailedException: The conditional request failed");
    CHECK(fixture.refused("UPDATE hashed SET n = 2 WHERE n = 101") ==
          "ValidationException: Where clause does not contain a mandatory equality on all key attributes");
    CHECK(fixture.refused("UPDATE hashed SET pk = 'b' WHERE pk = 'a'") ==
          "ValidationException: One or more parameter values were invalid: Cannot update attribute pk. This "
          "attribute is part of the key");
    CHECK(fixture.refused("UPDATE hashed SET n = set_add(n, <<1>>) WHERE pk = 'a'") ==
          "ValidationException: An operand in the update expression has an incorrect data type");
    CHECK(fixture.all() == before);
}

TEST_CASE("RETURNING answers whole items or what changed of them") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','t':['a','b','c'],'p':{'sub':'old','sib':1},'d':'x'}");
    CHECK(fixture.run("UPDATE hashed SET p.sub = 'new' WHERE pk = 'a' RETURNING MODIFIED NEW *") ==
          Texts{R"({"p":{"M":{"sub":{"S":"new"}}}})"});
    CHECK(fixture.run("UPDATE hashed SET t[2] = 'y', t[0] = 'x' WHERE pk = 'a' RETURNING MODIFIED OLD *") ==
          Texts{R"({"t":{"L":[{"S":"a"},{"S":"c"}]}})"});
    CHECK(fixture.run("UPDATE hashed REMOVE d WHERE pk = 'a' RETURNING MODIFIED NEW *").empty());
    CHECK(fixture.run("UPDATE hashed REMOVE t, p SET n = 1 WHERE pk = 'a' RETURNING ALL NEW *") ==
          Texts{R"({"n":{"N":"1"},"pk":{"S":"a"}})"});
    CHECK(fixture.run("DELETE FROM hashed WHERE pk = 'a' RETURNING ALL OLD *") ==
          Texts{R"({"n":{"N":"1"},"pk":{"S":"a"}})"});
    CHECK(fixture.run("DELETE FROM hashed WHERE pk = 'a' RETURNING ALL OLD *").empty());
}

TEST_CASE("a DELETE fails on a false condition, and on no item does nothing") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','n':1}");
    CHECK(fixture.refused("DELETE FROM hashed WHERE pk = 'a' AND n = 2") ==
          "ConditionalCheckFailedException: The conditional request failed");
    CHECK(fixture.run("DELETE FROM hashed WHERE pk = 'none' AND n = 2").empty());
    CHECK(fixture.run("DELETE FROM hashed WHERE pk = 'a' AND n = 1").empty());
    CHECK(fixture.all().empty());
}

TEST_CASE("BatchExecuteStatement answers each statement by itself") {
    PartiQl fixture;
    auto output = fixture.batch(
        {"INSERT INTO hashed VALUE {'pk':'a','n':1}", "INSERT INTO hashed VALUE {'pk':'a','n':2}", "SLECT",
         "UPDATE absent SET a = 1 WHERE pk = 'a'", "UPDATE hashed SET n = 3 WHERE pk = 'a' AND n = 9",
         "UPDATE hashed SET n = 4 WHERE pk = 'a' RETURNING ALL NEW *"});
    const auto code = [&](std::size_t i) {
        const auto& error = output.Responses->at(i).Error;
        return error ? *error->Code + ": " + *error->Message : "none";
    };
    CHECK(code(0) == "none");
    CHECK(output.Responses->at(0).TableName == "hashed");
    CHECK(code(1) == "DuplicateItem: Duplicate primary key exists in table");
    CHECK(output.Responses->at(1).TableName == "hashed");
    CHECK_FALSE(output.Responses->at(3).TableName);
    CHECK(output.Responses->at(4).TableName == "hashed");
    CHECK(code(2) ==
          "ValidationError: Statement wasn't well formed, can't be processed: Expected data manipulation");
    CHECK(code(3) == "ResourceNotFound: Requested resource not found");
    CHECK(code(4) == "ConditionalCheckFailed: The conditional request failed");
    CHECK(text(output.Responses->at(5).Item) == R"({"n":{"N":"4"},"pk":{"S":"a"}})");
    REQUIRE(output.ConsumedCapacity->size() == 1);
    CHECK(output.ConsumedCapacity->at(0).CapacityUnits == 2);

    output = fixture.batch({"SELECT n FROM hashed WHERE pk = 'a'", "SELECT * FROM hashed WHERE n = 4",
                            "SELECT * FROM hashed WHERE pk = 'none'"});
    CHECK(text(output.Responses->at(0).Item) == R"({"n":{"N":"4"}})");
    CHECK(code(1) ==
          "ValidationError: Select statements within BatchExecuteStatement must specify the primary key in "
          "the where clause.");
    CHECK(code(2) == "none");
    CHECK_FALSE(output.Responses->at(2).Item);
}

TEST_CASE("ExecuteTransaction writes all or nothing, and says why") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','n':1}");
    auto input =
        PartiQl::transaction({"INSERT INTO hashed VALUE {'pk':'b'}", "INSERT INTO hashed VALUE {'pk':'a'}",
                              "EXISTS(SELECT * FROM hashed WHERE pk = 'c' AND n IS NOT MISSING)"});
    try {
        fixture.call<api::ExecuteTransaction>(input);
        FAIL("was accepted");
    } catch (const Error& error) {
        CHECK(error.code() == "TransactionCanceledException");
        CHECK(error.message() ==
              "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
              "DuplicateItem, ConditionalCheckFailed]");
        CHECK(
            json_of(error, "CancellationReasons") ==
            R"([{"Code":"None"},{"Code":"DuplicateItem","Message":"Duplicate primary key exists in table"},)"
            R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}])");
    }
    CHECK(fixture.all() == R"({"n":{"N":"1"},"pk":{"S":"a"}})");

    input = PartiQl::transaction({"EXISTS(SELECT * FROM hashed WHERE pk = 'c' AND n IS MISSING)",
                                  "UPDATE hashed SET n = n + 1 WHERE pk = 'a'"});
    input.ClientRequestToken = "token";
    CHECK(fixture.call<api::ExecuteTransaction>(input).Responses->empty());
    fixture.call<api::ExecuteTransaction>(input);  // the same request: made once
    CHECK(fixture.all() == R"({"n":{"N":"2"},"pk":{"S":"a"}})");
    input.TransactStatements->at(1).Statement = "UPDATE hashed SET n = 0 WHERE pk = 'a'";
    CHECK(
        fixture.refusal<api::ExecuteTransaction>(input).starts_with("IdempotentParameterMismatchException"));

    const auto read = fixture.call<api::ExecuteTransaction>(PartiQl::transaction(
        {"SELECT n FROM hashed WHERE pk = 'a'", "SELECT * FROM hashed WHERE pk = 'none'"}));
    CHECK(text(read.Responses->at(0).Item) == R"({"n":{"N":"2"}})");
    CHECK_FALSE(read.Responses->at(1).Item);
}

TEST_CASE("ExecuteTransaction refuses what AWS refuses") {
    PartiQl fixture;
    const auto refused = [&](const Texts& statements) {
        return fixture.refusal<api::ExecuteTransaction>(PartiQl::transaction(statements));
    };
    const std::string first = "ValidationException: Validation failed in TransactStatements[0]: ";
    CHECK(
        refused({"SELECT * FROM hashed WHERE pk = 'a' AND attribute_exists(n)"}) ==
        first +
            "Select statements within ExecuteTransaction must specify the primary key in the where clause.");
    CHECK(refused({"SELECT * FROM \"table\".\"by-g\" WHERE g = 'x'"}) ==
          first + "Reads on indices are not supported within transactions.");
    CHECK(refused({"UPDATE hashed SET a = 1 WHERE pk = 'a' RETURNING ALL NEW *"}) ==
          first + "RETURNING clause is not supported in ExecuteTransaction.");
    CHECK(refused({"EXISTS(SELECT * FROM hashed WHERE pk = 'a')", "DELETE FROM hashed WHERE pk = 'b'"}) ==
          first + "EXISTS() must contain a single item read with additional condition");
    CHECK(refused({"SELECT * FROM hashed WHERE"}) ==
          first + "Statement wasn't well formed, can't be processed: Unexpected term");
    CHECK(
        refused({"SELECT * FROM hashed WHERE pk = 'a'", "DELETE FROM hashed WHERE pk = 'b'"}) ==
        "ValidationException: ExecuteTransaction API does not support both read and write operations in the "
        "same request.");
    CHECK(refused({"DELETE FROM hashed WHERE pk = 'b'", "DELETE FROM hashed WHERE pk = 'b'"}) ==
          "ValidationException: Transaction request cannot include multiple operations on one item");
    CHECK(fixture.refused("EXISTS(SELECT * FROM hashed WHERE pk = 'a' AND n = 1)") ==
          "ValidationException: EXISTS can only be used in ExecuteTransaction write requests.");
}

// Captured on AWS in October 2026 (dynamodb-conformance).
TEST_CASE("branches of a WHERE clause that reach the same keys are refused") {
    PartiQl fixture;
    fixture.fill();
    const std::string refusal =
        "ValidationException: Overlapping conditions with range keys are not supported in where clause";
    for (const char* where :
         {"pk = 'a' AND x = '1' OR pk = 'a' AND sk = 2", "pk = 'a' AND x <> '1' OR pk = 'a' AND sk = 2",
          "pk IN ['a', 'a']", "pk = 'a' AND (sk > 0 OR sk < 5)", "pk = 'a' OR pk = 'a' AND sk = 1"}) {
        INFO(where);
        CHECK(fixture.refused(std::string("SELECT sk FROM \"table\" WHERE ") + where) == refusal);
    }
    CHECK(fixture.order("pk = 'a' AND NOT sk = 1 OR pk = 'a' AND sk = 2") == "2 3");
    CHECK(fixture.order("pk = 'a' AND sk <> 1 OR pk = 'a' AND sk = 2") == "2 3");
    CHECK(fixture.order("pk = 'a' AND NOT sk > 5 OR pk = 'a' AND sk = 2") == "1 2 3");
    CHECK(fixture.order("pk = 'a' OR pk = 'a' AND NOT sk = 1") == "1 2 3");
    CHECK(fixture.order("pk = 'a' AND sk = 1 OR pk = 'a' AND sk > 2") == "1 3");
    CHECK(fixture.order("pk = 'a' AND sk = 1 AND sk > 0") == "1");
}

TEST_CASE("WHERE tests types by name and compares functions with truth values") {
    PartiQl fixture;
    fixture.run("INSERT INTO hashed VALUE {'pk':'a','s':'x','t':true,'n':1,'l':[1],'m':{'k':1},'z':null}");
    for (const char* condition :
         {"t IS BOOL", "s IS STRING", "n IS NUMERIC", "l IS LIST", "m IS STRUCT", "z IS NULL",
          "s IS NOT BOOL", "attribute_exists(s) = true", "attribute_exists(none) = false",
          "attribute_exists(s) <> false", "NOT attribute_exists(none) AND s = 'x'"}) {
        INFO(condition);
        CHECK(fixture.run(std::string("SELECT pk FROM hashed WHERE pk = 'a' AND ") + condition).size() == 1);
    }
    CHECK(fixture.run("SELECT pk FROM hashed WHERE pk = 'a' AND s IS BOOL").empty());
    for (const char* type : {"INT4", "DOUBLE PRECISION", "CHARACTER VARYING"}) {
        CHECK(fixture.refused(std::string("x IS ") + type) ==
              "ValidationException: Unsupported operation: IsType");
    }
    CHECK(fixture.refused("SELECT pk FROM hashed WHERE pk = 'a' AND s IS FOO") ==
          "ValidationException: Statement wasn't well formed, can't be processed: Expected type name");
}

TEST_CASE("a parameter that is no value is refused in the older words, in a transaction without its place") {
    PartiQl fixture;
    auto input = PartiQl::input("SELECT * FROM hashed WHERE pk = 'a' AND n = ?");
    input.Parameters = {decode_stored(R"({"p":{"N":"1e2147483647"}})").begin()->value};
    CHECK(fixture.refusal<api::ExecuteStatement>(input) ==
          "ValidationException: Number underflow. Attempting to store a number with magnitude smaller than "
          "supported "
          "range");
    auto transaction = PartiQl::transaction({"UPDATE hashed SET n = ? WHERE pk = 'a'"});
    transaction.TransactStatements->at(0).Parameters = {
        decode_stored(R"({"p":{"N":"1e99999999999"}})").begin()->value};
    CHECK(fixture.refusal<api::ExecuteTransaction>(transaction) ==
          "ValidationException: The parameter cannot be converted to a numeric value: 1e99999999999");
}
