#include "src/base/clock.h"
#include "tests/unit/protocol/sample_service.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {
namespace {

std::string dynamodb(std::string_view body) {
    return refusal(dynamodb_operation(), body);
}
std::string kinesis(std::string_view body) {
    return refusal(kinesis_operation(), body);
}

std::string error_text(const model::Operation& operation, const Error& error) {
    http::Response out;
    protocol::encode_error(*operation.service, error, {"RID", {}}, out);
    return text_of(out);
}

constexpr const char* kCast =
    "SerializationException: class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be "
    "cast to "
    "class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class "
    "are in "
    "module java.base of loader 'bootstrap')";

}  // namespace

TEST_CASE("A JSON 1.0 service words a value of the wrong type as DynamoDB does") {
    const auto [body, message] = GENERATE(table<const char*, const char*>({
        {R"({"Text":true})", "TRUE_VALUE cannot be converted to String"},
        {R"({"Text":false})", "FALSE_VALUE cannot be converted to String"},
        {R"({"Text":23})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Text":34.56})", "DECIMAL_VALUE cannot be converted to String"},
        {R"({"Text":[]})", "Unrecognized collection type class java.lang.String"},
        {R"({"Text":{}})", "Start of structure or map found where not expected"},
        {R"({"Count":"23"})", "STRING_VALUE cannot be converted to Integer"},
        {R"({"Count":true})", "TRUE_VALUE cannot be converted to Integer"},
        {R"({"Count":[]})", "Unrecognized collection type class java.lang.Integer"},
        {R"({"Big":"23"})", "STRING_VALUE cannot be converted to Long"},
        {R"({"Ratio":"x"})", "STRING_VALUE cannot be converted to Double"},
        {R"({"Flag":"23"})", "Unexpected token received from parser"},
        {R"({"Flag":23})", "NUMBER_VALUE cannot be converted to Boolean"},
        {R"({"Flag":[]})", "Unrecognized collection type class java.lang.Boolean"},
        {R"({"Data":23})", "only base-64-encoded strings are convertible to bytes"},
        {R"({"Data":[]})", "Unrecognized collection type class java.nio.ByteBuffer"},
        {R"({"Data":"23456"})", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {R"({"Data":"=+/="})", "Invalid last non-pad Base64 character dectected"},
        {R"({"Data":"+/+="})", "Invalid last non-pad Base64 character dectected"},
        {R"({"Words":"23"})", "Unexpected field type"},
        {R"({"Words":{}})", "Start of structure or map found where not expected"},
        {R"({"Words":[1]})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Labels":23})", "Unexpected field type"},
        {R"({"Labels":[]})",
         "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"},
        {R"({"Inner":"23"})", "Unexpected field type"},
        {R"({"Inner":[]})", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.Nested"},
        {R"({"Items":[true]})", "Unexpected value type in payload"},
        {R"({"Items":[[]]})", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.Nested"},
    }));
    INFO(body);
    CHECK(dynamodb(body) == "SerializationException: " + std::string(message));
}

TEST_CASE("A JSON 1.0 service refuses an integer that its type cannot hold") {
    const auto [body, message] = GENERATE(table<const char*, const char*>({
        {R"({"Count":2147483648})", "NUMBER_VALUE cannot be converted to Integer"},
        {R"({"Count":-2147483649})", "NUMBER_VALUE cannot be converted to Integer"},
        {R"({"Count":1e99})", "DECIMAL_VALUE cannot be converted to Integer"},
        {R"({"Big":9223372036854775808})", "DECIMAL_VALUE cannot be converted to Long"},
    }));
    INFO(body);
    CHECK(dynamodb(body) == "SerializationException: " + std::string(message));
    const char* largest = R"({"Count":2147483647,"Big":9223372036854775807})";
    CHECK(decode_sample(dynamodb_operation(), largest).Count == 2147483647);
    CHECK(decode_sample(dynamodb_operation(), largest).Big == INT64_MAX);
    CHECK(decode_sample(dynamodb_operation(), R"({"Count":-2147483648})").Count == INT32_MIN);
}

TEST_CASE("A JSON 1.0 service fails with a Java cast where a list of lists holds a scalar") {
    CHECK(dynamodb(R"({"Groups":{"a":"23"}})") == kCast);
}

TEST_CASE("A JSON 1.1 service words a value of the wrong type as Kinesis does") {
    const auto [body, message] = GENERATE(table<const char*, const char*>({
        {R"({"Text":true})", "class java.lang.Boolean can not be converted to an String"},
        {R"({"Text":34.56})",
         "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"},
        {R"({"Text":[]})", "Start of list found where not expected"},
        {R"({"Text":{}})", "Start of structure or map found where not expected."},
        {R"({"Count":"23"})", "class java.lang.String can not be converted to an Integer"},
        {R"({"Big":true})", "class java.lang.Boolean can not be converted to an Long"},
        {R"({"Flag":"hm"})", "'HM' can not be converted to an Boolean"},
        {R"({"Data":true})", "class java.lang.Boolean can not be converted to a Blob"},
        {R"({"Data":"23456"})",
         "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes "
         "but found: "
         "5"},
        {R"({"Data":"=+/="})", "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='"},
        {R"({"Data":"+/+="})",
         "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"},
        {R"({"When":"23"})", "class java.lang.String can not be converted to milliseconds since epoch"},
        {R"({"When":[]})", "Start of list found where not expected"},
        {R"({"Words":34.56})", "Expected list or null"},
        {R"({"Labels":"23"})", "Expected map or null"},
        {R"({"Inner":23})", "Expected null"},
        {R"({"Inner":[]})", "Start of list found where not expected"},
    }));
    INFO(body);
    CHECK(kinesis(body) == "SerializationException: " + std::string(message));
}

TEST_CASE("A body that is no JSON object is refused without a message") {
    const std::string body =
        GENERATE(as<std::string>(), "hi", "[]", "\"{}\"", "23", "null", "{\"Text\":\"a\"", "{} x",
                 "{\"Text\":\"\xff\"}", "{\"Text\":\"\xc3\"}", "{'Text':1}", "{\"Text\":01}");
    INFO(body);
    CHECK(dynamodb(body) == "SerializationException");
    CHECK(kinesis(body) == "SerializationException");
}

TEST_CASE("Nesting past the limit is refused, however deep") {
    const int depth = GENERATE(101, 10'000, 500'000);
    std::string lists = "{\"Words\":" + std::string(static_cast<std::size_t>(depth), '[');
    CHECK(dynamodb(lists) == "SerializationException");
    std::string objects;
    for (int i = 0; i < depth; ++i) objects += "{\"Inner\":{\"Child\":";
    CHECK(kinesis(objects) == "SerializationException");
}

TEST_CASE("Numbers are cut to their type") {
    const Sample sample =
        decode_sample(kinesis_operation(), R"({"Count":2147483648,"Big":1e300,"Ratio":-1.5e3})");
    CHECK(sample.Count == 2147483647);
    CHECK(sample.Big == INT64_MAX);
    CHECK(sample.Ratio == -1500.0);
    CHECK(decode_sample(kinesis_operation(), R"({"Count":-1e99,"Big":3.99})").Count == INT32_MIN);
    CHECK(decode_sample(kinesis_operation(), R"({"Big":3.99})").Big == 3);
}

TEST_CASE("Members that are null or unknown are left out, and words stand for booleans") {
    const Sample sample = decode_sample(
        dynamodb_operation(),
        R"({"Text":null,"text":"x","__type":"y","Other":{"a":[1]},"Flag":"Yes","Words":[null]})");
    CHECK_FALSE(sample.Text);
    CHECK(sample.Flag == true);
    CHECK(sample.Words == std::vector<std::string>{});
}

TEST_CASE("No body is an empty object for JSON 1.0 and no JSON for JSON 1.1") {
    CHECK(dynamodb("") == "decoded");
    CHECK(kinesis("") == "SerializationException");
}

TEST_CASE("A time outside of what a clock holds is refused") {
    CHECK(kinesis(R"({"When":1e300})") ==
          "SerializationException: class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be "
          "converted "
          "to milliseconds since epoch");
}

TEST_CASE("An answer has every member that is set, in the model's order") {
    Sample sample;
    sample.Text = "a\"\n\u00e9";
    sample.Count = -3;
    sample.Big = INT64_MAX;
    sample.Ratio = 0.1;
    sample.Flag = false;
    sample.Data = Bytes{std::string("\0\xff", 2)};
    sample.When = from_unix_millis(1398796238120);
    sample.Words = std::vector<std::string>{"x", ""};
    sample.Labels = model::Map<std::string>{{"k", "v"}};
    sample.Inner = Nested{"n", Nested{"m", {}}};
    sample.Items.emplace();
    http::Response out;
    protocol::encode_response(dynamodb_operation(), &sample, {"RID", {}}, out);
    CHECK(text_of(out) ==
          "200\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.0\n\n"
          R"({"Text":"a\"\né","Count":-3,"Big":9223372036854775807,"Ratio":0.1,"Flag":false,"Data":"AP8=",)"
          R"("When":1398796238.12,"Words":["x",""],"Labels":{"k":"v"},)"
          R"("Inner":{"Name":"n","Child":{"Name":"m"}},)"
          R"("Items":[]})");
}

TEST_CASE("Errors of a JSON 1.0 service bear the namespace they come from") {
    const auto& operation = dynamodb_operation();
    CHECK(error_text(operation, Error(*operation.service->errors[0], "Requested resource not found")) ==
          "404\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.0\n\n"
          R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
          R"("Message":"Requested resource not found"})");
    CHECK(error_text(operation, Error("ValidationException", 400, "no")) ==
          "400\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.0\n\n"
          R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no"})");
    CHECK(error_text(operation, Error("SerializationException", 400, "")) ==
          "400\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.0\n\n"
          R"({"__type":"com.amazon.coral.service#SerializationException"})");
    CHECK(error_text(operation, Error("UnknownOperationException", 404, "")) ==
          "404\nx-amzn-RequestId: RID\n\n<UnknownOperationException/>\n");
}

TEST_CASE("Errors of a JSON 1.1 service bear their bare name and their members") {
    const Error error =
        Error("LimitExceededException", 400, "no\nmore").with("Shard", "a\"b").with_json("Item", "[1]");
    CHECK(error_text(kinesis_operation(), error) ==
          "400\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.1\n\n"
          R"({"__type":"LimitExceededException","message":"no\nmore","Shard":"a\"b","Item":[1]})");
    CHECK(error_text(kinesis_operation(), Error("SerializationException", 400, "Expected list or null")) ==
          "400\nx-amzn-RequestId: RID\nContent-Type: application/x-amz-json-1.1\n\n"
          R"({"__type":"SerializationException","Message":"Expected list or null"})");
}

}  // namespace fogbank::protocol_test
