#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/protocol/cbor_body.h"
#include "src/protocol/identify.h"
#include "tests/unit/protocol/sample_service.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {
namespace {

http::Headers cbor_headers() {
    http::Headers headers;
    headers.add("Content-Type", "application/x-amz-cbor-1.1");
    headers.add("X-Amz-Target", "Kinesis_20131202.PutThing");
    return headers;
}

Sample decode_cbor(std::string_view body) {
    const http::Headers headers = cbor_headers();
    Sample sample;
    protocol::decode_request(kinesis_operation(), {"POST", "/", "", headers, body}, &sample);
    return sample;
}

std::string refused(std::string_view body) {
    try {
        decode_cbor(body);
    } catch (const Error& error) {
        return error.message().empty() ? error.code() : error.code() + ": " + error.message();
    }
    return "decoded";
}

// A map of one member, the way Jackson writes it: begun without a length.
std::string body_of(std::string_view name, std::string_view value) {
    std::string out;
    cbor::Writer writer(out);
    writer.begin_map();
    writer.text(name);
    out += value;
    writer.end();
    return out;
}

std::string hex(const http::Response& response) {
    return hex_encode(std::get<std::string>(response.body));
}

}  // namespace

TEST_CASE("CBOR is read by a JSON 1.1 service and by no JSON 1.0 service") {
    const model::Service* const services[] = {dynamodb_operation().service, kinesis_operation().service};
    const protocol::Identifier identifier(services);
    for (const char* type : {"application/x-amz-cbor-1.1", "Application/X-Amz-CBOR-1.1; charset=utf-8"}) {
        http::Headers headers = cbor_headers();
        headers.set("Content-Type", type);
        CHECK(identifier.identify({"POST", "/", "", headers}).operation == &kinesis_operation());
        CHECK(protocol::body_format(*kinesis_operation().service, headers) == protocol::BodyFormat::cbor);
        headers.set("X-Amz-Target", "DynamoDB_20120810.PutThing");
        CHECK(identifier.identify({"POST", "/", "", headers}).operation == nullptr);
        CHECK(protocol::body_format(*dynamodb_operation().service, headers) == protocol::BodyFormat::native);
    }
}

TEST_CASE("A CBOR body fills every kind of member, with lengths or without") {
    using namespace std::string_literals;
    const std::string body =
        "\xbf"
        "\x64Text\x61x"
        "\x65"
        "Count\x19\x01\x00"
        "\x63"
        "Big\x3b\x00\x00\x00\xe8\xd4\xa5\x10\x00"
        "\x65Ratio\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"
        "\x64"
        "Flag\xf5"
        "\x64"
        "Data\x43\x00\xff\x01"
        "\x64When\xc1\x1b\x00\x00\x01\x45\xae\xc0\xbf\xc8"
        "\x65Words\x9f\x61"
        "a\xf6\x7f\x61"
        "b\x61"
        "c\xff\xff"
        "\x66Labels\xa1\x61k\x61v"
        "\x65Inner\xbf\x64Name\x61n\x65"
        "Child\xa1\x64Name\x61m\xff"
        "\x65Other\x82\xa1\x61x\x80\x01"
        "\x66Groups\xbf\x61g\x81\x61w\xff"
        "\xff"s;
    const Sample sample = decode_cbor(body);
    CHECK(sample.Text == "x");
    CHECK(sample.Count == 256);
    CHECK(sample.Big == -1'000'000'000'001);
    CHECK(sample.Ratio == 1.1);
    CHECK(sample.Flag == true);
    CHECK(sample.Data->data == std::string("\0\xff\x01", 3));
    CHECK(sample.When == from_unix_millis(1398796238792));
    CHECK(sample.Words == std::vector<std::string>{"a", "bc"});
    CHECK(sample.Labels->at("k") == "v");
    CHECK(sample.Inner->Child->Name == "m");
    CHECK(sample.Groups->at("g") == std::vector<std::string>{"w"});
}

TEST_CASE("CBOR values of the wrong type are told of in Kinesis's words") {
    const auto [name, value, message] = GENERATE(table<const char*, const char*, const char*>({
        {"Text", "\xf5", "class java.lang.Boolean can not be converted to an String"},
        {"Text", "\x41x", "class java.lang.String can not be converted to an String"},
        {"Text", "\x80", "Start of list found where not expected"},
        {"Count", "\x61x", "class java.lang.String can not be converted to an Integer"},
        {"Data", "\x61x", "class java.lang.String can not be converted to a Blob"},
        {"When", "\x61x", "class java.lang.String can not be converted to milliseconds since epoch"},
        {"Words", "\x01", "Expected list or null"},
        {"Labels", "\x61x", "Expected map or null"},
        {"Inner", "\x01", "Expected null"},
        {"Inner", "\x80", "Start of list found where not expected"},
    }));
    INFO(name << " " << hex_encode(value));
    CHECK(refused(body_of(name, value)) == "SerializationException: " + std::string(message));
}

TEST_CASE("A body that is no CBOR map is refused without a message") {
    using namespace std::string_literals;
    const std::string body =
        GENERATE(as<std::string>(), "", "{}", "\x80", "\x01", "\xa0\xa0", "\xbf", "\xa1\x64Text",
                 "\xa1\x01\x02", "\xbf\x64Text\xff", "\xa1\x64Text\x61\xff");
    INFO(hex_encode(body));
    CHECK(refused(body) == "SerializationException");
    std::string nested = "\xa1\x65Inner";
    for (int i = 0; i < 100'000; ++i)
        nested +=
            "\xbf\x65"
            "Child";
    CHECK(refused(nested) == "SerializationException");
    CHECK(refused(body_of("Nothing", std::string(500'000, '\x81'))) == "SerializationException");
}

TEST_CASE("Numbers of CBOR are cut to their type, and times outside of what a clock holds are refused") {
    using namespace std::string_literals;
    CHECK(decode_cbor(body_of("Count", "\x1a\xff\xff\xff\xff"s)).Count == INT32_MAX);
    CHECK(decode_cbor(body_of("Count", "\xf9\xfc\x00"s)).Count == INT32_MIN);
    CHECK(decode_cbor(body_of("Count", "\xf9\x7e\x00"s)).Count == 0);
    CHECK(decode_cbor(body_of("Big", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff"s)).Big == INT64_MAX);
    CHECK(refused(body_of("When", "\xf9\x7c\x00"s)).starts_with("SerializationException"));
}

TEST_CASE("An answer in CBOR has every member that is set, times as tagged milliseconds") {
    Sample sample;
    sample.Text = "a";
    sample.Count = -3;
    sample.Ratio = 0.1;
    sample.Flag = false;
    sample.Data = Bytes{std::string("\0\xff", 2)};
    sample.When = from_unix_millis(1398796238792);
    sample.Words = std::vector<std::string>{"x", ""};
    sample.Labels = model::Map<std::string>{{"k", "v"}};
    sample.Items.emplace();
    http::Response out;
    protocol::encode_response(kinesis_operation(), &sample, {"RID", {}, protocol::BodyFormat::cbor}, out);
    CHECK(out.status == 200);
    CHECK(out.headers.get("Content-Type") == "application/x-amz-cbor-1.1");
    CHECK(out.headers.get("x-amzn-RequestId") == "RID");
    CHECK(hex(out) ==
          "bf"
          "64546578746161"
          "65436f756e7422"
          "65526174696ffb3fb999999999999a"
          "64466c6167f4"
          "64446174614200ff"
          "645768656ec11b00000145aec0bfc8"
          "65576f72647382617860"
          "664c6162656c73bf616b6176ff"
          "654974656d7380"
          "ff");
    CHECK(decode_cbor(std::get<std::string>(out.body)).When == sample.When);
}

TEST_CASE("Errors in CBOR bear their name in a header and in the body") {
    http::Response out;
    const Error error =
        Error("LimitExceededException", 400, "no").with("Shard", "s").with_json("Item", "[1,null]");
    protocol::encode_error(*kinesis_operation().service, error, {"RID", {}, protocol::BodyFormat::cbor}, out);
    CHECK(out.status == 400);
    CHECK(out.headers.get("Content-Type") == "application/x-amz-cbor-1.1");
    CHECK(out.headers.get("x-amzn-errortype") == "LimitExceededException");
    CHECK(hex(out) ==
          "bf"
          "665f5f74797065"
          "764c696d69744578636565646564457863657074696f6e"
          "676d657373616765"
          "626e6f"
          "655368617264"
          "6173"
          "644974656d"
          "8201f6"
          "ff");
}

}  // namespace fogbank::protocol_test
