#include <catch2/catch.hpp>

#include "services/s3/conditions.h"
#include "services/s3/copy_source.h"
#include "services/s3/names.h"
#include "services/s3/notification_destinations.h"
#include "services/s3/object_headers.h"
#include "services/s3/range.h"
#include "services/s3/store/listing.h"

namespace fogbank::s3 {

TEST_CASE("Bucket names follow the published rules") {
    for (const char* name : {"abc", "a.b.c", "0a-b", "192.168.5", "a--b", "my-bucket.example.com"}) {
        CHECK_NOTHROW(check_bucket_name(name));
    }
    for (const char* name :
         {"ab", "Abc", "a_b", "-ab", "ab-", ".ab", "a..b", "192.168.5.4", "xn--ab", "sthree-a",
          "amzn-s3-demo-bucket", "a-s3alias", "a--ol-s3", "a.mrap", "a--x-s3", "a b", "a/b", ""}) {
        INFO(name);
        CHECK_THROWS_AS(check_bucket_name(name), Error);
    }
    CHECK_NOTHROW(check_bucket_name(std::string(63, 'a')));
    CHECK_THROWS_AS(check_bucket_name(std::string(64, 'a')), Error);
}

TEST_CASE("The end of a prefix's range is the next greater byte string") {
    CHECK(after_prefix("a/") == "a0");
    CHECK(after_prefix("a\xff") == "b");
    CHECK(after_prefix("\xff\xff").empty());
    CHECK(after_prefix("").empty());
}

TEST_CASE("A marker that is a common prefix stands for all keys under it") {
    CHECK(from_marker("a/", "", "/") == "a0");
    CHECK(from_marker("a/b", "", "/") == std::string("a/b\0", 4));
    CHECK(from_marker("a", "", "/") == std::string("a\0", 2));
    CHECK(from_marker("a/", "a/", "/") == std::string("a/\0", 3));
    CHECK(from_marker("a/", "", "") == std::string("a/\0", 3));
}

TEST_CASE("Ranges that are none are no ranges") {
    CHECK_FALSE(parse_range("bytes=a-b", 10));
    CHECK_FALSE(parse_range("bytes=5", 10));
    CHECK_FALSE(parse_range("items=0-1", 10));
    CHECK_FALSE(parse_range("bytes=--1", 10));
    CHECK(parse_range("bytes=0-99", 10)->length == 10);
    CHECK(parse_range("bytes=-99", 10)->first == 0);
    CHECK_THROWS_AS(parse_range("bytes=0-", 0), Error);
    CHECK_THROWS_AS(parse_range("bytes=-0", 10), Error);
}

TEST_CASE("A copy source is decoded as a URL is") {
    const CopySource source = parse_copy_source("/b/a%2Fb+c%2Bd?versionId=null");
    CHECK(source.bucket == "b");
    CHECK(source.key == "a/b c+d");
    CHECK_THROWS_AS(parse_copy_source("b/k?versionId=1"), Error);
    CHECK_THROWS_AS(parse_copy_source("b/"), Error);
}

TEST_CASE("The headers of an object survive their JSON") {
    ObjectHeaders headers;
    CHECK(headers.empty());
    headers.cache_control = "no-cache \"x\"";
    headers.metadata["a"] = "\xC3\xA9";
    const ObjectHeaders back = ObjectHeaders::from_json(headers.to_json());
    CHECK(back.cache_control == headers.cache_control);
    CHECK(back.metadata == headers.metadata);
    CHECK_FALSE(back.expires);
    CHECK(without_aws_chunked("aws-chunked") == std::nullopt);
    CHECK(*without_aws_chunked("gzip, aws-chunked") == "gzip");
}

TEST_CASE("A resource policy lets S3 invoke only for the bucket and account it names") {
    const Arn bucket = *Arn::parse("arn:aws:s3:::bucket");
    const auto policy = [](const std::string& condition) {
        return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
               R"("Principal":{"Service":"s3.amazonaws.com"},)"
               R"("Action":"lambda:InvokeFunction","Resource":"x")" +
               condition + "}]}";
    };
    CHECK(allows_s3(policy(""), bucket, "000000000000"));
    CHECK(
        allows_s3(policy(R"(,"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::buck*"}})"), bucket, "1"));
    CHECK_FALSE(
        allows_s3(policy(R"(,"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::other"}})"), bucket, "1"));
    CHECK(allows_s3(policy(R"(,"Condition":{"StringEquals":{"AWS:SourceAccount":"1"}})"), bucket, "1"));
    CHECK_FALSE(allows_s3(policy(R"(,"Condition":{"StringEquals":{"AWS:SourceAccount":"2"}})"), bucket, "1"));
    CHECK_FALSE(allows_s3(R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}})", bucket, "1"));
    CHECK_FALSE(allows_s3("nonsense", bucket, "1"));
}

}  // namespace fogbank::s3
