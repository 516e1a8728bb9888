// The chunks and signatures are the examples of the S3 API Reference, "Signature Calculations for the
// Authorization Header: Transferring Payload in Multiple Chunks" and "... with trailing headers".
#include "src/auth/aws_chunked.h"

#include "src/base/digest.h"

#include <catch2/catch.hpp>

#include "tests/unit/auth/run.h"

namespace fogbank::auth {

using test::detail;
using test::drain;
using test::SteppedStream;
using test::thrown;
using Headers = std::vector<std::pair<std::string, std::string>>;

namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

std::string signed_body(const std::string& first, const std::string& second, const std::string& last) {
    return "10000;chunk-signature=" + first + "\r\n" + std::string(65536, 'a') +
           "\r\n400;chunk-signature=" + second + "\r\n" + std::string(1024, 'a') +
           "\r\n0;chunk-signature=" + last + "\r\n";
}

Headers signed_headers(const std::string& mode, const std::string& signature) {
    return {{"Host", "s3.amazonaws.com"},
            {"x-amz-date", "20130524T000000Z"},
            {"x-amz-decoded-content-length", "66560"},
            {"x-amz-content-sha256", mode},
            {"Authorization",
             "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
             "SignedHeaders=host,Signature=" +
                 signature}};
}

std::string unwrap(const Headers& headers, const std::string& body, std::size_t step,
                   std::optional<std::string_view> secret,
                   std::vector<std::pair<std::string, std::string>>* trailers) {
    const RequestParts parts{"PUT", "/examplebucket/chunkObject.txt", "", headers};
    const Credential credential = parse_authorization(parts, Dialect::s3);
    SteppedStream inner(body, step);
    const auto stream = unwrap_s3_payload(inner, parts, credential, secret);
    REQUIRE(stream != nullptr);
    std::string out = drain(*stream);
    if (trailers != nullptr) *trailers = dynamic_cast<TrailerSource&>(*stream).trailers();
    return out;
}

Headers example_headers() {
    return signed_headers("STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                          "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
}

std::string example_body() {
    return signed_body("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                       "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
                       "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") +
           "\r\n";
}

// An unsigned body of the SDKs: one chunk and a checksum behind it.
Headers unsigned_headers(const std::string& length, const std::string& trailer = "x-amz-checksum-crc32") {
    return {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
            {"x-amz-trailer", trailer},
            {"X-Amz-Decoded-Content-Length", length}};
}

Error unsigned_error(const std::string& length, const std::string& body) {
    return thrown([&] { unwrap(unsigned_headers(length), body, 7, {}, nullptr); });
}

}  // namespace

TEST_CASE("The published chunked upload is verified whatever pieces it comes in") {
    for (const std::size_t step : {1UL, 3UL, 1000UL, 65536UL, 1UL << 20}) {
        CHECK(unwrap(example_headers(), example_body(), step, kSecret, nullptr) == std::string(66560, 'a'));
    }
}

TEST_CASE("A changed byte, chunk signature or secret is refused with SignatureDoesNotMatch") {
    std::string body = example_body();
    body[200] = 'b';
    const Error error = thrown([&] { unwrap(example_headers(), body, 4096, kSecret, nullptr); });
    CHECK(error.code() == "SignatureDoesNotMatch");
    CHECK(error.http_status() == 403);
    CHECK(detail(error, "SignatureProvided") ==
          "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
    CHECK(thrown([&] { unwrap(example_headers(), example_body(), 4096, "wrong", nullptr); }).code() ==
          "SignatureDoesNotMatch");
    CHECK_NOTHROW(unwrap(example_headers(), body, 4096, {}, nullptr));
}

TEST_CASE("The published upload with a trailing checksum is verified and gives its trailer") {
    Headers headers = signed_headers("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                                     "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
    headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32c");
    const std::string chunks =
        signed_body("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
    const std::string trailer = "x-amz-checksum-crc32c:sOO8/Q==\r\n";
    const std::string signature =
        "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
    std::vector<std::pair<std::string, std::string>> trailers;
    CHECK(unwrap(headers, chunks + trailer + signature, 5000, kSecret, &trailers) == std::string(66560, 'a'));
    REQUIRE(trailers.size() == 1);
    CHECK(trailers[0].first == "x-amz-checksum-crc32c");
    CHECK(trailers[0].second == "sOO8/Q==");
    const std::string changed = "x-amz-checksum-crc32c:sOO9/Q==\r\n";
    CHECK(thrown([&] { unwrap(headers, chunks + changed + signature, 5000, kSecret, nullptr); }).code() ==
          "SignatureDoesNotMatch");
}

TEST_CASE("An unsigned body with a trailer is unwrapped, the empty one too") {
    std::vector<std::pair<std::string, std::string>> trailers;
    for (const std::size_t step : {1UL, 2UL, 100UL}) {
        CHECK(unwrap(unsigned_headers("5"), "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", step,
                     {}, &trailers) == "hello");
        REQUIRE(trailers.size() == 1);
        CHECK(trailers[0].second == "NhCmhg==");
    }
    CHECK(unwrap(unsigned_headers("0"), "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", 100, {}, &trailers)
              .empty());
    CHECK(trailers[0].second == "AAAAAA==");
}

TEST_CASE("Broken chunks are refused as S3 refuses them") {
    CHECK(unsigned_error("5", "5\r\nhel").code() == "IncompleteBody");
    CHECK(unsigned_error("6", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n").code() ==
          "IncompleteBody");
    CHECK(unsigned_error("4", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n").code() ==
          "IncompleteBody");
    CHECK(unsigned_error("5", "zz\r\nhello\r\n0\r\n\r\n").code() == "IncompleteBody");
    CHECK(unsigned_error("5", "ffffffffffffffff\r\nhello").code() == "IncompleteBody");
    CHECK(unsigned_error("5", "11111111111111111\r\nhello").code() == "IncompleteBody");
    CHECK(unsigned_error("5", "5\r\nhelloX\r\n0\r\n\r\n").code() == "IncompleteBody");
    CHECK(unsigned_error("5", std::string(5000, '0') + "5\r\nhello\r\n0\r\n\r\n").code() == "InvalidRequest");
    const Error small =
        unsigned_error("10", "5\r\nhello\r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n");
    CHECK(small.code() == "InvalidChunkSizeError");
    CHECK(small.http_status() == 403);
    CHECK(detail(small, "Chunk") == "1");
    CHECK(detail(small, "BadChunkSize") == "5");
}

TEST_CASE("Trailers that were not announced, or that never come, are malformed") {
    CHECK(unsigned_error("5", "5\r\nhello\r\n0\r\nx-amz-meta-a:1\r\n\r\n").code() == "MalformedTrailerError");
    CHECK(unsigned_error("5", "5\r\nhello\r\n0\r\nnonsense\r\n\r\n").code() == "MalformedTrailerError");
    CHECK(unsigned_error("5", "5\r\nhello\r\n0\r\n\r\n").code() == "MalformedTrailerError");
}

TEST_CASE("A plain body is checked against its hash, whether or not the secret is known") {
    const std::string hash =
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";  // of "hello"
    const Headers headers{{"x-amz-content-sha256", hash}};
    const RequestParts parts{"PUT", "/", "", headers};
    const Credential credential = parse_authorization(parts, Dialect::s3);
    SteppedStream good("hello", 2);
    CHECK(drain(*unwrap_s3_payload(good, parts, credential, {})) == "hello");
    SteppedStream bad("hellO", 2);
    const auto stream = unwrap_s3_payload(bad, parts, credential, {});
    const Error error = thrown([&] { drain(*stream); });
    CHECK(error.code() == "XAmzContentSHA256Mismatch");
    CHECK(detail(error, "ClientComputedContentSHA256") == hash);
}

TEST_CASE("A reader may compute the hash of a plain body itself") {
    SteppedStream inner("hellO", 2);
    const auto stream = make_hash_checked_stream(inner, sha256_hex("hello"));
    auto& hashed = dynamic_cast<HashedBody&>(*stream);
    hashed.leave_check_to_reader();
    CHECK(drain(*stream) == "hellO");
    const Error error = thrown([&] { hashed.check(digest(DigestKind::sha256, "hellO")); });
    CHECK(error.code() == "XAmzContentSHA256Mismatch");
    CHECK_NOTHROW(hashed.check(digest(DigestKind::sha256, "hello")));
}

TEST_CASE("An unknown payload mode and a missing decoded length are refused") {
    SteppedStream body("", 1);
    const Headers wrong{{"x-amz-content-sha256", "STREAMING"}};
    const RequestParts parts{"PUT", "/", "", wrong};
    const Error error =
        thrown([&] { unwrap_s3_payload(body, parts, parse_authorization(parts, Dialect::s3), {}); });
    CHECK(error.code() == "InvalidArgument");
    CHECK(detail(error, "ArgumentName") == "x-amz-content-sha256");
    const Headers no_length{{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}};
    const RequestParts unsized{"PUT", "/", "", no_length};
    CHECK(thrown([&] {
              unwrap_s3_payload(body, unsized, parse_authorization(unsized, Dialect::s3), {});
          }).http_status() == 411);
}

}  // namespace fogbank::auth
