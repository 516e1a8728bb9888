#include "src/base/clock.h"
#include "src/protocol/rest_router.h"
#include "tests/unit/protocol/sample_service.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {
namespace {

struct Sent {
    std::string_view query = "";
    http::Headers headers = {};
    std::string_view body = "";
    protocol::UriLabels labels = {{"Key", "k"}};
};

Located decode(const model::Operation& operation, const Sent& sent) {
    Located out;
    protocol::decode_request(operation, {"PUT", "/k", sent.query, sent.headers, sent.body, &sent.labels},
                             &out);
    return out;
}

std::string refused(const model::Operation& operation, const Sent& sent) {
    try {
        decode(operation, sent);
    } catch (const Error& error) {
        http::Response out;
        protocol::encode_error(*operation.service, error, {"RID", "HID"}, out);
        return text_of(out);
    }
    return "decoded";
}

http::Headers headers(std::initializer_list<std::pair<const char*, const char*>> list) {
    http::Headers out;
    for (const auto& [name, value] : list) out.add(name, value);
    return out;
}

constexpr const char* kXmlBody = "<Body><Name>n</Name></Body>";
constexpr const char* kMalformedXml =
    "400\nx-amz-request-id: RID\nx-amz-id-2: HID\nContent-Type: application/xml\n\n"
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>MalformedXML</Code><Message>The XML you "
    "provided was "
    "not well-formed or did not validate against our published schema</Message><RequestId>RID</RequestId>"
    "<HostId>HID</HostId></Error>";

std::string s3_error(const std::string& inside) {
    return "400\nx-amz-request-id: RID\nx-amz-id-2: HID\nContent-Type: application/xml\n\n"
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" +
           inside + "<RequestId>RID</RequestId><HostId>HID</HostId></Error>";
}

std::string lambda_error(const std::string& body) {
    return "400\nx-amzn-RequestId: RID\nx-amz-id-2: HID\nContent-Type: application/json\n"
           "x-amzn-ErrorType: SerializationException\n\n" +
           body;
}

}  // namespace

TEST_CASE("Headers, labels and parameters become members") {
    const Located input = decode(s3_operation(), {"limit=7&thing",
                                                  headers({{"X-AMZ-Note", "a, b"},
                                                           {"x-amz-since", "Tue, 29 Apr 2014 18:30:38 GMT"},
                                                           {"X-Amz-Meta-Two", "2"},
                                                           {"x-amz-meta-two", "22"}}),
                                                  kXmlBody});
    CHECK(input.Key == "k");
    CHECK(input.Limit == 7);
    CHECK(input.Note == "a, b");
    CHECK(unix_seconds(*input.Since) == 1398796238);
    CHECK(*input.Meta == model::Map<std::string>{{"two", "2,22"}});
    CHECK(input.Body->Name == "n");
}

TEST_CASE("S3 reads hoisted headers from the query, other services do not") {
    const Sent sent{"thing&X-Amz-Note=hi%20there&x-amz-meta-a=1", {}, kXmlBody};
    const Located input = decode(s3_operation(), sent);
    CHECK(input.Note == "hi there");
    CHECK(*input.Meta == model::Map<std::string>{{"a", "1"}});
    const Located other = decode(lambda_operation(), {sent.query, {}, "{}"});
    CHECK_FALSE(other.Note);
    CHECK_FALSE(other.Meta);
}

TEST_CASE("S3 refuses XML that is malformed, of another root, too deep or no UTF-8") {
    std::string deep;
    for (int i = 0; i < 200'000; ++i) deep += "<Child>";
    const std::string body = GENERATE_COPY(
        as<std::string>(), "<Body>", "hi", "<Other/>", "<Body><Name>n</Body>", "<Body/><Body/>",
        "<Body>\xff</Body>", "<Body>" + deep, "<!DOCTYPE a [<!ENTITY b \"c\">]><Body><Name>&b;</Body>");
    INFO(body.substr(0, 80));
    CHECK(refused(s3_operation(), {"thing", {}, body}) == kMalformedXml);
}

TEST_CASE("S3 says that a body is missing where it needs one") {
    CHECK(refused(s3_operation(), {"thing", {}, ""}) ==
          s3_error("<Code>MissingRequestBodyError</Code><Message>Request Body is empty</Message>"));
}

TEST_CASE("S3 names the argument that it cannot read") {
    CHECK(
        refused(s3_operation(), {"thing&limit=many", {}, kXmlBody}) ==
        s3_error("<Code>InvalidArgument</Code><Message>Provided limit not an integer or within integer range"
                 "</Message><ArgumentName>limit</ArgumentName><ArgumentValue>many</ArgumentValue>"));
    CHECK(refused(s3_operation(), {"thing&limit=2147483648", {}, kXmlBody}).find("InvalidArgument") !=
          std::string::npos);
    CHECK(refused(s3_operation(), {"thing", headers({{"x-amz-since", "<soon>"}}), kXmlBody}) ==
          s3_error("<Code>InvalidArgument</Code><Message>The value of x-amz-since is not valid</Message>"
                   "<ArgumentName>x-amz-since</ArgumentName><ArgumentValue>&lt;soon&gt;</ArgumentValue>"));
}

TEST_CASE("Labels and parameters that are no UTF-8 are refused") {
    const Sent sent{"thing", {}, kXmlBody, {{"Key", "\xff"}}};
    CHECK(refused(s3_operation(), sent) ==
          s3_error("<Code>InvalidURI</Code><Message>Couldn't parse the specified URI.</Message>"));
    CHECK(refused(s3_operation(), {"limit=%ff", {}, kXmlBody}).find("InvalidURI") != std::string::npos);
    CHECK(
        refused(s3_operation(), {"thing", headers({{"x-amz-since", "\xff"}}), kXmlBody}).find("InvalidURI") !=
        std::string::npos);
    CHECK(refused(lambda_operation(), {"", headers({{"x-amz-since", "\xff"}}), "{}"}) ==
          lambda_error(R"({"message":"Invalid UTF-8"})"));
    CHECK(refused(lambda_operation(), {"limit=%c3", {}, "{}"}) ==
          lambda_error(R"({"message":"Invalid UTF-8"})"));
}

TEST_CASE("A REST JSON service refuses what it cannot read") {
    CHECK(refused(lambda_operation(), {"", {}, "{"}) == lambda_error("{}"));
    CHECK(refused(lambda_operation(), {"", {}, "[]"}) == lambda_error("{}"));
    CHECK(refused(lambda_operation(), {"", {}, R"({"Name":3})"}) ==
          lambda_error(R"({"message":"NUMBER_VALUE can not be converted to a String"})"));
    CHECK(refused(lambda_operation(), {"", {}, R"({"Child":3})"}) ==
          lambda_error(R"({"message":"Expected null"})"));
    CHECK(refused(lambda_operation(), {"limit=x", {}, "{}"}) ==
          lambda_error(R"({"message":"'x' can not be converted to an Integer"})"));
}

TEST_CASE("A REST answer puts its members where they belong and ends no header early") {
    Located output;
    output.Since = from_unix_seconds(std::int64_t{1398796238});
    output.Meta = model::Map<std::string>{{"a", "1\r\nX-Evil: 1"}};
    output.Note = "n";
    output.Body = Nested{"<&>", {}};
    http::Response out;
    protocol::encode_response(s3_operation(), &output, {"RID", "HID"}, out);
    CHECK(text_of(out) ==
          "200\nx-amz-request-id: RID\nx-amz-id-2: HID\nx-amz-since: Tue, 29 Apr 2014 18:30:38 GMT\n"
          "x-amz-meta-a: 1  X-Evil: 1\nx-amz-note: n\nContent-Type: application/xml\n\n"
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<Body xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>&lt;&amp;&gt;</Name></Body>");
}

TEST_CASE("Not modified is an error without a body") {
    http::Response out;
    Error error("NotModified", 304, "Not Modified");
    std::move(error).with_header("ETag", "\"e\"");
    protocol::encode_error(*s3_operation().service, error, {"RID", {}}, out);
    CHECK(text_of(out) == "304\nx-amz-request-id: RID\nETag: \"e\"\n\n");
}

TEST_CASE("A REST JSON error names its type in a header and whose fault it is in the body") {
    const model::Service& service = *lambda_operation().service;
    http::Response out;
    protocol::encode_error(service, Error(*service.errors[0], "Function not found"), {"RID", {}}, out);
    CHECK(text_of(out) ==
          "404\nx-amzn-RequestId: RID\nContent-Type: application/json\n"
          "x-amzn-ErrorType: ResourceNotFoundException\n\n"
          R"({"Type":"User","Message":"Function not found"})");
}

}  // namespace fogbank::protocol_test
