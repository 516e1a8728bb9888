// The requests and signatures are the examples that AWS publishes: S3 User Guide, "Signing and
// authenticating REST requests (AWS signature version 2)".
#include "src/auth/sigv2.h"

#include <catch2/catch.hpp>

#include "src/auth/sigv4.h"
#include "tests/unit/auth/run.h"

namespace fogbank::auth {

using test::detail;
using test::thrown;

namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
using Headers = std::vector<std::pair<std::string, std::string>>;

void verify_at(const RequestParts& request, const char* bucket, std::int64_t now,
               const char* secret = kSecret) {
    const Credential credential = parse_authorization(request, Dialect::s3);
    verify(request, credential,
           {.secret = secret,
            .payload_hash = {},
            .now = from_unix_seconds(now),
            .dialect = Dialect::s3,
            .service = "s3",
            .host_bucket = bucket});
}

constexpr std::int64_t kMarch2007 = 1'175'024'202;  // Tue, 27 Mar 2007 19:36:42 GMT

Headers dated(const char* date, const char* signature) {
    return {{"Host", "johnsmith.s3.amazonaws.com"},
            {"Date", date},
            {"Authorization", std::string("AWS AKIAIOSFODNN7EXAMPLE:") + signature}};
}

}  // namespace

TEST_CASE("The published GET of signature version 2 is verified with the host's bucket before the path") {
    const Headers headers = dated("Tue, 27 Mar 2007 19:36:42 +0000", "bWq2s1WEIj+Ydj0vQ697zp+IXMU=");
    CHECK_NOTHROW(verify_at({"GET", "/photos/puppy.jpg", "", headers}, "johnsmith", kMarch2007));
    const Error path_style = thrown([&] {
        verify_at({"GET", "/photos/puppy.jpg", "", headers}, "", kMarch2007);
    });
    CHECK(path_style.code() == "SignatureDoesNotMatch");
    CHECK(detail(path_style, "StringToSign") ==
          "GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/photos/puppy.jpg");
    CHECK(detail(path_style, "StringToSignBytes").starts_with("47 45 54 0a 0a 0a 54"));
    CHECK(detail(path_style, "SignatureProvided") == "bWq2s1WEIj+Ydj0vQ697zp+IXMU=");
    CHECK(detail(path_style, "AWSAccessKeyId") == "AKIAIOSFODNN7EXAMPLE");
    CHECK(detail(path_style, "CanonicalRequest") == "(absent)");
}

TEST_CASE("Version 2 signs sub-resources and leaves other parameters out") {
    const Headers headers = dated("Tue, 27 Mar 2007 19:44:46 +0000", "c2WLPFtWHVgbEmeEG93a4cG37dM=");
    CHECK_NOTHROW(verify_at({"GET", "/", "acl", headers}, "johnsmith", kMarch2007));
    CHECK_NOTHROW(
        verify_at({"GET", "/", "prefix=photos&&acl&max-keys=50", headers}, "johnsmith", kMarch2007));
    Credential credential;
    CHECK(string_to_sign_v2({"GET", "/b/k", "versionId=&response-expires=a%20b&partNumber=2", {}}, credential,
                            "") == "GET\n\n\n\n/b/k?partNumber=2&response-expires=a b&versionId=");
    // A bucket alone is signed with a slash behind it, which clients need not send.
    CHECK(string_to_sign_v2({"GET", "/b", "acl", {}}, credential, "") == "GET\n\n\n\n/b/?acl");
    CHECK(string_to_sign_v2({"GET", "/b/", "", {}}, credential, "") == "GET\n\n\n\n/b/");
    CHECK(string_to_sign_v2({"GET", "/", "", {}}, credential, "") == "GET\n\n\n\n/");
}

TEST_CASE("The published upload of version 2 joins headers of one name and sorts x-amz headers") {
    const Headers headers{{"User-Agent", "curl/7.15.5"},
                          {"Host", "static.johnsmith.net:8080"},
                          {"Date", "Tue, 27 Mar 2007 21:06:08 +0000"},
                          {"x-amz-acl", "public-read"},
                          {"content-type", "application/x-download"},
                          {"Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="},
                          {"X-Amz-Meta-ReviewedBy", "joe@johnsmith.net"},
                          {"X-Amz-Meta-ReviewedBy", "jane@johnsmith.net"},
                          {"X-Amz-Meta-FileChecksum", "0x02661779"},
                          {"X-Amz-Meta-ChecksumAlgorithm", "crc32"},
                          {"Authorization", "AWS AKIAIOSFODNN7EXAMPLE:ilyl83RwaSoYIEdixDQcA4OnAnc="}};
    CHECK_NOTHROW(
        verify_at({"PUT", "/db-backup.dat.gz", "", headers}, "static.johnsmith.net", 1'175'029'568));
}

TEST_CASE("With x-amz-date the date line of version 2 is empty") {
    const Headers headers{{"Date", "Tue, 27 Mar 2007 21:20:27 +0000"},
                          {"x-amz-date", "Tue, 27 Mar 2007 21:20:26 +0000"},
                          {"Authorization", "AWS AKIAIOSFODNN7EXAMPLE:R4dJ53KECjStyBO5iTBJZ4XVOaI="}};
    CHECK_NOTHROW(verify_at({"DELETE", "/johnsmith/photos/puppy.jpg", "", headers}, "", 1'175'030'426));
    const Error late = thrown([&] {
        verify_at({"DELETE", "/johnsmith/photos/puppy.jpg", "", headers}, "", 1'175'031'400);
    });
    CHECK(late.code() == "RequestTimeTooSkewed");
    CHECK(detail(late, "RequestTime") == "Tue, 27 Mar 2007 21:20:26 +0000");
}

TEST_CASE("The published presigned URL of version 2 is verified, and expires by the second") {
    const Headers none;
    const RequestParts request{
        "GET", "/photos/puppy.jpg",
        "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
        none};
    CHECK_NOTHROW(verify_at(request, "johnsmith", 1'175'139'000));
    const Credential credential = parse_authorization(request, Dialect::s3);
    CHECK_NOTHROW(check_expiry(credential, from_unix_seconds(std::int64_t{1'175'139'620}), Dialect::s3));
    const Error over = thrown(
        [&] { check_expiry(credential, from_unix_seconds(std::int64_t{1'175'139'621}), Dialect::s3); });
    CHECK(over.message() == "Request has expired");
    CHECK(detail(over, "Expires") == "2007-03-29T03:40:20Z");
    CHECK(detail(over, "ServerTime") == "2007-03-29T03:40:21Z");
    CHECK(detail(over, "X-Amz-Expires") == "(absent)");
}

TEST_CASE("A presigned URL of version 2 may bring signed headers as parameters") {
    Credential credential;
    credential.scheme = Scheme::v2_query;
    credential.expires_seconds = 10;
    const Headers headers{{"x-amz-meta-b", "2"}};
    CHECK(string_to_sign_v2({"PUT", "/b/k", "content-type=text%2Fx&x-amz-meta-a=1&content-md5=m", headers},
                            credential, "") == "PUT\nm\ntext/x\n10\nx-amz-meta-a:1\nx-amz-meta-b:2\n/b/k");
}

TEST_CASE("Two mechanisms of which one is version 2's query are refused") {
    const Headers headers{{"Authorization", "AWS K:s"}};
    const Error error = thrown([&] {
        parse_authorization({"GET", "/", "AWSAccessKeyId=K&Signature=s&Expires=1", headers}, Dialect::s3);
    });
    CHECK(error.code() == "InvalidArgument");
    CHECK(detail(error, "ArgumentValue") == "AWS K:s");
}

}  // namespace fogbank::auth
