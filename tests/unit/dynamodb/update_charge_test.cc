#include "services/dynamodb/expression/update_charge.h"

#include "services/dynamodb/expression/parser.h"
#include "tests/unit/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::expression;
using namespace fogbank::dynamodb::test;

namespace {

std::size_t charge(const std::string& text) {
    const Placeholders::Names names;
    const Placeholders::Values given =
        values(R"({":ten":{"S":"1234567890"},":one":{"N":"1"},":list":{"L":[{"S":"1234567890"}]},)"
               R"(":map":{"M":{"a":{"S":"12345"}}},":set":{"SS":["12345"]}})");
    Placeholders placeholders(names, given, Wording::current);
    return update_charge(parse_update(text, placeholders));
}

}  // namespace

// Measured on AWS to the byte (conformance suite, 2026-08 and 2026-10).
TEST_CASE("an update costs its clauses, paths and values") {
    constexpr std::size_t kUpdate = 3;
    constexpr std::size_t kSet = 19;
    CHECK(charge("SET b = :ten") == kUpdate + kSet + 1 + 10);
    CHECK(charge("SET b = :ten, c = :ten") == kUpdate + 2 * (kSet + 1 + 10));
    CHECK(charge("SET c = abcdefghij") == kUpdate + kSet + 1 + (1 + 14 + 10));
    CHECK(charge("SET c = m.a.z") == kUpdate + kSet + 1 + (1 + 3 * 15));
    CHECK(charge("SET c = l[10]") == kUpdate + kSet + 1 + (1 + 15 + 16));
    CHECK(charge("SET d.leaf = :ten") == kUpdate + kSet + (1 + 4 + 4) + 10);
    CHECK(charge("SET n = n + :one") == kUpdate + kSet + 1 + 34 + 16 + 2);
    CHECK(charge("SET n = n - :one") == kUpdate + kSet + 1 + 37 + 16 + 2);
    CHECK(charge("SET c = if_not_exists(c, :map)") == kUpdate + kSet + 1 + 39 + 16 + (3 + 1 + 1 + 5));
    CHECK(charge("SET l = list_append(l, :list)") == kUpdate + kSet + 1 + 37 + 16 + (3 + 1 + 10));
    CHECK(charge("ADD abcdefghij :one") == kUpdate + kSet + 10 + 2);
    CHECK(charge("REMOVE abcdefghij") == kUpdate + 1 + 10);
    CHECK(charge("REMOVE l[10]") == kUpdate + 1 + (1 + 4 + 2));
    CHECK(charge("DELETE ss :set") == kUpdate + 1 + 2);
}
