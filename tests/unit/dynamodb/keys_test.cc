#include "services/dynamodb/keys.h"
#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/shard_iterator.h"
#include "tests/unit/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;
using fogbank::dynamodb::expression::Operator;

namespace {

Table table() {
    Table out;
    out.keys = {{"pk", 'S'}, KeyAttribute{"sk", 'N'}, {}, {}};
    Index index;
    index.name = "by-g";
    index.is_global = true;
    index.keys = {{"g", 'S'}, std::nullopt, {}, {}};
    index.projection = ProjectionType::keys_only;
    out.indexes.push_back(index);
    return out;
}

std::string put_refusal(const std::string& json) {
    const AttributeMap given = item(json);
    return refusal([&] {
        check_item_keys(table(), given);
        check_index_keys(table(), given, WriteSource::put);
    });
}

const std::string kInvalid = "One or more parameter values were invalid: ";
const std::string kNotValid = "One or more parameter values are not valid. ";

}  // namespace

TEST_CASE("the keys of an item are there, of their type and not empty") {
    CHECK(put_refusal(R"({"pk":{"S":"a"},"sk":{"N":"1"}})").empty());
    CHECK(put_refusal(R"({"pk":{"S":"a"}})") == kInvalid + "Missing the key sk in the item");
    CHECK(put_refusal(R"({"pk":{"N":"1"},"sk":{"N":"1"}})") ==
          kInvalid + "Type mismatch for key pk expected: S actual: N");
    CHECK(put_refusal(R"({"pk":{"S":""},"sk":{"N":"1"}})") ==
          kNotValid + "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk");
    CHECK(put_refusal(R"({"pk":{"S":")" + std::string(2048, 'x') + R"("},"sk":{"N":"1"}})").empty());
    CHECK(put_refusal(R"({"pk":{"S":")" + std::string(2049, 'x') + R"("},"sk":{"N":"1"}})") ==
          kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes");
}

TEST_CASE("an index key may be missing, but not of another type or empty") {
    CHECK(put_refusal(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"}})").empty());
    CHECK(put_refusal(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"N":"1"}})") ==
          kInvalid + "Type mismatch for Index Key g Expected: S Actual: N IndexName: by-g");
    CHECK(put_refusal(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":""}})") ==
          kNotValid +
              "A value specified for a secondary index key is not supported. The AttributeValue for a key "
              "attribute "
              "cannot contain an empty string value. IndexName: by-g, IndexKey: g");
}

TEST_CASE("a Key names the key attributes and nothing else") {
    const auto key_refusal = [](const std::string& json) {
        const AttributeMap given = item(json);
        return refusal([&] { check_key(table().keys, given); });
    };
    CHECK(key_refusal(R"({"pk":{"S":"a"},"sk":{"N":"1"}})").empty());
    for (const char* json : {R"({"pk":{"S":"a"}})", R"({"pk":{"S":"a"},"sk":{"S":"1"}})",
                             R"({"pk":{"S":"a"},"sk":{"N":"1"},"x":{"S":""}})", "{}"}) {
        CHECK(key_refusal(json) == "The provided key element does not match the schema");
    }
}

TEST_CASE("keys of a partition stand together, in the order of their sort keys") {
    const auto key = [](const std::string& pk, const std::string& sk) {
        return key_bytes(table().keys, item(R"({"pk":{"S":")" + pk + R"("},"sk":{"N":")" + sk + R"("}})"));
    };
    const std::string partition = partition_bytes(AttributeValue::string("a"));
    CHECK(key("a", "-1").starts_with(partition));
    CHECK(key("a", "-1") < key("a", "2"));
    CHECK(key("a", "2") < key("a", "10"));
    CHECK_FALSE(key("ab", "2").starts_with(partition));
}

TEST_CASE("an index holds the items that have its keys") {
    const Table shown = table();
    CHECK(index_bytes(shown.indexes[0], item(R"({"g":{"S":"x"}})"), "K"));
    CHECK_FALSE(index_bytes(shown.indexes[0], item(R"({"h":{"S":"x"}})"), "K"));
    CHECK(to_json(projected(shown, shown.indexes[0],
                            item(R"({"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"},"o":{"S":"y"}})"))) ==
          R"({"g":{"S":"x"},"pk":{"S":"a"},"sk":{"N":"1"}})");
}

TEST_CASE("key conditions become ranges") {
    const KeySchema keys = table().keys;
    const AttributeValue pk = AttributeValue::string("a");
    const AttributeValue five = AttributeValue::number(std::int64_t{5});
    const AttributeValue nine = AttributeValue::number(std::int64_t{9});
    const auto inside = [&](Operator op, const char* number) {
        std::vector<const AttributeValue*> bounds{&five};
        if (op == Operator::between) bounds.push_back(&nine);
        const KeyRange range = range_of(keys, {{"pk", Operator::equal, {&pk}}, {"sk", op, bounds}});
        std::string key = partition_bytes(pk);
        append_sort_bytes(key, AttributeValue::number(std::string(number)));
        return key >= range.low && key < range.high;
    };
    CHECK(inside(Operator::equal, "5"));
    CHECK_FALSE(inside(Operator::equal, "5.1"));
    CHECK(inside(Operator::less, "4.9"));
    CHECK_FALSE(inside(Operator::less, "5"));
    CHECK(inside(Operator::less_equal, "5"));
    CHECK(inside(Operator::greater, "50"));
    CHECK_FALSE(inside(Operator::greater, "5"));
    CHECK(inside(Operator::greater_equal, "5"));
    CHECK(inside(Operator::between, "9"));
    CHECK_FALSE(inside(Operator::between, "9.01"));
    CHECK(refusal([&] {
              range_of(keys, {{"sk", Operator::equal, {&five}}});
          }) == "Query condition missed key schema element: pk");
    CHECK(refusal([&] {
              range_of(keys, {{"pk", Operator::less, {&pk}}});
          }) == "Query key condition not supported");
    CHECK(refusal([&] {
              range_of(keys, {{"pk", Operator::equal, {&five}}});
          }) == kInvalid + "Condition parameter type does not match schema type");
}

TEST_CASE("shard iterators and stream ARNs read back") {
    const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-23T15:00:00.000";
    const ShardIterator made{arn, 5, 17, 1234567};
    const auto read = ShardIterator::parse(made.text());
    REQUIRE(read);
    CHECK(read->stream_arn == arn);
    CHECK(read->shard == 5);
    CHECK(read->sequence == 17);
    CHECK(read->issued_ms == 1234567);
    CHECK_FALSE(ShardIterator::parse("x"));
    CHECK_FALSE(ShardIterator::parse(arn + "|1|AAAA"));
    const auto name = parse_stream_arn(arn);
    REQUIRE(name);
    CHECK(name->table == "t");
    CHECK(name->label == "2026-11-23T15:00:00.000");
    CHECK_FALSE(parse_stream_arn("arn:aws:dynamodb:us-east-1:000000000000:table/t"));
}
