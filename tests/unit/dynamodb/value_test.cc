#include "tests/unit/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

AttributeValue decoded(const std::string& json) {
    const auto document = json::parse(json);
    REQUIRE(document);
    return decode_value(document->root());
}

std::string defect(const std::string& json, Wording wording = Wording::current) {
    const AttributeValue value = decoded(json);
    return value.type() == AttributeValue::Type::invalid ? value.defect(wording) : std::string();
}

std::string type_error(const std::string& json) {
    return refusal([&] { decoded(json); });
}

const std::string kInvalid = "One or more parameter values were invalid: ";

}  // namespace

TEST_CASE("an item reads and writes as the same JSON, numbers in their canonical form") {
    const std::string json = R"({"b":{"B":"AAEC"},"bs":{"BS":["AQ==","Ag=="]},)"
                             R"("l":{"L":[{"S":""},{"NULL":true}]},)"
                             R"("m":{"M":{"x":{"BOOL":false}}},"n":{"N":"1.5"},)"
                             R"("ns":{"NS":["1","2"]},"s":{"S":"\"é\\"},"ss":{"SS":["a"]}})";
    CHECK(to_json(item(json)) == json);
    CHECK(to_json(item(R"({"z":{"N":"1.50"},"a":{"N":"1e2"}})")) == R"({"a":{"N":"100"},"z":{"N":"1.5"}})");
}

TEST_CASE("a value has exactly one type") {
    CHECK(defect("{}") ==
          "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    CHECK(defect(R"({"X":"a"})") ==
          "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    CHECK(defect(R"({"S":null})") ==
          "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    CHECK(
        defect(R"({"S":"a","N":"1"})") ==
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
        "datatypes");
    CHECK(defect(R"({"S":"a","N":"b"})") == "The parameter cannot be converted to a numeric value: b");
    CHECK(defect(R"({"N":"b","S":"a"})") == "The parameter cannot be converted to a numeric value: b");
}

TEST_CASE("some texts stand for booleans") {
    CHECK(to_json(item(R"({"t":{"BOOL":"Yes"},"f":{"BOOL":"0"},"n":{"NULL":"true"}})")) ==
          R"({"f":{"BOOL":false},"n":{"NULL":true},"t":{"BOOL":true}})");
    CHECK(defect(R"({"NULL":"no"})") == kInvalid + "Null attribute value types must have the value of true");
    CHECK(type_error(R"({"BOOL":"23"})") == "Unexpected token received from parser");
}

TEST_CASE("sets are neither empty nor hold a value twice") {
    CHECK(defect(R"({"SS":[]})") == kInvalid + "An string set  may not be empty");
    CHECK(defect(R"({"NS":[]})") == kInvalid + "An number set  may not be empty");
    CHECK(defect(R"({"BS":[]})") == kInvalid + "Binary sets should not be empty");
    CHECK(defect(R"({"SS":["a",""]})").empty());
    CHECK(defect(R"({"NULL":false})") == kInvalid + "Null attribute value types must have the value of true");
}

TEST_CASE("a refusal deep inside is the refusal of the whole value") {
    CHECK(defect(R"({"M":{"a":{"L":[{"S":"x"},{"N":"x"}]}}})") ==
          "The parameter cannot be converted to a numeric value: x");
}

TEST_CASE("31 maps may stand around a value, 32 may not") {
    const auto nested = [](int depth) {
        std::string json;
        for (int i = 0; i < depth; ++i) json += R"({"M":{"n":)";
        json += R"({"S":"leaf"})";
        for (int i = 0; i < depth; ++i) json += "}}";
        return json;
    };
    CHECK(defect(nested(31)).empty());
    CHECK(defect(nested(32)) ==
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
          "supported "
          "limit");
}

TEST_CASE("a JSON type that the value's type does not have is a serialization error") {
    CHECK(type_error(R"({"S":1})") == "NUMBER_VALUE cannot be converted to String");
    CHECK(type_error(R"({"S":true})") == "TRUE_VALUE cannot be converted to String");
    CHECK(type_error(R"({"N":34.56})") == "DECIMAL_VALUE cannot be converted to String");
    CHECK(type_error(R"({"BS":[[]]})") == "Unrecognized collection type class java.nio.ByteBuffer");
    CHECK(type_error(R"({"B":{}})") == "Start of structure or map found where not expected");
    CHECK(type_error(R"({"B":1})") == "only base-64-encoded strings are convertible to bytes");
    CHECK(type_error(R"({"N":{}})") == "Start of structure or map found where not expected");
    CHECK(type_error(R"({"SS":"a"})") == "Unexpected field type");
    CHECK(type_error(R"({"B":"23456"})") ==
          "Base64 encoded length is expected a multiple of 4 bytes but found: 5");
    CHECK(type_error(R"({"BS":["=+/="]})") == "Invalid last non-pad Base64 character dectected");
    CHECK(type_error(R"({"B":"+/+="})") == "Invalid last non-pad Base64 character dectected");
    CHECK(type_error("\"a\"") == "Unexpected value type in payload");
}

TEST_CASE("sets are equal in any order, lists are not") {
    CHECK(decoded(R"({"SS":["a","b"]})") == decoded(R"({"SS":["b","a"]})"));
    CHECK_FALSE(decoded(R"({"L":[{"S":"a"},{"S":"b"}]})") == decoded(R"({"L":[{"S":"b"},{"S":"a"}]})"));
    CHECK_FALSE(decoded(R"({"S":"1"})") == decoded(R"({"N":"1"})"));
    CHECK(decoded(R"({"N":"1.0"})") == decoded(R"({"N":"1"})"));
}

TEST_CASE("sizes follow AWS's formula") {
    CHECK(item_size(item(R"({"pk":{"S":"abc"}})")) == 5);
    CHECK(item_size(item(R"({"é":{"S":"é"}})")) == 4);
    CHECK(item_size(item(R"({"n":{"N":"-1234"}})")) == 1 + 4);
    CHECK(item_size(item(R"({"b":{"B":"AAEC"}})")) == 1 + 3);
    CHECK(item_size(item(R"({"t":{"BOOL":true},"u":{"NULL":true}})")) == 4);
    CHECK(item_size(item(R"({"l":{"L":[]},"m":{"M":{}}})")) == 2 + 3 + 3);
    CHECK(item_size(item(R"({"l":{"L":[{"S":"ab"}]}})")) == 1 + 3 + 1 + 2);
    CHECK(item_size(item(R"({"m":{"M":{"k":{"S":"ab"}}}})")) == 1 + 3 + 1 + 1 + 2);
    CHECK(item_size(item(R"({"s":{"SS":["a","bc"]}})")) == 1 + 3);
}

TEST_CASE("of an attribute that stands twice the last one counts") {
    CHECK(to_json(item(R"({"b":{"S":"1"},"a":{"S":"x"},"b":{"S":"2"}})")) ==
          R"({"a":{"S":"x"},"b":{"S":"2"}})");
}

TEST_CASE("a set with a value twice is refused in two wordings") {
    const std::string strings = R"({"SS":["b","a","b"]})";
    CHECK(defect(strings) == kInvalid + R"(Input collection ["a", "b", "b"] contains duplicates.)");
    CHECK(defect(strings, Wording::older) == kInvalid + "Input collection [b, a, b] contains duplicates.");
    CHECK(defect(R"({"SS":["",""]})", Wording::older) ==
          kInvalid + "Input collection [, ] contains duplicates.");
    const std::string binary = R"({"BS":["/w==","AA==","AA=="]})";
    CHECK(defect(binary) ==
          kInvalid + R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)");
    CHECK(defect(binary, Wording::older) ==
          kInvalid + "Input collection [/w==, AA==, AA==]of type BS contains duplicates.");
    CHECK(defect(R"({"NS":["2","1","2.0"]})") == kInvalid + "Input collection contains duplicates.");
    CHECK(defect(R"({"NS":["2","1","2"]})", Wording::older) == "Input collection contains duplicates");
}

TEST_CASE("a set is read back in the order of its bytes, numbers in their order") {
    CHECK(to_json(item(R"({"s":{"SS":["b","a",""]}})")) == R"({"s":{"SS":["","a","b"]}})");
    CHECK(to_json(item(R"({"b":{"BS":["/w==","AA=="]}})")) == R"({"b":{"BS":["AA==","/w=="]}})");
    CHECK(to_json(item(R"({"n":{"NS":["10","9","-1"]}})")) == R"({"n":{"NS":["-1","9","10"]}})");
}

TEST_CASE("of several defects in a value the first of the text is reported") {
    CHECK(defect(R"({"M":{"z":{"N":"abc"},"a":{"SS":[]}}})") ==
          "The parameter cannot be converted to a numeric value: abc");
    CHECK(defect(R"({"M":{"":{"S":"x"}}})") == "Empty attribute name");
}
