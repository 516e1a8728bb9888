// The requests and signatures are the examples that AWS publishes: S3 API Reference, "Signature Calculations
// for the Authorization Header: Transferring Payload in a Single Chunk" and "Authenticating Requests: Using
// Query Parameters"; IAM User Guide, "Create a signed AWS API request".
#include "src/auth/sigv4.h"

#include <catch2/catch.hpp>

#include "src/auth/account.h"
#include "src/auth/credentials.h"
#include "src/auth/errors.h"
#include "src/base/bytes.h"
#include "tests/unit/auth/run.h"

namespace fogbank::auth {

using test::detail;
using test::thrown;
using Headers = std::vector<std::pair<std::string, std::string>>;

namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kPrefix =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=";

Timestamp published() {
    return *parse_amz_date("20130524T000000Z");
}

struct Example {
    std::string method, path, query;
    Headers headers;
    RequestParts parts() const { return {method, path, query, headers}; }
};

void verify_s3(const Example& example, Timestamp now = published(), const char* secret = kSecret) {
    const Credential credential = parse_authorization(example.parts(), Dialect::s3);
    verify(example.parts(), credential,
           {.secret = secret, .payload_hash = {}, .now = now, .dialect = Dialect::s3, .service = "s3"});
}

Example get_object() {
    return {"GET",
            "/test.txt",
            "",
            {{"Host", "examplebucket.s3.amazonaws.com"},
             {"Authorization", std::string(kPrefix) +
                                   "host;range;x-amz-content-sha256;x-amz-date,Signature="
                                   "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
             {"Range", "bytes=0-9"},
             {"x-amz-content-sha256", kEmpty},
             {"x-amz-date", "20130524T000000Z"}}};
}

Example presigned() {
    return {
        "GET",
        "/test.txt",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%"
        "2Faws4_"
        "request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        {{"Host", "examplebucket.s3.amazonaws.com"}}};
}

Example iam_list_users() {
    return {"GET",
            "/",
            "Action=ListUsers&Version=2010-05-08",
            {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
             {"Host", "iam.amazonaws.com"},
             {"X-Amz-Date", "20150830T123600Z"},
             {"Authorization",
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}}};
}

}  // namespace

TEST_CASE("A signing key is derived as AWS's example shows") {
    CHECK(
        hex_encode(signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")) ==
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("S3's example GET Object has the published canonical request, string to sign and signature") {
    const Example example = get_object();
    const Credential credential = parse_authorization(example.parts(), Dialect::s3);
    const std::string canonical =
        canonical_request(example.parts(), credential.signed_headers, kEmpty, PathStyle::verbatim);
    CHECK(canonical ==
          "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
          "x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
          "x-amz-date:20130524T000000Z\n\nhost;range;x-amz-content-sha256;x-amz-date\n"
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(string_to_sign("20130524T000000Z", scope_text(credential), canonical) ==
          "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
          "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
    CHECK_NOTHROW(verify_s3(example));
}

TEST_CASE("S3's example PUT Object with a dollar sign in the key and a Date header is verified") {
    CHECK_NOTHROW(verify_s3(
        {"PUT",
         "/test%24file.text",
         "",
         {{"Host", "examplebucket.s3.amazonaws.com"},
          {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
          {"Authorization", std::string(kPrefix) +
                                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature="
                                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
          {"x-amz-date", "20130524T000000Z"},
          {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
          {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}}}));
}

TEST_CASE("S3's example GET Bucket lifecycle signs a query parameter without a value") {
    CHECK_NOTHROW(
        verify_s3({"GET",
                   "/",
                   "lifecycle",
                   {{"Host", "examplebucket.s3.amazonaws.com"},
                    {"Authorization", std::string(kPrefix) +
                                          "host;x-amz-content-sha256;x-amz-date,Signature="
                                          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
                    {"x-amz-date", "20130524T000000Z"},
                    {"x-amz-content-sha256", kEmpty}}}));
}

TEST_CASE("S3's example List Objects signs its parameters in sorted order") {
    CHECK_NOTHROW(
        verify_s3({"GET",
                   "/",
                   "prefix=J&max-keys=2",
                   {{"Host", "examplebucket.s3.amazonaws.com"},
                    {"Authorization", std::string(kPrefix) +
                                          "host;x-amz-content-sha256;x-amz-date,Signature="
                                          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
                    {"x-amz-date", "20130524T000000Z"},
                    {"x-amz-content-sha256", kEmpty}}}));
}

TEST_CASE("S3's example presigned URL is verified and expires after a day") {
    const Example example = presigned();
    CHECK_NOTHROW(verify_s3(example));
    const Credential credential = parse_authorization(example.parts(), Dialect::s3);
    CHECK(credential.access_key == "AKIAIOSFODNN7EXAMPLE");
    CHECK(credential.region == "us-east-1");
    CHECK(credential.service == "s3");
    CHECK_NOTHROW(check_expiry(credential, *parse_amz_date("20130525T000000Z"), Dialect::s3));
    const Error error =
        thrown([&] { check_expiry(credential, *parse_amz_date("20130525T000001Z"), Dialect::s3); });
    CHECK(error.code() == "AccessDenied");
    CHECK(error.http_status() == 403);
    CHECK(error.message() == "Request has expired");
    CHECK(detail(error, "X-Amz-Expires") == "86400");
    CHECK(detail(error, "Expires") == "2013-05-25T00:00:00Z");
    CHECK(detail(error, "ServerTime") == "2013-05-25T00:00:01Z");
}

TEST_CASE("IAM's example request is verified with the normalized path") {
    const Example example = iam_list_users();
    const Credential credential = parse_authorization(example.parts(), Dialect::query);
    CHECK(credential.access_key == "AKIDEXAMPLE");
    SigningKeys keys;
    for (int round = 0; round < 2; ++round) {
        CHECK_NOTHROW(verify(example.parts(), credential,
                             {.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                              .payload_hash = kEmpty,
                              .now = *parse_amz_date("20150830T123600Z"),
                              .dialect = Dialect::query,
                              .service = "iam",
                              .keys = &keys}));
    }
}

TEST_CASE("Paths are normalized and encoded once more for every service but S3") {
    const Headers none;
    const auto path_of = [&](std::string_view path, PathStyle style) {
        const std::string text = canonical_request({"GET", path, "", none}, "", "", style);
        return text.substr(4, text.find('\n', 4) - 4);
    };
    CHECK(path_of("/a%20b/../c//d/./e/", PathStyle::normalized) == "/c/d/e/");
    CHECK(path_of("/a%20b/c", PathStyle::normalized) == "/a%2520b/c");
    CHECK(path_of("/a/..", PathStyle::normalized) == "/");
    CHECK(path_of("", PathStyle::normalized) == "/");
    CHECK(path_of("/a%20b/../c//d/(x)", PathStyle::verbatim) == "/a%20b/../c//d/%28x%29");
}

TEST_CASE("Header values are trimmed, their inner spaces collapsed, and same names joined") {
    const Headers headers{{"My-Header", "  a   b  c "}, {"my-header", "d"}, {"Other", "x"}};
    CHECK(canonical_request({"GET", "/", "", headers}, "my-header", "H", PathStyle::verbatim) ==
          "GET\n/\n\nmy-header:a b c,d\n\nmy-header\nH");
}

TEST_CASE("S3 answers a wrong secret with what it signed") {
    const Error error = thrown([] { verify_s3(get_object(), published(), "wrong"); });
    CHECK(error.code() == "SignatureDoesNotMatch");
    CHECK(error.http_status() == 403);
    CHECK(error.message() ==
          "The request signature we calculated does not match the signature you provided. Check your key and "
          "signing "
          "method.");
    CHECK(detail(error, "AWSAccessKeyId") == "AKIAIOSFODNN7EXAMPLE");
    CHECK(detail(error, "SignatureProvided") ==
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    CHECK(detail(error, "StringToSign").substr(0, 34) == "AWS4-HMAC-SHA256\n20130524T000000Z\n");
    CHECK(detail(error, "StringToSignBytes").substr(0, 11) == "41 57 53 34");
    CHECK(detail(error, "CanonicalRequest").substr(0, 14) == "GET\n/test.txt\n");
    CHECK(detail(error, "CanonicalRequestBytes").substr(0, 11) == "47 45 54 0a");
}

TEST_CASE("A request more than 15 minutes off is refused in each family's words") {
    const Error s3 = thrown([] { verify_s3(get_object(), published() + std::chrono::seconds(901)); });
    CHECK(s3.code() == "RequestTimeTooSkewed");
    CHECK(s3.http_status() == 403);
    CHECK(detail(s3, "RequestTime") == "20130524T000000Z");
    CHECK(detail(s3, "ServerTime") == "2013-05-24T00:15:01Z");
    CHECK(detail(s3, "MaxAllowedSkewMilliseconds") == "900000");

    const Example example = iam_list_users();
    const Credential credential = parse_authorization(example.parts(), Dialect::json);
    const Error late = thrown([&] {
        verify(example.parts(), credential,
               {.secret = "x", .payload_hash = kEmpty, .now = *parse_amz_date("20150830T125101Z")});
    });
    CHECK(late.code() == "InvalidSignatureException");
    CHECK(late.http_status() == 400);
    CHECK(late.message() ==
          "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 "
          "min.)");
    const Error early = thrown([&] {
        verify(example.parts(), credential,
               {.secret = "x", .payload_hash = kEmpty, .now = *parse_amz_date("20150830T122000Z")});
    });
    CHECK(early.message() ==
          "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z "
          "(20150830T122000Z + 15 "
          "min.)");
}

TEST_CASE("An unsigned x-amz header is refused by S3") {
    Example example = get_object();
    example.headers.emplace_back("X-Amz-Meta-Secret", "1");
    const Error error = thrown([&] { verify_s3(example); });
    CHECK(error.code() == "AccessDenied");
    CHECK(error.message() == "There were headers present in the request which were not signed");
    CHECK(detail(error, "HeadersNotSigned") == "x-amz-meta-secret");
}

TEST_CASE("A scope for another service or another day is refused") {
    const Example example = iam_list_users();
    const Credential credential = parse_authorization(example.parts(), Dialect::json);
    const Error service = thrown([&] {
        verify(example.parts(), credential,
               {.secret = "x",
                .payload_hash = kEmpty,
                .now = *parse_amz_date("20150830T123600Z"),
                .dialect = Dialect::json,
                .service = "dynamodb"});
    });
    CHECK(service.code() == "InvalidSignatureException");
    CHECK(service.message() == "Credential should be scoped to correct service: 'dynamodb'. ");
    Example moved = get_object();
    moved.headers[4].second = "20130525T000000Z";
    const Error day = thrown([&] { verify_s3(moved, *parse_amz_date("20130525T000000Z")); });
    CHECK(day.code() == "AuthorizationHeaderMalformed");
    CHECK(day.message() ==
          "The authorization header is malformed; Invalid credential date \"20130524\". This date is not the "
          "same as "
          "X-Amz-Date: \"20130525\".");
}

TEST_CASE("The JSON services name everything that an incomplete header lacks") {
    const Headers headers{{"Authorization", "AWS4-HMAC-SHA256 Hello=1"}};
    const Error error = thrown([&] { parse_authorization({"POST", "/", "", headers}, Dialect::json); });
    CHECK(error.code() == "IncompleteSignatureException");
    CHECK(error.http_status() == 400);
    CHECK(error.message().starts_with(
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
        "parameter. "
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of "
        "either a "
        "'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization="));
}

TEST_CASE("A header that is written by hand names its key, and is refused only where the signature counts") {
    const auto [more, dialect, code,
                message] = GENERATE(table<const char*, Dialect, const char*, const char*>({
        {"", Dialect::s3, "AuthorizationHeaderMalformed",
         "The authorization header is malformed; missing SignedHeaders."},
        {", SignedHeaders=host", Dialect::s3, "AuthorizationHeaderMalformed",
         "The authorization header is malformed; missing Signature."},
        {", SignedHeaders=host;x-amz-date, Signature=1", Dialect::s3, "AccessDenied",
         "AWS authentication requires a valid Date or x-amz-date header"},
        {"", Dialect::json, "IncompleteSignatureException",
         "Authorization header requires 'Signature' parameter. Authorization header requires "
         "'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a "
         "'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization="
         "S/QsKI9HrSVH78c6ZaViUhZO2sjdoGDCjAOnCmyIjfI="},
        {", SignedHeaders=host, Signature=1", Dialect::query, "IncompleteSignature",
         "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with "
         "SHA-256 and encoded with Base64) Authorization="},
    }));
    const Headers headers{
        {"Authorization",
         std::string("AWS4-HMAC-SHA256 Credential=test/20130524/eu-west-1/s3/aws4_request") + more}};
    const RequestParts parts{"GET", "/", "", headers};
    const Credential credential = parse_authorization(parts, dialect);
    CHECK(credential.scheme == Scheme::v4_header);
    CHECK(credential.access_key == "test");
    CHECK(credential.region == "eu-west-1");
    CHECK(credential.service == "s3");
    const Error error = thrown([&] { check_complete(parts, credential, dialect); });
    CHECK(error.code() == code);
    CHECK(error.message().substr(0, std::string_view(message).size()) == message);
}

TEST_CASE("A whole header is complete with either date") {
    for (const char* name : {"Date", "X-Amz-Date"}) {
        const Headers headers{
            {"Authorization",
             "AWS4-HMAC-SHA256 Credential=k/20130524/r/s3/aws4_request, SignedHeaders=host, Signature=1"},
            {name, "20130524T000000Z"}};
        const RequestParts parts{"GET", "/", "", headers};
        const Credential credential = parse_authorization(parts, Dialect::s3);
        CHECK_NOTHROW(check_complete(parts, credential, Dialect::s3));
    }
}

TEST_CASE("Requests without a usable signature are told apart") {
    const Headers none;
    CHECK(parse_authorization({"GET", "/", "", none}, Dialect::s3).scheme == Scheme::none);
    const Headers bearer{{"Authorization", "Bearer abc"}};
    CHECK(thrown([&] {
              parse_authorization({"GET", "/", "", bearer}, Dialect::json);
          }).code() == "MissingAuthenticationTokenException");
    const Error unsupported = thrown([&] { parse_authorization({"GET", "/", "", bearer}, Dialect::s3); });
    CHECK(unsupported.code() == "InvalidArgument");
    CHECK(unsupported.message() == "Unsupported Authorization Type");
    CHECK(detail(unsupported, "ArgumentValue") == "Bearer abc");
    const Headers v2{{"authorization", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg="}};
    const Credential old = parse_authorization({"GET", "/", "", v2}, Dialect::s3);
    CHECK(old.scheme == Scheme::v2_header);
    CHECK(old.access_key == "AKIAIOSFODNN7EXAMPLE");
    const Credential old_query = parse_authorization(
        {"GET", "/", "AWSAccessKeyId=AKIA%2B&Expires=1141889120&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D",
         none},
        Dialect::s3);
    CHECK(old_query.scheme == Scheme::v2_query);
    CHECK(old_query.access_key == "AKIA+");
    CHECK(old_query.expires_seconds == 1141889120);
    CHECK(thrown([&] { check_expiry(old_query, published(), Dialect::s3); }).message() ==
          "Request has expired");
}

TEST_CASE("Malformed S3 signatures get S3's words") {
    const auto message = [](std::string authorization) {
        const Headers headers{{"Authorization", std::move(authorization)},
                              {"X-Amz-Date", "20130524T000000Z"}};
        return thrown([&] { parse_authorization({"GET", "/", "", headers}, Dialect::s3); }).message();
    };
    CHECK(message("AWS4-HMAC-SHA256 Credential=a/b,SignedHeaders=host,Signature=1") ==
          "The authorization header is malformed; the Credential is mal-formed; expecting "
          "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    CHECK(message("AWS4-HMAC-SHA256 "
                  "Credential=/20130524/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=1") ==
          "The authorization header is malformed; a non-empty Access Key (AKID) must be provided in the "
          "credential.");
    CHECK(
        message(
            "AWS4-HMAC-SHA256 Credential=k/2013/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=1") ==
        "The authorization header is malformed; incorrect date format \"2013\". This date in the credential "
        "must be in "
        "the format \"yyyyMMdd\".");
    const auto query = [](std::string text) {
        const Headers none;
        const Error error = thrown([&] { parse_authorization({"GET", "/", text, none}, Dialect::s3); });
        CHECK(error.code() == "AuthorizationQueryParametersError");
        CHECK(error.http_status() == 400);
        return error.message();
    };
    const std::string rest =
        "&X-Amz-Credential=k%2F20130524%2Fr%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&"
        "X-Amz-SignedHeaders=host&X-Amz-Signature=1&X-Amz-Expires=";
    CHECK(query("X-Amz-Algorithm=AWS4-HMAC-SHA256") ==
          "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
          "X-Amz-Signature, "
          "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    CHECK(query("X-Amz-Algorithm=AWS4" + rest + "1") ==
          "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"");
    CHECK(query("X-Amz-Algorithm=AWS4-HMAC-SHA256" + rest + "604801") ==
          "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
          "less than "
          "604800 seconds");
    CHECK(query("X-Amz-Algorithm=AWS4-HMAC-SHA256" + rest + "-1") == "X-Amz-Expires must be non-negative");
    CHECK(query("X-Amz-Algorithm=AWS4-HMAC-SHA256" + rest + "x") == "X-Amz-Expires should be a number");
}

TEST_CASE("Two mechanisms at once are refused") {
    const Headers headers{{"Authorization", "AWS4-HMAC-SHA256 Credential=1"}};
    const RequestParts parts{"GET", "/", "X-Amz-Algorithm=AWS4-HMAC-SHA256", headers};
    CHECK(thrown([&] { parse_authorization(parts, Dialect::s3); }).code() == "InvalidArgument");
    CHECK(thrown([&] { parse_authorization(parts, Dialect::json); }).message() ==
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
}

TEST_CASE("Unknown keys get each family's code and status") {
    CHECK(errors::unknown_key(Dialect::s3, "K").code() == "InvalidAccessKeyId");
    CHECK(errors::unknown_key(Dialect::json, "K").code() == "UnrecognizedClientException");
    CHECK(errors::unknown_key(Dialect::json, "K").http_status() == 400);
    CHECK(errors::unknown_key(Dialect::rest_json, "K").http_status() == 403);
    CHECK(errors::unknown_key(Dialect::query, "K").code() == "InvalidClientTokenId");
}

TEST_CASE("An access key names its account") {
    CHECK(account_of_access_key("123456789012") == "123456789012");
    CHECK(account_of_access_key("test") == "000000000000");
    CHECK(account_of_access_key("12345678901") == "000000000000");
    CHECK(account_of_access_key("AKIAIOSFODNN7EXAMPLE") == "000000000000");
    // The encoding as published in "A short note on AWS KEY ID" (T. Dodin), with the account of its example.
    CHECK(account_of_access_key("LKIAQYLPMN5HHHFPZAM2") == "052310077262");
    CHECK(account_of_access_key("LSIAQAAAAAAAHHHFPZAM") == "000000000000");
    CHECK(account_of_access_key("LKIA1111111111111111") == "000000000000");
}

TEST_CASE("The public test keys are test and the accounts") {
    CHECK(is_test_key("test"));
    CHECK(is_test_key("123456789012"));
    for (const char* other : {"", "Test", "12345678901", "1234567890123", "12345678901x", "AKIAIOSFODNN7"})
        CHECK_FALSE(is_test_key(other));
}

TEST_CASE("A credential store finds what was put into it") {
    MapCredentialStore store;
    store.put("KEY", {"secret", "111122223333", "arn:aws:iam::111122223333:root"});
    REQUIRE(store.find("KEY"));
    CHECK(store.find("KEY")->account == "111122223333");
    CHECK_FALSE(store.find("key"));
}

}  // namespace fogbank::auth
