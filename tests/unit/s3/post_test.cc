#include <catch2/catch.hpp>

#include "services/s3/post/fields.h"
#include "services/s3/post/form.h"
#include "services/s3/post/policy.h"
#include "services/s3/post/signature.h"
#include "src/base/bytes.h"

namespace fogbank::s3::post {

namespace {

template <class F>
Error thrown(F&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    throw std::logic_error("nothing was thrown");
}

std::string detail(const Error& error, std::string_view name) {
    for (const auto& each : error.details()) {
        if (each.name == name) return each.value;
    }
    return "(absent)";
}

constexpr std::string_view kForm =
    "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/${filename}\r\n"
    "--B\r\ncontent-disposition: form-data; name=\"Content-Type\"\r\nX-Other: 1\r\n\r\ntext/x\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\a \\\"b\\\".txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nline 1\r\n--A\r\n--\r\n\r\n--B\r\n"
    "Content-Disposition: form-data; name=\"after\"\r\n\r\nignored\r\n--B--\r\n";

// The file of the form when it comes in pieces of `step` bytes.
std::string scan(FormScanner& scanner, std::string_view form, std::size_t step) {
    std::string file;
    for (; !form.empty(); form.remove_prefix(std::min(step, form.size()))) {
        scanner.feed(form.substr(0, step));
        file += scanner.take_file();
    }
    return file;
}

std::string encoded(const std::string& conditions) {
    return base64_encode("{\"expiration\": \"2026-01-01T00:00:00Z\", \"conditions\": " + conditions + "}");
}

const Timestamp kNow = *parse_iso8601("2025-12-31T23:59:59Z");

std::string verdict(const std::string& conditions, const Fields& fields) {
    return thrown([&] { judge(parse_policy(encoded(conditions)), fields, "b", kNow); }).message();
}

}  // namespace

TEST_CASE("A form gives its fields and its file whatever pieces it comes in") {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000}}) {
        FormScanner scanner("B");
        CHECK(scan(scanner, kForm, step) == "line 1\r\n--A\r\n--\r\n");
        CHECK(scanner.ended());
        CHECK(scanner.has_file());
        CHECK_NOTHROW(scanner.finish());
        CHECK(scanner.fields() ==
              Fields{{"key", "a/${filename}"}, {"Content-Type", "text/x"}, {"empty", ""}});
        CHECK(scanner.file_name() == "C:\\dir\\a \"b\".txt");
    }
}

TEST_CASE("What is no form is malformed, and fields in front of the file are bounded") {
    const auto refuse = [](std::string_view text) {
        FormScanner scanner("B");
        return thrown([&] {
                   scanner.feed(text);
                   scanner.finish();
               })
            .code();
    };
    CHECK(refuse("nothing") == "MalformedPOSTRequest");
    CHECK(refuse("--B\r\n\r\nvalue\r\n--B--") == "MalformedPOSTRequest");
    CHECK(refuse("--Bx\r\n") == "MalformedPOSTRequest");
    CHECK(refuse("--B\r\nno colon\r\n\r\n") == "MalformedPOSTRequest");
    CHECK(refuse("--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf") ==
          "MalformedPOSTRequest");
    const std::string large(kFieldsLimit, 'x');
    CHECK(refuse("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + large) ==
          "MaxPostPreDataLengthExceededError");
}

TEST_CASE("The boundary stands in the content type, quoted or not") {
    CHECK(form_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(form_boundary("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b;c\"") == "a b;c");
    CHECK_FALSE(form_boundary("multipart/form-data"));
    CHECK_FALSE(form_boundary("application/x-www-form-urlencoded; boundary=abc"));
}

TEST_CASE("Conditions hold, whatever the case of their names") {
    const Fields fields{{"KEY", "user/a"},   {"acl", "private"}, {"Content-Type", "image/a,image/b"},
                        {"x-ignore-1", "?"}, {"policy", "..."},  {"x-amz-signature", "..."}};
    const std::string conditions =
        R"([{"bUcket": "b"}, ["StArTs-WiTh", "$kEy", "user/"], ["eq", "$acl", "private"],
            ["starts-with", "$content-type", "image/"], ["content-length-range", 1, "10"]])";
    CHECK_NOTHROW(judge(parse_policy(encoded(conditions)), fields, "b", kNow));
    const Policy policy = parse_policy(encoded(R"([["content-length-range", 1, "10"]])"));
    REQUIRE(policy.size);
    CHECK(policy.size->least == 1);
    CHECK(policy.size->most == 10);
}

TEST_CASE("A condition that fails is shown as AWS shows it") {
    const Fields fields{{"key", "user/a"}, {"acl", "public-read"}};
    CHECK(verdict(R"([{"bucket": "b"}, {"acl": "private"}])", fields) ==
          R"(Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"])");
    CHECK(verdict(R"([{"bucket": "b"}, ["starts-with", "$key", "other/"]])", fields) ==
          R"(Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "other/"])");
    CHECK(verdict(R"([{"bucket": "c"}])", fields) ==
          R"(Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "c"])");
    CHECK(verdict(R"([{"bucket": "b"}, ["starts-with", "$content-type", "image/"]])",
                  {{"Content-Type", "image/a,text/b"}})
              .starts_with("Invalid according to Policy: Policy Condition failed"));
    CHECK(verdict(R"([{"bucket": "b"}, {"acl": "public-read"}])", fields) ==
          "Invalid according to Policy: Extra input fields: key");
    CHECK(verdict(R"([["starts-with", "$key", ""], ["starts-with", "$acl", ""]])", fields) ==
          "Invalid according to Policy: Extra input fields: bucket");
    const Error expired = thrown(
        [&] { judge(parse_policy(encoded("[]")), fields, "b", *parse_iso8601("2026-01-01T00:00:01Z")); });
    CHECK(expired.message() == "Invalid according to Policy: Policy expired.");
    CHECK(expired.http_status() == 403);
}

TEST_CASE("A policy that is none is an InvalidPolicyDocument") {
    const auto message = [](const std::string& text) {
        const Error error = thrown([&] { parse_policy(text); });
        CHECK(error.code() == "InvalidPolicyDocument");
        CHECK(error.http_status() == 400);
        return error.message();
    };
    CHECK(message("%%%") == "Invalid Policy: Invalid JSON.");
    CHECK(message(base64_encode("{")) == "Invalid Policy: Invalid JSON.");
    CHECK(message(base64_encode("[]")) == "Invalid Policy: Invalid JSON.");
    CHECK(message(base64_encode(R"({"EXPIRATION": "2026-01-01T00:00:00Z", "conditions": []})")) ==
          "Invalid Policy: Policy missing expiration.");
    CHECK(message(base64_encode(R"({"expiration": "2026-01-01T00:00:00Z", "CONDITIONS": []})")) ==
          "Invalid Policy: Policy missing conditions.");
    CHECK(message(base64_encode(R"({"expiration": "2026-01-01 00:00", "conditions": []})")) ==
          "Invalid Policy: Invalid 'expiration' value: '2026-01-01 00:00'");
    for (const char* date : {"2026-01-01 00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01"}) {
        CHECK(message(base64_encode("{\"expiration\": \"" + std::string(date) + "\", \"conditions\": []}")) ==
              "Invalid Policy: Invalid 'expiration' value: '" + std::string(date) + "'");
    }
    CHECK(message(encoded("[{}]")) ==
          "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property "
          "specified.");
    for (const char* bad :
         {R"([["content-length-range", 0]])", R"([["content-length-range", -1, 5]])",
          R"([["like", "$key", "a"]])", R"([["eq", "key", "a"]])", R"([1])", R"([{"a": 1}])", "{}"}) {
        INFO(bad);
        CHECK(message(encoded(bad)).starts_with("Invalid Policy: Invalid "));
    }
}

TEST_CASE("A form says who signed it, or what it lacks") {
    CHECK_FALSE(read_signature({{"key", "k"}}));
    CHECK(thrown([] { read_signature({{"policy", "p"}}); }).message() == "Access Denied");
    const Error v4 = thrown([] {
        read_signature({{"policy", "p"}, {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"}});
    });
    CHECK(v4.code() == "InvalidArgument");
    CHECK(v4.message() ==
          "Bucket POST must contain a field named 'X-Amz-Credential'.  If it is specified, please check the "
          "order "
          "of the fields.");
    CHECK(detail(v4, "ArgumentName") == "X-Amz-Credential");
    const Error v2 = thrown([] { read_signature({{"policy", "p"}, {"AWSAccessKeyId", "k"}}); });
    CHECK(detail(v2, "ArgumentName") == "Signature");
}

// The example of S3 API Reference, "Browser-Based Uploads Using HTTP POST (AWS Signature Version 4)".
TEST_CASE("The published form of signature version 4 is verified") {
    const std::string policy = base64_encode(
        "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n  \"conditions\": [\r\n"
        "    {\"bucket\": \"sigv4examplebucket\"},\r\n"
        "    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n"
        "    {\"acl\": \"public-read\"},\r\n"
        "    {\"success_action_redirect\": "
        "\"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n"
        "    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n"
        "    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n"
        "    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n"
        "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n\r\n"
        "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n"
        "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n"
        "    {\"x-amz-date\": \"20151229T000000Z\" }\r\n  ]\r\n}");
    const Fields fields{
        {"policy", policy},
        {"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},
        {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
        {"X-Amz-Date", "20151229T000000Z"},
        {"X-Amz-Signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"}};
    const auto signature = read_signature(fields);
    REQUIRE(signature);
    CHECK(signature->access_key == "AKIAIOSFODNN7EXAMPLE");
    CHECK(signature->region == "us-east-1");
    CHECK_NOTHROW(verify(*signature, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    const Error wrong = thrown([&] { verify(*signature, "other"); });
    CHECK(wrong.code() == "SignatureDoesNotMatch");
    CHECK(detail(wrong, "StringToSign") == policy);
    CHECK(detail(wrong, "CanonicalRequest") == "(absent)");
}

TEST_CASE("Fields become the operation that a PUT would be") {
    Fields fields{
        {"Key", "a/${filename}-${filename}"},
        {"acl", "public-read"},
        {"Content-Type", "text/x"},
        {"x-amz-meta-Name", "${filename}"},
        {"x-amz-storage-class", "STANDARD_IA"},
        {"success_action_status", "201"},
        {"tagging", "<Tagging><TagSet><Tag><Key>a b</Key><Value>1&amp;2</Value></Tag></TagSet></Tagging>"},
        {"unknown", "x"},
        {"x-amz-date", "20151229T000000Z"}};
    expand_file_name(fields, "C:\\dir\\f.txt");
    const auto input = put_input(fields, "b");
    CHECK(input.Bucket == "b");
    CHECK(input.Key == "a/f.txt-f.txt");
    CHECK(input.ACL == "public-read");
    CHECK(input.ContentType == "text/x");
    CHECK(input.StorageClass == "STANDARD_IA");
    CHECK(input.Tagging == "a%20b=1%262");
    REQUIRE(input.Metadata);
    CHECK(input.Metadata->at("name") == "f.txt");
    CHECK(success_of(fields).status == 201);
    CHECK(thrown([] {
              put_input({{"acl", "private"}}, "b");
          })
              .message()
              .starts_with("Bucket POST must contain a field named 'key'.  If it"));
    CHECK(thrown([] { put_input({{"key", "k"}, {"tagging", "<Tag/>"}}, "b"); }).code() == "MalformedXML");
}

TEST_CASE("A redirect must be a URL, and says what was stored") {
    CHECK(success_of({{"success_action_redirect", "javascript:x"}, {"success_action_status", "404"}})
              .redirect.empty());
    CHECK(success_of({{"success_action_status", "404"}}).status == 204);
    CHECK(success_of({{"redirect", "https://a/?x=1"}}).redirect == "https://a/?x=1");
    CHECK(redirect_target("https://a/", "b", "k 1/ü", "\"e\"") ==
          "https://a/?bucket=b&key=k%201%2F%C3%BC&etag=%22e%22");
    CHECK(redirect_target("https://a/?x=1", "b", "k", "\"e\"") ==
          "https://a/?x=1&bucket=b&key=k&etag=%22e%22");
}

}  // namespace fogbank::s3::post
