#include "tests/service/s3/fixture.h"

#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_object.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

api::CopyObject::Input copy_input(const std::string& source, const std::string& key) {
    api::CopyObject::Input input;
    input.Bucket = "bucket";
    input.Key = key;
    input.CopySource = source;
    return input;
}

S3& with_source(S3& s3, const std::string& body) {
    s3.create("bucket");
    auto input = S3::put_input("bucket", "from here");
    input.ContentType = "text/plain";
    input.Metadata.emplace()["color"] = "blue";
    s3.put(input, body);
    return s3;
}

}  // namespace

TEST_CASE("A copy has the source's bytes, type and metadata, and outlives it") {
    for (const std::string& body : {std::string("small"), std::string(200'000, 'c')}) {
        S3 s3;
        with_source(s3, body);
        const auto output = s3.call<api::CopyObject>(copy_input("/bucket/from%20here", "to"));
        CHECK(*output.CopyObjectResult->ETag == "\"" + md5_hex(body) + "\"");
        CHECK(output.CopyObjectResult->ChecksumCRC64NVME);
        api::DeleteObject::Input remove;
        remove.Bucket = "bucket";
        remove.Key = "from here";
        s3.call<api::DeleteObject>(remove);
        const auto got = s3.get("bucket", "to");
        CHECK(got.body == body);
        CHECK(*got.output.ContentType == "text/plain");
        CHECK(got.output.Metadata->at("color") == "blue");
    }
}

TEST_CASE("REPLACE gives a copy its own type and metadata, on itself too") {
    S3 s3;
    with_source(s3, std::string(200'000, 'c'));
    auto input = copy_input("bucket/from%20here", "from here");
    const Error same = s3.refused<api::CopyObject>(input);
    CHECK(same.code() == "InvalidRequest");
    CHECK(same.message() ==
          "This copy request is illegal because it is trying to copy an object to itself without changing "
          "the object's "
          "metadata, storage class, website redirect location or encryption attributes.");
    input.MetadataDirective = "REPLACE";
    input.Metadata.emplace()["shape"] = "round";
    s3.call<api::CopyObject>(input);
    const auto got = s3.get("bucket", "from here");
    CHECK(got.body == std::string(200'000, 'c'));
    CHECK(*got.output.ContentType == "binary/octet-stream");
    CHECK(got.output.Metadata->at("shape") == "round");
    CHECK(got.output.Metadata->count("color") == 0);
    input.MetadataDirective = "KEEP";
    CHECK(s3.refused<api::CopyObject>(input).message() == "Unknown metadata directive.");
}

TEST_CASE("A copy with another checksum algorithm is digested anew") {
    S3 s3;
    with_source(s3, "hello world");
    auto input = copy_input("bucket/from%20here", "to");
    input.ChecksumAlgorithm = "CRC32";
    CHECK(*s3.call<api::CopyObject>(input).CopyObjectResult->ChecksumCRC32 == "DUoRhQ==");
}

TEST_CASE("The source's conditions fail a copy with 412") {
    S3 s3;
    with_source(s3, "x");
    auto input = copy_input("bucket/from%20here", "to");
    input.CopySourceIfMatch = "\"other\"";
    CHECK(s3.refused<api::CopyObject>(input).http_status() == 412);
    input.CopySourceIfMatch = "\"" + md5_hex("x") + "\"";
    CHECK_NOTHROW(s3.call<api::CopyObject>(input));
    input = copy_input("bucket/from%20here", "to");
    input.CopySourceIfNoneMatch = "\"" + md5_hex("x") + "\"";
    CHECK(s3.refused<api::CopyObject>(input).http_status() == 412);
}

TEST_CASE("A copy from nowhere says what is missing") {
    S3 s3;
    with_source(s3, "x");
    CHECK(s3.refused<api::CopyObject>(copy_input("bucket/absent", "to")).code() == "NoSuchKey");
    CHECK(s3.refused<api::CopyObject>(copy_input("nowhere/k", "to")).code() == "NoSuchBucket");
    const Error malformed = s3.refused<api::CopyObject>(copy_input("bucket", "to"));
    CHECK(malformed.message() ==
          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
}

}  // namespace fogbank::s3::test
