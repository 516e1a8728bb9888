#include "services/dynamodb/partiql/statement.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/error.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::dynamodb;
using partiql::parse;

namespace {

const std::optional<std::vector<AttributeValue>> kNone;
const std::string kMalformed = "Statement wasn't well formed, can't be processed: ";

// The message with which the statement is refused; "accepted" where it is not.
std::string refusal(const std::string& text, const std::vector<AttributeValue>& parameters = {}) {
    std::optional<std::vector<AttributeValue>> given;
    if (!parameters.empty()) given = parameters;
    try {
        parse(text, given);
    } catch (const Error& error) {
        return error.message();
    }
    return "accepted";
}

std::string where(const std::string& condition) {
    return "SELECT * FROM t WHERE " + condition;
}

std::string inserted(const std::string& item) {
    return to_json(parse("INSERT INTO t VALUE " + item, kNone).item);
}

// "1:<column>:<length>" of `token` in `text`.
std::string at(const std::string& text, const std::string& token, std::size_t from = 0) {
    return "1:" + std::to_string(text.find(token, from) + 1) + ":" + std::to_string(token.size());
}

}  // namespace

TEST_CASE("PartiQL literals become values of DynamoDB's types") {
    CHECK(inserted("{'s':'it''s', 'n':-1.50, 'e':1E3, 't':true, 'f':False, 'z':null}") ==
          R"({"e":{"N":"1000"},"f":{"BOOL":false},"n":{"N":"-1.5"},"s":{"S":"it's"},"t":{"BOOL":true},)"
          R"("z":{"NULL":true}})");
    CHECK(inserted("{'m':{'a':[1,'b',{}]}, 'ns':<<1,34,4.5>>, 'ss':<<'a','b'>>}") ==
          R"({"m":{"M":{"a":{"L":[{"N":"1"},{"S":"b"},{"M":{}}]}}},"ns":{"NS":["1","4.5","34"]},)"
          R"("ss":{"SS":["a","b"]}})");
    CHECK(inserted("{} -- a comment\n /* another */ ;") == "{}");
}

TEST_CASE("PartiQL refuses bags that are no sets, and numbers that DynamoDB cannot hold") {
    const auto value = [](const std::string& text) {
        return refusal("INSERT INTO t VALUE {'a':" + text + "}");
    };
    CHECK(value("<<>>") == "Empty bags are not supported");
    CHECK(value("<<1,'a'>>") ==
          "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
    CHECK(value("<<'a','a'>>") ==
          "One or more parameter values were invalid: Input collection [a, a] contains duplicates.");
    const std::string overflow =
        "Number overflow. Attempting to store a number with magnitude larger than supported range under ";
    CHECK(value("1e126") == overflow + "root");
    CHECK(value("{'x':1e126}") == overflow + "root.x");
    CHECK(value("[1,1e126]") == overflow + "root[1]");
    CHECK(value("123456789012345678901234567890123456789") ==
          "Attempting to store more than 38 significant digits in a Number under root");
    CHECK(value("1e2147483648") == kMalformed);
    CHECK(value("1.5e-2147483647") == kMalformed);
    CHECK(value("set_add(<<'a'>>, <<'b'>>)") == "Unsupported data type: set_add under key root at 1:26:7");
}

TEST_CASE("PartiQL says what it cannot read of a statement") {
    CHECK(refusal("SLECT * FROM t") == kMalformed + "Expected data manipulation");
    CHECK(refusal("UPDATE Payment-x SET a=1 WHERE b=2") == kMalformed + "Expected data manipulation");
    const std::string leftover = kMalformed + "Unexpected token after expression";
    for (const char* text :
         {"SELECT * FROM t WHERE pk = 1 foo", "SELECT * FROM t WHERE pk = 1 e5",
          "SELECT * FROM t WHERE pk = 1)", "INSERT INTO t VALUE {'pk': 1} foo",
          "INSERT INTO t u VALUE {'pk': 1}", "UPDATE t SET a = 9 WHERE pk = 1 foo",
          "DELETE FROM t WHERE pk = 1 ORDER BY pk", "FROM t SET c = 1 WHERE pk = 'a'",
          "FROM t SET c = 1 WHERE pk = 'a' SET d = 2", "SELECT * FROM t; SELECT * FROM t"}) {
        INFO(text);
        CHECK(refusal(text) == leftover);
    }
    for (const char* text : {"SELECT * FROM t WHERE pk = 1 # note", "SELECT * FROM t WHERE pk = 1 /* note",
                             "SELECT * FROM t WHERE pk = 'a", "SELECT * FROM \"t"}) {
        INFO(text);
        CHECK(refusal(text) == kMalformed);
    }
    for (const char* text : {"SELECT * FROM t WHERE", "SELECT * FROM t WHERE;", "UPDATE t SET a = 1 WHERE",
                             "SELECT * FROM t WHERE NOT", "SELECT * FROM t WHERE (", "SELECT * FROM"}) {
        INFO(text);
        CHECK(refusal(text) == kMalformed + "Unexpected term");
    }
    for (const char* text : {"DELETE FROM", "DELETE FROM;", "DELETE FROM WHERE pk = 'a'"}) {
        INFO(text);
        CHECK(refusal(text) == kMalformed + "Expected identifier for simple path");
    }
    CHECK(refusal(where("pk = 'p' AND")) ==
          kMalformed + "Missing right-hand side expression of infix operator");
    CHECK(refusal(where("ORDER BY pk")) == kMalformed + "Unexpected keyword");
    CHECK(refusal(where("IS NULL")) == kMalformed + "Unexpected operator");
    CHECK(refusal(where("pk = LIKE")) == kMalformed + "Unexpected operator");
    CHECK(refusal(where("x IS FOO")) == kMalformed + "Expected type name");
    CHECK(refusal(where("pad = 1")) == kMalformed + "Unexpected keyword");
    CHECK(refusal(where("m.inner = 1")) == kMalformed + "Invalid path dot component");
    CHECK(refusal("SELECT * FROM t ORDER BY pk WHERE pk = 1") == leftover);
    CHECK(refusal("SELECT * FROM t ORDER BY pk") ==
          "Must have WHERE clause in the statement when using ORDER BY clause.");
    CHECK(refusal(where("m.\"inner\" = 1")) == "accepted");
}

TEST_CASE("PartiQL knows no aliases, clauses of SQL, or paths of three tables") {
    for (const char* text :
         {"SELECT * FROM t u WHERE pk = 'x'", "SELECT * FROM t AS u", "SELECT a AS b FROM t",
          "UPDATE t u SET a = 3 WHERE pk = 'x'", "DELETE FROM t u WHERE pk = 'x'"}) {
        INFO(text);
        CHECK(refusal(text) == "Aliasing is not supported");
    }
    const std::string limit = "SELECT * FROM t WHERE pk = 'x' LIMIT 5";
    CHECK(refusal(limit) == "Unsupported clause: LIMIT at " + at(limit, "5"));
    CHECK(parse("SELECT a, count(*) FROM t", kNone).projection_defect ==
          "Unexpected path component at 1:11:5");
    CHECK(parse("SELECT 1 FROM t", kNone).projection_defect == "Unexpected path component at 1:8:1");
    CHECK(refusal("SELECT count(* FROM t") == kMalformed + "Expected RIGHT_PAREN");
    CHECK(refusal("SELECT * FROM a.b.c") == "A path may contain at most 2 components in the FROM clause");
    CHECK(refusal("SELECT * FROM \"\"") == "Path component cannot be an empty string");
}

TEST_CASE("PartiQL checks the operands of its functions") {
    const std::string needs_path =
        "Operator or function requires a document path; operator or function: attribute_exists";
    CHECK(refusal(where("attribute_exists('a')")) == needs_path);
    CHECK(refusal(where("attribute_exists(?)"), {AttributeValue::string("a")}) == needs_path);
    CHECK(refusal(where("attribute_exists()")) ==
          "Incorrect number of operands for operator or function; operator or function: attribute_exists, "
          "number of operands: 0");
    CHECK(refusal(where("attribute_type(a, 'X')")) ==
          "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}");
    CHECK(refusal(where("a < ?"), {AttributeValue::boolean(true)}) ==
          "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL");
    const std::string exists = where("EXISTS(a)");
    CHECK(refusal(exists) == "Unrecognized function: exists at " + at(exists, "EXISTS"));
    const std::string set = where("set_add(a, <<'x'>>) = a");
    CHECK(refusal(set) == "Unrecognized function: set_add at " + at(set, "set_add"));
}

// Captured on AWS on 2026-09-17 (eu-west-2), as are the refusals of parameters and indexes.
TEST_CASE("PartiQL compares conditions with what may be a boolean") {
    for (const char* condition :
         {"true = attribute_exists(n)", "attribute_exists(n) <> 1", "(n BETWEEN 0 AND 5) = true",
          "(n = 5 OR flag = 'x') = false", "attribute_exists(nope) IN [true, false]",
          "attribute_exists(n) = attribute_exists(flag)", "attribute_exists(n) = yes", "n IN <<1, 2>>"}) {
        INFO(condition);
        CHECK(refusal(where(condition)) == "accepted");
    }
    CHECK(refusal(where("attribute_exists(n) > false")) ==
          "Incorrect operand type for operator or function; operator or function: >, operand type: BOOL");
    CHECK(refusal(where("n")) == "WHERE clause must contain an expression that resolves to a boolean");
    CHECK(refusal(where("n AND m = 1")) == "The arguments to AND/OR must be Expressions");
    CHECK(refusal(where("m = 1 OR n")) == "The arguments to AND/OR must be Expressions");
    CHECK(refusal(where("NOT n")) == "The argument to NOT must be a Type or Expression");
    CHECK(refusal(where("(n = 1) IS MISSING")) ==
          "The left hand side argument to IS must be a Variable Reference, Literal, or Path");
    CHECK(refusal(where("n = MISSING")) == "MISSING must be compared using IS operator");
    CHECK(refusal(where("n LIKE 'a%'")) == "Unsupported operator in Condition Expression. Operator: like");
    CHECK(refusal(where("n + 1 = 2")) == "Unsupported operator in Condition Expression. Operator: +");
    for (const char* list : {"n IN []", "n IN 'a'"}) {
        CHECK(refusal(where(list)) ==
              "IN operator must have a left hand argument of type Variable Reference and right hand argument "
              "of type Seq with at least one member");
    }
}

TEST_CASE("PartiQL takes parameters only where a whole value stands, and looks at them first") {
    const AttributeValue value = AttributeValue::string("v");
    const std::string list = "UPDATE t SET x = [?] WHERE pk = 'a'";
    CHECK(refusal(list, {value}) == "Unsupported data type: Parameter under key root[0] at " + at(list, "?"));
    const std::string map = "INSERT INTO t VALUE {'m':{'k':?}}";
    CHECK(refusal(map, {value}) == "Unsupported data type: Parameter under key root.k at " + at(map, "?"));
    CHECK(refusal("INSERT INTO t VALUE {'m':?}", {value}) == "accepted");
    CHECK(refusal(where("n IN [?, 2]"), {value}) == "accepted");
    CHECK(refusal("UPDATE t SET WHERE", {AttributeValue::invalid("defect")}) == "defect");
}

TEST_CASE("PartiQL reads signs and list indexes as AWS does") {
    CHECK(refusal(where("n = - - 1 AND m > -/* c */-1")) == "accepted");
    CHECK(inserted("{'a':- - 1,'b':-+2}") == R"({"a":{"N":"1"},"b":{"N":"-2"}})");
    CHECK(refusal(where("n > -m")) ==
          "Incorrect number of operands for operator or function; operator or function: -, number of "
          "operands: 1");
    const std::string range = "List index is not within the allowable range; index: ";
    CHECK(refusal("SELECT l[-1] FROM t") == range + "[-1] at 1:11:1");
    CHECK(refusal("SELECT l[2147483648] FROM t") == range + "[2147483648] at 1:10:10");
    CHECK(refusal("SELECT l[-0], l[2147483647] FROM t") == "accepted");
    CHECK(refusal("SELECT l[1.5] FROM t") == "Unexpected path component at 1:10:3");
    CHECK(refusal("SELECT l[*] FROM t") == "Wildcard path component like a[*].b are not supported at 1:10:1");
    CHECK(refusal(where("m.* = 1")) == "Unpivot path component like a.*.b are not supported at 1:25:1");
    CHECK(refusal("UPDATE t SET n = set_add(n, <<2, 2.0>>) WHERE pk = 1") ==
          "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under "
          "root");
}

TEST_CASE("PartiQL names the clauses of SQL that DynamoDB lacks") {
    CHECK(refusal("SELECT DISTINCT a FROM t") == "Unsupported token in expression: DISTINCT");
    CHECK(refusal("SELECT VALUE a FROM t") == "Select projection doesn't support value or pivot keywords");
    CHECK(refusal("SELECT t.* FROM t") == "Changing item's hierarchy while reading isn't supported");
    for (const char* text : {"SELECT * FROM t, u", "SELECT * FROM t INNER JOIN u ON a = b"})
        CHECK(refusal(text) == "Only select from a single table or index is supported.");
    CHECK(refusal("SELECT * FROM t GROUP BY a") == "Unsupported clause: GROUP BY");
    const std::string twice = "INSERT INTO t VALUE {'a':1,'a':2}";
    CHECK(refusal(twice) == "Duplicate keys in tuple. Key: a under root at " + at(twice, "'a'", 28 - 2));
    CHECK(refusal("INSERT INTO t VALUE {'m':{'a':1,'a':2}}") ==
          "Duplicate keys in tuple. Key: a under root at 1:26:1");
    CHECK(refusal("INSERT INTO t VALUE {'a':1} RETURNING ALL OLD *") ==
          "RETURNING is not supported in INSERT");
    CHECK(refusal("INSERT INTO t VALUE {'a':1} ON CONFLICT DO NOTHING") == "Unsupported clause: ON CONFLICT");
    CHECK(refusal("INSERT INTO t << {'a':1} >>") ==
          "Unsupported operation: Inserting multiple items in a single statement is not supported, use "
          "\"INSERT INTO tableName VALUE item\" instead");
    CHECK(refusal("INSERT INTO t VALUE 'a'") ==
          "Unsupported format in item expression. Please use struct format {...} to express item values for "
          "insert statement. at 1:21:3");
}

TEST_CASE("PartiQL's set functions change the attribute they are assigned to") {
    const std::string other = "UPDATE t SET b = set_add(a, <<'x'>>) WHERE pk = 'p'";
    CHECK(refusal(other) ==
          "The first argument to SET_ADD must equal the assignment value at " + at(other, "set_add"));
    const std::string string = "UPDATE t SET aa = set_delete(aa, 'x') WHERE pk = 'p'";
    CHECK(refusal(string) == "The second argument to SET_DELETE must be a value with type SET at " +
                                 at(string, "aa", string.find("(")));
    const std::string one = "UPDATE t SET a = set_add(a) WHERE pk = 'p'";
    CHECK(refusal(one) == "SET_ADD must have exactly two arguments at " + at(one, "set_add"));
    const auto statement =
        parse("UPDATE t SET a = SET_ADD(a, <<1>>) SET b = b + 1, c = 2 REMOVE d WHERE pk = 'p'", kNone);
    REQUIRE(statement.update.size() == 4);
    using Kind = expression::UpdateAction::Kind;
    CHECK(statement.update[0].kind == Kind::add);
    CHECK(statement.update[1].operand.kind == expression::Operand::Kind::plus);
    CHECK(statement.update[3].kind == Kind::remove);
}

TEST_CASE("PartiQL counts the parameters") {
    const std::string mismatch = "Number of parameters in request and statement don't match.";
    const AttributeValue value = AttributeValue::string("a");
    CHECK(refusal(where("a = ?"), {value}) == "accepted");
    CHECK(refusal(where("a = ?")) == mismatch);
    CHECK(refusal(where("a = ?"), {value, value}) == mismatch);
    CHECK(refusal(where("a = '?'")) == "accepted");
}

TEST_CASE("PartiQL returns only old items of what it deletes") {
    CHECK(refusal("DELETE FROM t WHERE pk = 'x' RETURNING MODIFIED NEW *") ==
          "Invalid returning clause: RETURNING MODIFIED NEW *. Only RETURNING ALL OLD * is allowed in DELETE "
          "statements.");
    CHECK(refusal("DELETE FROM t WHERE pk = 'x' RETURNING ALL OLD *") == "accepted");
    CHECK(refusal("UPDATE t SET a = 1 WHERE pk = 'x' RETURNING MODIFIED NEW *") == "accepted");
    const std::string missing = "Where clause does not contain a mandatory equality on all key attributes";
    CHECK(refusal("DELETE FROM t") == missing);
    CHECK(refusal("UPDATE t SET a = 1") == missing);
    CHECK(refusal("FROM t REMOVE a") == missing);
}

TEST_CASE("PartiQL refuses nesting without end, of values and of conditions") {
    CHECK(refusal(where(std::string(2000, '(') + "a = 1" + std::string(2000, ')'))) ==
          kMalformed + "Nesting is too deep");
    std::string nots;
    for (int i = 0; i < 1000; ++i) nots += "NOT ";
    CHECK(refusal(where(nots + "a = 1")) == kMalformed + "Nesting is too deep");
    std::string place = "root.a";
    for (int i = 0; i < 31; ++i) place += "[0]";
    CHECK(refusal("UPDATE t SET d = {'a':" + std::string(31, '[') + "1" + std::string(31, ']') +
                  "} WHERE pk = 1") == "Nesting Levels have exceeded supported limits under " + place);
    CHECK(refusal("INSERT INTO t VALUE {'a':" + std::string(31, '[') + std::string(31, ']') + "}") ==
          "accepted");
    CHECK(refusal("UPDATE t SET a = " + std::string(3000, '(') + " WHERE pk = 1") ==
          kMalformed + "Nesting is too deep");
}
