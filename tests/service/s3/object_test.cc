#include "tests/service/s3/fixture.h"

#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/put_object.h"
#include "src/auth/aws_chunked.h"
#include "src/base/clock.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {
const std::string kLarge(300'000, 'L');  // lives in a file
}

TEST_CASE("A small and a large object come back as they were put, with AWS's headers") {
    S3 s3;
    s3.create("bucket");
    for (const std::string& body : {std::string("hello world"), std::string(), kLarge}) {
        auto input = S3::put_input("bucket", "dir/key");
        input.ContentType = "text/plain";
        input.CacheControl = "no-cache";
        input.ContentEncoding = "gzip,aws-chunked";
        input.Expires = "Wed, 21 Oct 2026 07:28:00 GMT";
        input.Metadata.emplace()["color"] = "blue";
        input.Tagging = "a=1&b=2";
        const auto put = s3.put(input, body);
        CHECK(*put.ETag == "\"" + md5_hex(body) + "\"");
        CHECK(*put.ServerSideEncryption == "AES256");
        CHECK(put.ChecksumCRC64NVME);
        CHECK(*put.ChecksumType == "FULL_OBJECT");
        CHECK_FALSE(put.ChecksumCRC32);

        const auto got = s3.get("bucket", "dir/key");
        CHECK(got.status == 0);
        CHECK(got.body == body);
        CHECK(*got.output.ETag == *put.ETag);
        CHECK(*got.output.ContentLength == static_cast<std::int64_t>(body.size()));
        CHECK(*got.output.ContentType == "text/plain");
        CHECK(*got.output.CacheControl == "no-cache");
        CHECK(*got.output.ContentEncoding == "gzip");
        CHECK(*got.output.Expires == "Wed, 21 Oct 2026 07:28:00 GMT");
        CHECK(got.output.Metadata->at("color") == "blue");
        CHECK(*got.output.TagCount == 2);
        CHECK(*got.output.AcceptRanges == "bytes");
        CHECK(*got.output.LastModified == s3.harness.clock().now());
        CHECK_FALSE(got.output.ChecksumCRC64NVME);
        CHECK_FALSE(got.output.StorageClass);
    }
}

TEST_CASE("The checksums of AWS's algorithms are checked, kept and shown on demand") {
    S3 s3;
    s3.create("bucket");
    auto input = S3::put_input("bucket", "k");
    input.ChecksumCRC32 = "DUoRhQ==";  // of "hello world"
    const auto put = s3.put(input, "hello world");
    CHECK(*put.ChecksumCRC32 == "DUoRhQ==");
    CHECK_FALSE(put.ChecksumCRC64NVME);
    auto get = S3::get_input("bucket", "k");
    get.ChecksumMode = "ENABLED";
    CHECK(*s3.get(get).output.ChecksumCRC32 == "DUoRhQ==");
    CHECK(*s3.get(get).output.ChecksumType == "FULL_OBJECT");
    get.Range = "bytes=0-3";
    CHECK_FALSE(s3.get(get).output.ChecksumCRC32);

    const Error bad = s3.refused_body<api::PutObject>(input, "hello worlD");
    CHECK(bad.code() == "BadDigest");
    CHECK(bad.message() == "The CRC32 you specified did not match the calculated checksum.");
    CHECK(s3.get("bucket", "k").body == "hello world");
    input.ChecksumSHA256 = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    CHECK(s3.refused_body<api::PutObject>(input, "hello world").message() ==
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    input.ChecksumCRC32.reset();
    CHECK(*s3.put(input, "hello world").ChecksumSHA256 == "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=");
    input.ChecksumSHA256 = "short";
    CHECK(s3.refused_body<api::PutObject>(input, "x").message() ==
          "Value for x-amz-checksum-sha256 header is invalid.");
    auto named = S3::put_input("bucket", "k");
    named.ChecksumAlgorithm = "CRC32";
    CHECK(s3.refused_body<api::PutObject>(named, "x").message() ==
          "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
          "headers were "
          "found.");
}

TEST_CASE("A checksum in the trailer counts like one in the headers") {
    S3 s3;
    s3.create("bucket");
    const auto put = [&](const std::string& checksum) {
        auto body =
            make_string_stream("b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:" + checksum + "\r\n\r\n");
        const auto stream = auth::make_chunked_stream(
            *body, {.decoded_length = 11, .announced = {"x-amz-checksum-crc32"}, .signing = {}});
        auto context = s3.harness.context(api::PutObject::descriptor(), {});
        context.payload = stream.get();
        const auto input = S3::put_input("bucket", "k");
        return s3.harness.run(s3.harness.client().call<api::PutObject>(context, input));
    };
    CHECK(*put("DUoRhQ==").ChecksumCRC32 == "DUoRhQ==");
    CHECK_THROWS_AS(put("DUoRhA=="), Error);
    CHECK(s3.get("bucket", "k").body == "hello world");
}

TEST_CASE("Content-MD5 is checked") {
    S3 s3;
    s3.create("bucket");
    auto input = S3::put_input("bucket", "k");
    input.ContentMD5 = "XrY7u+Ae7tCTyyK7j1rNww==";
    CHECK_NOTHROW(s3.put(input, "hello world"));
    const Error bad = s3.refused_body<api::PutObject>(input, kLarge);
    CHECK(bad.code() == "BadDigest");
    CHECK(detail(bad, "ExpectedDigest") == "XrY7u+Ae7tCTyyK7j1rNww==");
    input.ContentMD5 = "nonsense";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "InvalidDigest");
}

TEST_CASE("Ranges select bytes of inline and file bodies alike") {
    S3 s3;
    s3.create("bucket");
    std::string large;
    for (int i = 0; i < 20'000; ++i) large += std::to_string(i % 10) + "abcdefghi";
    for (const std::string& body : {std::string("0abcdefghi"), large}) {
        s3.put("bucket", "k", body);
        auto input = S3::get_input("bucket", "k");
        input.Range = "bytes=2-4";
        auto got = s3.get(input);
        CHECK(got.status == 206);
        CHECK(got.body == "bcd");
        CHECK(*got.output.ContentRange == "bytes 2-4/" + std::to_string(body.size()));
        CHECK(*got.output.ContentLength == 3);
        input.Range = "bytes=-4";
        CHECK(s3.get(input).body == "fghi");
        input.Range = "bytes=" + std::to_string(body.size() - 1) + "-";
        CHECK(s3.get(input).body == "i");
        input.Range = "bytes=" + std::to_string(body.size()) + "-";
        const Error error = s3.refused<api::GetObject>(input);
        CHECK(error.code() == "InvalidRange");
        CHECK(error.http_status() == 416);
        CHECK(detail(error, "ActualObjectSize") == std::to_string(body.size()));
        input.Range = "bytes=4-2";
        CHECK(s3.get(input).status == 0);
        input.Range = "bytes=0-1,3-4";
        CHECK(s3.get(input).body == body);
    }
}

TEST_CASE("Conditions on reads follow RFC 7232 as S3 does") {
    S3 s3;
    s3.create("bucket");
    const std::string etag = *s3.put("bucket", "k", "x").ETag;
    const Timestamp now = s3.harness.clock().now();
    s3.harness.clock().set(now + std::chrono::hours(2));
    auto input = S3::get_input("bucket", "k");
    input.IfNoneMatch = etag;
    const auto same = s3.get(input);
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(*same.output.ETag == etag);
    input = S3::get_input("bucket", "k");
    input.IfMatch = "\"other\"";
    const Error error = s3.refused<api::GetObject>(input);
    CHECK(error.code() == "PreconditionFailed");
    CHECK(error.http_status() == 412);
    CHECK(detail(error, "Condition") == "If-Match");
    input.IfMatch = etag;
    input.IfUnmodifiedSince = now - std::chrono::hours(1);
    CHECK(s3.get(input).status == 0);
    input = S3::get_input("bucket", "k");
    input.IfUnmodifiedSince = now - std::chrono::hours(1);
    CHECK(s3.refused<api::GetObject>(input).http_status() == 412);
    input = S3::get_input("bucket", "k");
    input.IfModifiedSince = now;
    CHECK(s3.get(input).status == 304);
    input.IfModifiedSince = now - std::chrono::seconds(1);
    CHECK(s3.get(input).status == 0);
}

TEST_CASE("Conditions on writes protect what stands there") {
    S3 s3;
    s3.create("bucket");
    auto input = S3::put_input("bucket", "k");
    input.IfNoneMatch = "*";
    const std::string etag = *s3.put(input, "first").ETag;
    const Error exists = s3.refused_body<api::PutObject>(input, kLarge);
    CHECK(exists.http_status() == 412);
    CHECK(detail(exists, "Condition") == "If-None-Match");
    input.IfNoneMatch = "\"x\"";
    CHECK(s3.refused_body<api::PutObject>(input, "x").http_status() == 501);
    input = S3::put_input("bucket", "k");
    input.IfMatch = etag;
    CHECK_NOTHROW(s3.put(input, "second"));
    CHECK(s3.refused_body<api::PutObject>(input, "third").http_status() == 412);
    input.Key = "absent";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "NoSuchKey");
    CHECK(s3.get("bucket", "k").body == "second");
}

TEST_CASE("Response overrides and the version null are honoured") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    auto input = S3::get_input("bucket", "k");
    input.ResponseContentType = "text/html";
    input.ResponseContentDisposition = "attachment";
    input.VersionId = "null";
    const auto got = s3.get(input);
    CHECK(*got.output.ContentType == "text/html");
    CHECK(*got.output.ContentDisposition == "attachment");
    input.VersionId = "abc";
    CHECK(s3.refused<api::GetObject>(input).code() == "InvalidArgument");
}

TEST_CASE("Missing buckets and keys are named") {
    S3 s3;
    const Error bucket = s3.refused<api::GetObject>(S3::get_input("nowhere", "k"));
    CHECK(bucket.code() == "NoSuchBucket");
    CHECK(detail(bucket, "BucketName") == "nowhere");
    s3.create("bucket");
    const Error key = s3.refused<api::GetObject>(S3::get_input("bucket", "k"));
    CHECK(key.code() == "NoSuchKey");
    CHECK(key.message() == "The specified key does not exist.");
    CHECK(detail(key, "Key") == "k");
    CHECK(s3.refused_body<api::PutObject>(S3::put_input("nowhere", "k"), kLarge).code() == "NoSuchBucket");
    CHECK(s3.refused_body<api::PutObject>(S3::put_input("nowhere", "k"), "x").code() == "NoSuchBucket");
}

TEST_CASE("Limits on keys, metadata, tags and storage classes have AWS's codes") {
    S3 s3;
    s3.create("bucket");
    CHECK(s3.refused_body<api::PutObject>(S3::put_input("bucket", std::string(1025, 'k')), "x").code() ==
          "KeyTooLongError");
    CHECK_NOTHROW(s3.put("bucket", std::string(1024, 'k'), "x"));
    auto input = S3::put_input("bucket", "k");
    input.Metadata.emplace()["m"] = std::string(2048, 'v');
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "MetadataTooLarge");
    input.Metadata->at("m") = std::string(2047, 'v');
    CHECK_NOTHROW(s3.put(input, "x"));
    input.StorageClass = "COLD";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "InvalidStorageClass");
    input.StorageClass = "STANDARD_IA";
    s3.put(input, "x");
    CHECK(*s3.get("bucket", "k").output.StorageClass == "STANDARD_IA");
    input.Tagging = "a=1&a=2";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "InvalidArgument");
    input.Tagging = "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "BadRequest");
}

TEST_CASE("HeadObject says what GetObject says, without the body") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", kLarge);
    api::HeadObject::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    const auto output = s3.call<api::HeadObject>(input);
    CHECK(*output.ContentLength == static_cast<std::int64_t>(kLarge.size()));
    CHECK(*output.ContentType == "binary/octet-stream");
    CHECK(*output.ETag == "\"" + md5_hex(kLarge) + "\"");
    input.Key = "absent";
    CHECK(s3.refused<api::HeadObject>(input).http_status() == 404);
}

TEST_CASE("DeleteObject is content with a key that is not there") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", kLarge);
    api::DeleteObject::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    input.IfMatch = "\"x\"";
    CHECK(s3.refused<api::DeleteObject>(input).http_status() == 412);
    input.IfMatch.reset();
    CHECK_NOTHROW(s3.call<api::DeleteObject>(input));
    CHECK_NOTHROW(s3.call<api::DeleteObject>(input));
    CHECK(s3.refused<api::GetObject>(S3::get_input("bucket", "k")).code() == "NoSuchKey");
}

TEST_CASE("DeleteObjects names each key, or keeps quiet, and takes at most a thousand") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "a", "x");
    s3.put("bucket", "b", kLarge);
    api::DeleteObjects::Input input;
    input.Bucket = "bucket";
    auto& objects = input.Delete.emplace().Objects.emplace();
    for (const char* key : {"a", "b", "absent"}) objects.emplace_back().Key = key;
    auto output = s3.call<api::DeleteObjects>(input);
    REQUIRE(output.Deleted->size() == 3);
    CHECK(*output.Deleted->at(2).Key == "absent");
    CHECK_FALSE(output.Errors);
    input.Delete->Quiet = true;
    CHECK_FALSE(s3.call<api::DeleteObjects>(input).Deleted);
    objects.resize(1001);
    for (auto& object : objects) object.Key = "k";
    CHECK(s3.refused<api::DeleteObjects>(input).code() == "MalformedXML");
    objects.clear();
    CHECK(s3.refused<api::DeleteObjects>(input).code() == "MalformedXML");
}

}  // namespace fogbank::s3::test
