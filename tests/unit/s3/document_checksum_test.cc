#include <catch2/catch.hpp>

#include "services/s3/document_checksum.h"
#include "services/s3/model/service.h"
#include "src/base/error.h"

#include <initializer_list>
#include <string>
#include <utility>

namespace fogbank::s3 {

namespace {

const std::string kDocument = "<Delete/>";

const model::Operation& operation(std::string_view name) {
    for (const model::Operation* each : api::service().operations) {
        if (each->name == name) return *each;
    }
    throw std::logic_error("no such operation");
}

// "ok", or the refusal's code and message.
std::string outcome(std::string_view name, std::initializer_list<http::Headers::Entry> headers) {
    http::Headers all;
    for (const auto& [header, value] : headers) all.add(header, value);
    try {
        check_document(operation(name), {all, kDocument, nullptr});
    } catch (const Error& error) {
        return error.code() + ": " + error.message();
    }
    return "ok";
}

}  // namespace

TEST_CASE("Some documents have to come with a checksum, of any kind") {
    const std::string missing = "InvalidRequest: Missing required header for this request: Content-MD5";
    for (const char* name : {"DeleteObjects", "PutBucketCors", "PutBucketTagging", "PutObjectRetention",
                             "PutObjectLegalHold", "PutObjectLockConfiguration"}) {
        INFO(name);
        CHECK(outcome(name, {}) == missing + " OR x-amz-checksum-*");
    }
    CHECK(outcome("PutBucketLifecycleConfiguration", {}) == missing);
    for (const char* name : {"PutBucketVersioning", "PutBucketPolicy", "PutBucketAcl", "PutObjectTagging"}) {
        INFO(name);
        CHECK(outcome(name, {}) == "ok");
    }
    CHECK(outcome("DeleteObjects", {{"x-amz-checksum-algorithm", "CRC32"}}) ==
          missing + " OR x-amz-checksum-*");
}

TEST_CASE("A document that is not what its checksum says is refused, wherever one comes") {
    for (const char* name : {"DeleteObjects", "PutBucketVersioning"}) {
        INFO(name);
        CHECK(outcome(name, {{"Content-MD5", "ePbrFwvNFIRnzBrIv+T8Ag=="}}) == "ok");
        CHECK(outcome(name, {{"x-amz-checksum-crc32", "DY2k5w=="}}) == "ok");
        const std::string sha256 = "4gAPax/B23lWJt2vnBMyQVfp9Wy3ggtA18MlOgjuW5E=";
        CHECK(outcome(name, {{"X-Amz-Checksum-Sha256", sha256}}) == "ok");
        CHECK(outcome(name, {{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}}) ==
              "BadDigest: The Content-MD5 you specified did not match what we received.");
        CHECK(outcome(name, {{"Content-MD5", "short"}}) ==
              "InvalidDigest: The Content-MD5 you specified was invalid.");
        CHECK(outcome(name, {{"x-amz-checksum-crc32", "AAAAAA=="}}) ==
              "BadDigest: The CRC32 you specified did not match the calculated checksum.");
        CHECK(outcome(name, {{"x-amz-checksum-crc32", "DY2k5w=="}, {"x-amz-checksum-sha1", "x"}}) ==
              "InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
              "allowed.");
    }
}

}  // namespace fogbank::s3
