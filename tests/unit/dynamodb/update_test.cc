#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "tests/unit/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::expression;
using namespace fogbank::dynamodb::test;

namespace {

const char* const kItem = R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]},"m":{"M":{"k":{"S":"v"}}},)"
                          R"("n":{"N":"5"},"s":{"SS":["a","b"]}})";
const char* const kValues =
    R"({":one":{"N":"1"},":x":{"S":"x"},":list":{"L":[{"S":"x"}]},":set":{"SS":["b","c"]},)"
    R"(":ab":{"SS":["a","b"]},)"
    R"(":map":{"M":{}}})";
const Placeholders::Names kNoNames;

std::string updated(const std::string& text, const std::string& json = kItem) {
    const Placeholders::Values given = values(kValues);
    Placeholders placeholders(kNoNames, given, Wording::older);
    return to_json(expression::apply(parse_update(text, placeholders), item(json)));
}

std::string refused(const std::string& text, const std::string& json = kItem) {
    return refusal([&] { updated(text, json); });
}

std::string projected(const std::string& text) {
    const Placeholders::Values given;
    Placeholders placeholders(kNoNames, given, Wording::older);
    return to_json(project(parse_projection(text, placeholders), item(kItem)));
}

std::string refused_projection(const std::string& text) {
    return refusal([&] { projected(text); });
}

const std::string kInvalid = "Invalid UpdateExpression: ";

}  // namespace

TEST_CASE("updates") {
    CHECK(updated("SET a = :x", R"({"n":{"N":"1"}})") == R"({"a":{"S":"x"},"n":{"N":"1"}})");
    CHECK(updated("SET n = n + :one, c = n", R"({"n":{"N":"1"}})") == R"({"c":{"N":"1"},"n":{"N":"2"}})");
    CHECK(updated("SET n = n - :one", R"({"n":{"N":"0"}})") == R"({"n":{"N":"-1"}})");
    CHECK(updated("SET n = ((n) + (:one))", R"({"n":{"N":"1"}})") == R"({"n":{"N":"2"}})");
    CHECK(updated("SET n = (if_not_exists((c), (:one)))", "{}") == R"({"n":{"N":"1"}})");
    CHECK(updated("set a = if_not_exists(a, :one) + :one", "{}") == R"({"a":{"N":"2"}})");
    CHECK(updated("SET l = list_append(l, :list)", R"({"l":{"L":[]}})") == R"({"l":{"L":[{"S":"x"}]}})");
    CHECK(updated("SET l = list_append(if_not_exists(l, :list), :list)", "{}") ==
          R"({"l":{"L":[{"S":"x"},{"S":"x"}]}})");
    CHECK(updated("SET m.k = :one, m.j = :x", R"({"m":{"M":{"k":{"S":"v"}}}})") ==
          R"({"m":{"M":{"j":{"S":"x"},"k":{"N":"1"}}}})");
    CHECK(updated("SET l[9] = :one, l[7] = :x", R"({"l":{"L":[]}})") ==
          R"({"l":{"L":[{"S":"x"},{"N":"1"}]}})");
    CHECK(updated("SET l[9] = :one, l[7] = :x ADD l[8] :one, l[6] :ab", R"({"l":{"L":[]}})") ==
          R"({"l":{"L":[{"SS":["a","b"]},{"S":"x"},{"N":"1"},{"N":"1"}]}})");
    CHECK(updated("REMOVE l[0], l[2]", R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}})") ==
          R"({"l":{"L":[{"N":"1"}]}})");
    // A set that goes with its last element waits for what names elements by their place.
    const std::string sets = R"({"l":{"L":[{"SS":["a","b"]},{"S":"one"},{"S":"two"},{"S":"three"}]}})";
    CHECK(updated("DELETE l[0] :ab REMOVE l[1]", sets) == R"({"l":{"L":[{"S":"two"},{"S":"three"}]}})");
    CHECK(updated("SET l[1] = :x DELETE l[0] :ab", sets) ==
          R"({"l":{"L":[{"S":"x"},{"S":"two"},{"S":"three"}]}})");
    CHECK(updated("REMOVE absent, n", R"({"n":{"N":"1"}})") == "{}");
    CHECK(updated("ADD n :one, c :one", R"({"n":{"N":"1"}})") == R"({"c":{"N":"1"},"n":{"N":"2"}})");
    CHECK(updated("ADD s :set", R"({"s":{"SS":["a","b"]}})") == R"({"s":{"SS":["a","b","c"]}})");
    CHECK(updated("DELETE s :set", R"({"s":{"SS":["a","b"]}})") == R"({"s":{"SS":["a"]}})");
    CHECK(updated("DELETE s :ab", R"({"s":{"SS":["a","b"]}})") == "{}");
    CHECK(updated("SET a = :x REMOVE n ADD c :one DELETE s :ab", R"({"n":{"N":"1"},"s":{"SS":["a"]}})") ==
          R"({"a":{"S":"x"},"c":{"N":"1"}})");
}

TEST_CASE("updates that AWS refuses by their text") {
    CHECK(refused("SET n = ((n))") == kInvalid + "The expression has redundant parentheses;");
    CHECK(refused("INVALID SYNTAX HERE") ==
          kInvalid + "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"");
    CHECK(refused("SET a = :x SET b = :x") ==
          kInvalid + "The \"SET\" section can only be used once in an update expression;");
    CHECK(refused("SET a = :x, a = :one") == kInvalid +
                                                 "Two document paths overlap with each other; must remove or "
                                                 "rewrite one of these paths; path one: [a], "
                                                 "path two: [a]");
    CHECK(refused("SET m.k = :x REMOVE m") == kInvalid +
                                                  "Two document paths overlap with each other; must remove "
                                                  "or rewrite one of these paths; path one: [m, "
                                                  "k], path two: [m]");
    CHECK(refused("SET m.k = :x, m[0] = :x") == kInvalid +
                                                    "Two document paths conflict with each other; must "
                                                    "remove or rewrite one of these paths; path one: [m, "
                                                    "k], path two: [m, [0]]");
    CHECK(refused("SET a = n + :x") ==
          kInvalid +
              "Incorrect operand type for operator or function; operator or function: +, operand type: S");
    CHECK(
        refused("ADD a :x") ==
        kInvalid +
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
            "ALLOWED_FOR_ADD_OPERAND");
    CHECK(refused("DELETE s :one") == kInvalid +
                                          "Incorrect operand type for operator or function; operator: "
                                          "DELETE, operand type: NUMBER, typeSet: "
                                          "ALLOWED_FOR_DELETE_OPERAND");
    CHECK(refused("SET a = size(n)") ==
          kInvalid + "The function is not allowed in an update expression; function: size");
    CHECK(refused("SET a = foo(n)") == kInvalid + "Invalid function name; function: foo");
    CHECK(refused("SET a = n + :one + :one") ==
          kInvalid + "Syntax error; token: \"+\", near: \":one + :one\"");
    CHECK(refused("SET a = list_append(list_append(l, l), l)") ==
          kInvalid +
              "The function is not allowed to be used this way in an expression; function: list_append");
}

TEST_CASE("updates that AWS refuses by the item they meet") {
    CHECK(refused("SET a = absent") ==
          "The provided expression refers to an attribute that does not exist in the item");
    CHECK(refused("SET a = s + :one") == "An operand in the update expression has an incorrect data type");
    CHECK(refused("SET a = list_append(n, :list)") ==
          "An operand in the update expression has an incorrect data type");
    CHECK(refused("ADD s :one") == "An operand in the update expression has an incorrect data type");
    CHECK(refused("SET absent.k = :x") ==
          "The document path provided in the update expression is invalid for update");
    CHECK(refused("SET n.k = :x") ==
          "The document path provided in the update expression is invalid for update");
    CHECK(refused("REMOVE n[0]") ==
          "The document path provided in the update expression is invalid for update");
}

TEST_CASE("projections keep the shape of the item") {
    CHECK(projected("n, absent") == R"({"n":{"N":"5"}})");
    CHECK(projected("m.k") == R"({"m":{"M":{"k":{"S":"v"}}}})");
    CHECK(projected("l[2], l[0], n") == R"({"l":{"L":[{"N":"0"},{"N":"2"}]},"n":{"N":"5"}})");
    CHECK(projected("m.nil, l[7]") == "{}");
    CHECK(refused_projection("!!") ==
          "Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\"");
    CHECK(refused_projection("m, m.k") ==
          "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite "
          "one of "
          "these paths; path one: [m], path two: [m, k]");
}

// dynalite's suite.
TEST_CASE("of several mistakes an update or a projection tells the same one as AWS") {
    CHECK(refused("SET #c = :x SET abOrt = :x") ==
          kInvalid + "Attribute name is a reserved keyword; reserved keyword: abOrt");
    CHECK(refused("SET d[1] = a, d.b = a, c[1].a = a, c = if_not_exists(a)") ==
          kInvalid +
              "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
              "one: [c, [1], a], path two: [c]");
    CHECK(
        refused("SET b = list_append(:x, a), c = if_not_exists(a) ADD a.b :x") ==
        kInvalid +
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
            "ALLOWED_FOR_ADD_OPERAND");
    CHECK(refused("SET a=set") == kInvalid + "Syntax error; token: \"set\", near: \"=set\"");
    CHECK(refused_projection("b[1], b.a, a.b, a") ==
          "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite "
          "one of these paths; path one: [a, b], path two: [a]");
}
