#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "tests/unit/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::expression;
using namespace fogbank::dynamodb::test;

namespace {

const char* const kItem =
    R"({"a":{"S":"hello"},"n":{"N":"5"},"l":{"L":[{"N":"1"},{"S":"x"}]},"m":{"M":{"k":{"S":"v"}}},)"
    R"("ss":{"SS":["p","q"]},"ns":{"NS":["1","2"]},"b":{"B":"AAEC"},"t":{"BOOL":true},"z":{"NULL":true}})";
const char* const kValues =
    R"({":hello":{"S":"hello"},":he":{"S":"he"},":one":{"N":"1"},":five":{"N":"5"},":nine":{"N":"9"},)"
    R"(":p":{"S":"p"},":x":{"S":"x"},":v":{"S":"v"},":S":{"S":"S"},":L":{"S":"L"},":t":{"BOOL":true},)"
    R"(":foo":{"S":"foo"},":set":{"SS":["q","p"]},":bin":{"B":"AAE="}})";

bool holds(const std::string& text) {
    const Placeholders::Names names = model::Map<std::string>{{"#a", "a"}, {"#none", "absent"}};
    const Placeholders::Values given = values(kValues);
    Placeholders placeholders(names, given, Wording::older);
    return evaluate(parse_condition(Kind::condition, text, placeholders), item(kItem));
}

std::string refused(const std::string& text) {
    const Placeholders::Names names = model::Map<std::string>{{"#a", "a"}};
    const Placeholders::Values given = values(kValues);
    return refusal([&] {
        Placeholders placeholders(names, given, Wording::older);
        parse_condition(Kind::condition, text, placeholders);
    });
}

const std::string kInvalid = "Invalid ConditionExpression: ";

}  // namespace

TEST_CASE("conditions that hold") {
    for (const char* text : {
             "a = :hello",
             "#a = :hello",
             "a <> :he",
             "n < :nine",
             "n <= :five",
             "n > :one",
             "n >= :five",
             "n BETWEEN :one AND :nine",
             "n IN (:one, :five)",
             "attribute_exists(a)",
             "attribute_not_exists(#none)",
             "attribute_type(a, :S)",
             "attribute_type(l, :L)",
             "begins_with(a, :he)",
             "begins_with(b, :bin)",
             "contains(a, :he)",
             "contains(ss, :p)",
             "contains(ns, :one)",
             "contains(l, :x)",
             "size(a) = :five",
             "size(l) < :five",
             "m.k = :v",
             "l[1] = :x",
             "NOT a = :he",
             "not a = :he",
             "a = :he OR n = :five",
             "a = :hello AND n = :five",
             "a = :he OR a = :hello AND n = :five",
             "(a = :he OR a = :hello) AND n = :five",
             "(a = :hello)",
             "t = :t",
             "ss = :set",
             "absent <> :v",
             ":five = n",
             "(a) = :hello",
             "NOT (a = :he)",
             "a IN (:hello)",
             "l[0] = :one",
         }) {
        INFO(text);
        CHECK(holds(text));
    }
}

TEST_CASE("conditions that do not hold") {
    for (const char* text : {
             "a = :he",
             "a < :five",
             "n > :nine",
             "absent = :v",
             "absent < :five",
             "attribute_exists(absent)",
             "attribute_type(a, :L)",
             "begins_with(n, :he)",
             "contains(n, :five)",
             "l[9] = :x",
             "a.k = :v",
             "NOT a = :hello",
             "n BETWEEN :nine AND :nine",
             "size(n) = :one",
             "n IN (:one, :nine)",
             "contains(ss, :one)",
             "m.nil = :v",
             "a = :hello AND NOT n = :five",
         }) {
        INFO(text);
        CHECK_FALSE(holds(text));
    }
}

TEST_CASE("syntax errors name the token and what stands around it") {
    CHECK(refused("") == kInvalid + "The expression can not be empty;");
    CHECK(refused("   ") == kInvalid + "The expression can not be empty;");
    CHECK(refused("a = = :he") == kInvalid + "Syntax error; token: \"=\", near: \"= = :he\"");
    CHECK(refused("a") == kInvalid + "Syntax error; token: \"<EOF>\", near: \"a\"");
    CHECK(refused("a !! :he") == kInvalid + "Syntax error; token: \"!\", near: \"a !!\"");
    CHECK(refused("a = :he b") == kInvalid + "Syntax error; token: \"b\", near: \":he b\"");
    CHECK(refused("(a = :he") == kInvalid + "Syntax error; token: \"<EOF>\", near: \":he\"");
    CHECK(refused("l[a] = :he") == kInvalid + "Syntax error; token: \"a\", near: \"[a]\"");
}

TEST_CASE("names, values and functions must be known") {
    CHECK(refused("status = :he") ==
          kInvalid + "Attribute name is a reserved keyword; reserved keyword: status");
    CHECK(refused("#b = :he") ==
          kInvalid +
              "An expression attribute name used in the document path is not defined; attribute name: #b");
    CHECK(refused("a = :none") ==
          kInvalid +
              "An expression attribute value used in expression is not defined; attribute value: :none");
    CHECK(refused("exists(a)") == kInvalid + "Invalid function name; function: exists");
    CHECK(refused("if_not_exists(a, :he) = :he") ==
          kInvalid + "The function is not allowed in a condition expression; function: if_not_exists");
    CHECK(refused("attribute_exists(a) = :he") ==
          kInvalid +
              "The function is not allowed to be used this way in an expression; function: attribute_exists");
    CHECK(refused("size(a)") ==
          kInvalid + "The function is not allowed to be used this way in an expression; function: size");
}

TEST_CASE("operands are checked where the expression alone tells") {
    const std::string operands = kInvalid + "Incorrect number of operands for operator or function; ";
    const std::string types =
        kInvalid + "Incorrect operand type for operator or function; operator or function: ";
    CHECK(refused("begins_with(a)") == operands + "operator or function: begins_with, number of operands: 1");
    CHECK(refused("begins_with(a, :five)") == types + "begins_with, operand type: N");
    CHECK(refused("a < :t") == types + "<, operand type: BOOL");
    CHECK(refused("size(:five) = :five") == types + "size, operand type: N");
    CHECK(refused("attribute_type(a, :five)") == types + "attribute_type, operand type: N");
    CHECK(refused("attribute_type(a, :foo)") ==
          kInvalid +
              "Invalid attribute type name found; type: foo, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    CHECK(refused("attribute_exists(:he)") ==
          kInvalid + "Operator or function requires a document path; operator or function: attribute_exists");
    CHECK(refused("a = a") ==
          kInvalid +
              "The first operand must be distinct from the remaining operands for this operator or function; "
              "operator: =, first operand: [a]");
    CHECK(refused("n BETWEEN :nine AND :one") ==
          kInvalid +
              "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
              "bound "
              "operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:1}");
    CHECK(refused("n BETWEEN :one AND :he") ==
          kInvalid +
              "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
              "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:he}");
}

TEST_CASE("redundant parentheses are refused, others are not") {
    CHECK(refused("((a = :he))") == kInvalid + "The expression has redundant parentheses;");
    CHECK(refused("a = ((:he))") == kInvalid + "The expression has redundant parentheses;");
    CHECK(refused("((a = :he) AND (n = :five))").empty());
    CHECK(refused("((a.b)).c = :he") == kInvalid + "The expression has redundant parentheses;");
    CHECK(refused("(n)BETWEEN(:one)AND(((a.b)).c)") ==
          kInvalid + "The expression has redundant parentheses;");
}

TEST_CASE("a path goes on after parentheses") {
    CHECK(refused("(a.b).c = :he AND a = (a.b)[1]").empty());
}

TEST_CASE("size, operators and depth are limited") {
    CHECK(refused("a = :he AND " + std::string(5000, ' ') + "n = :five") ==
          kInvalid + "Expression size has exceeded the maximum allowed size; expression size: 5021");
    std::string many = "a=:he";
    for (int i = 0; i < 150; ++i) many += " OR n=:one";
    CHECK(refused(many) == kInvalid + "The expression contains too many operators; operator count: 301");
    CHECK(refused(std::string(2000, '(') + "a = :he" + std::string(2000, ')')) ==
          kInvalid + "The expression has redundant parentheses;");
    std::string negations;
    for (int i = 0; i < 1000; ++i) negations += "NOT ";
    CHECK(refused(negations + "a = :he").find("too many operators") != std::string::npos);
}

// dynalite's suite.
TEST_CASE("of several mistakes a condition tells the same one as AWS") {
    const std::string misuse = "The function is not allowed to be used this way in an expression; function: ";
    const std::string distinct =
        "The first operand must be distinct from the remaining operands for this operator or function; "
        "operator: ";
    CHECK(refused("a = :he and attribute_exists((views), (#b)) > b") ==
          kInvalid + misuse + "attribute_exists");
    CHECK(refused("size(contains(a, b)) > a") == kInvalid + misuse + "contains");
    CHECK(refused("begins_with(:none, #b, #c)") ==
          kInvalid +
              "An expression attribute value used in expression is not defined; attribute value: :none");
    CHECK(refused("a = #a AND #b = b AND :none > a") == kInvalid + distinct + "=, first operand: [a]");
    CHECK(refused("attribute_type(a, #a)") == kInvalid + distinct + "attribute_type, first operand: [a]");
    CHECK(refused("begins_with(a, size(n)) and a = #a") ==
          kInvalid +
              "Incorrect operand type for operator or function; operator or function: begins_with, operand "
              "type: N");
    CHECK(refused("attribute_not_exists(size(a))") ==
          kInvalid +
              "Operator or function requires a document path; operator or function: attribute_not_exists");
    CHECK(refused("a > between") == kInvalid + "Syntax error; token: \"between\", near: \"> between\"");
}

TEST_CASE("placeholders must be well-formed, valid and used") {
    const auto placeholders = [](Placeholders::Names names, Placeholders::Values given,
                                 const std::string& text) {
        return refusal([&] {
            Placeholders made(names, given, Wording::older);
            parse_condition(Kind::filter, text, made);
            made.check_all_used();
        });
    };
    using Names = model::Map<std::string>;
    CHECK(placeholders(Names{}, std::nullopt, "") == "ExpressionAttributeNames must not be empty");
    CHECK(placeholders(Names{{"a", "b"}}, std::nullopt, "") ==
          "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"");
    CHECK(placeholders(std::nullopt, values("{}"), "") == "ExpressionAttributeValues must not be empty");
    CHECK(placeholders(std::nullopt, values(R"({"v":{"S":"a"}})"), "") ==
          "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\"");
    CHECK(placeholders(std::nullopt, values(R"({":v":{"N":"a"}})"), "") ==
          "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric "
          "value: a "
          "for key :v");
    CHECK(placeholders(Names{{"#x", "x"}, {"#y", "y"}}, values(R"({":v":{"S":"a"}})"), "#x = :v") ==
          "Value provided in ExpressionAttributeNames unused in expressions: keys: {#y}");
    CHECK(placeholders(std::nullopt, values(R"({":v":{"S":"a"},":w":{"S":"a"}})"), "x = :v") ==
          "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}");
}
