// What requests are refused for besides access, in AWS's words.
#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/get_object_attributes.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/list_parts.h"
#include "services/s3/model/put_bucket_replication.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/upload_part.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

TEST_CASE("A redirect location is a URL or a path, of 2,048 characters at most") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    for (const char* location : {"/elsewhere", "http://example.com/", "https://example.com/"}) {
        put.WebsiteRedirectLocation = location;
        s3.put(put, "x");
    }
    put.WebsiteRedirectLocation = "elsewhere";
    Error error = s3.refused_body<api::PutObject>(put, "x");
    CHECK(error.code() == "InvalidRedirectLocation");
    CHECK(error.message() ==
          "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
    put.WebsiteRedirectLocation = "/" + std::string(2048, 'a');
    error = s3.refused_body<api::PutObject>(put, "x");
    CHECK(error.message() == "The length of website redirect location cannot exceed 2,048 characters.");
    api::CreateMultipartUpload::Input upload;
    upload.Bucket = "bucket";
    upload.Key = "k";
    upload.WebsiteRedirectLocation = "ftp://example.com";
    CHECK(s3.refused<api::CreateMultipartUpload>(upload).code() == "InvalidRedirectLocation");
}

TEST_CASE("An expected owner that is another account is denied, one that is no account is told so") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    api::ListObjectsV2::Input list;
    list.Bucket = "bucket";
    api::HeadObject::Input head;
    head.Bucket = "bucket";
    head.Key = "k";
    list.ExpectedBucketOwner = head.ExpectedBucketOwner = "000000000000";
    s3.call<api::ListObjectsV2>(list);
    s3.call<api::HeadObject>(head);
    list.ExpectedBucketOwner = head.ExpectedBucketOwner = "111122223333";
    CHECK(s3.refused<api::ListObjectsV2>(list).code() == "AccessDenied");
    CHECK(s3.refused<api::HeadObject>(head).code() == "AccessDenied");
    list.ExpectedBucketOwner = head.ExpectedBucketOwner = "me";
    const Error error = s3.refused<api::ListObjectsV2>(list);
    CHECK(error.code() == "InvalidBucketOwnerAWSAccountID");
    CHECK(error.http_status() == 400);
    CHECK(error.message() ==
          "The value of the expected bucket owner parameter must be an AWS Account ID... [me]");
    CHECK(s3.refused<api::HeadObject>(head).code() == "InvalidBucketOwnerAWSAccountID");
}

TEST_CASE("GetObjectAttributes without attributes, and a part number marker below 0") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    api::GetObjectAttributes::Input attributes;
    attributes.Bucket = "bucket";
    attributes.Key = "k";
    CHECK(s3.refused<api::GetObjectAttributes>(attributes).message() ==
          "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or "
          "empty");
    api::CreateMultipartUpload::Input upload;
    upload.Bucket = "bucket";
    upload.Key = "k";
    api::ListParts::Input parts;
    parts.Bucket = "bucket";
    parts.Key = "k";
    parts.UploadId = *s3.call<api::CreateMultipartUpload>(upload).UploadId;
    parts.PartNumberMarker = -1;
    CHECK(detail(s3.refused<api::ListParts>(parts), "ArgumentName") == "part-number-marker");
}

TEST_CASE("Metadata that is no ASCII comes back as RFC 2047 words it, its bytes read as Latin-1") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    put.Metadata.emplace();
    // The User Guide's example, as a client sends it that writes UTF-8: "\u00c4M\u00c4Z\u00d5\u00d1 S3".
    put.Metadata->emplace("nonascii", "\xc3\x84M\xc3\x84Z\xc3\x95\xc3\x91 S3");
    put.Metadata->emplace("latin", "caf\xe9");
    put.Metadata->emplace("encoded", "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
    put.Metadata->emplace("plain", "AMAZONS3");
    s3.put(put, "x");
    const auto got = s3.get("bucket", "k");
    CHECK(got.output.Metadata->at("nonascii") == "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
    CHECK(got.output.Metadata->at("latin") == "=?UTF-8?B?Y2Fmw6k=?=");
    CHECK(got.output.Metadata->at("encoded") == "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
    CHECK(got.output.Metadata->at("plain") == "AMAZONS3");
}

TEST_CASE("Versioning is not suspended while replication needs it") {
    S3 s3;
    api::PutBucketVersioning::Input versioning;
    for (const char* name : {"source", "target"}) {
        s3.create(name);
        versioning.Bucket = name;
        versioning.VersioningConfiguration.emplace().Status = "Enabled";
        s3.call<api::PutBucketVersioning>(versioning);
    }
    api::PutBucketReplication::Input replication;
    replication.Bucket = "source";
    replication.ReplicationConfiguration.emplace().Role = "arn:aws:iam::000000000000:role/r";
    auto& rule = replication.ReplicationConfiguration->Rules.emplace().emplace_back();
    rule.Status = "Enabled";
    rule.Prefix = "";
    rule.Destination.emplace().Bucket = "arn:aws:s3:::target";
    s3.call<api::PutBucketReplication>(replication);
    versioning.Bucket = "source";
    versioning.VersioningConfiguration->Status = "Suspended";
    const Error error = s3.refused<api::PutBucketVersioning>(versioning);
    CHECK(error.code() == "InvalidBucketState");
    CHECK(error.message() ==
          "A replication configuration is present on this bucket, so the versioning state "
          "cannot be changed.");
    versioning.Bucket = "target";
    s3.call<api::PutBucketVersioning>(versioning);
}

TEST_CASE("A whole upload's declared checksum is of the upload's algorithm and type") {
    S3 s3;
    s3.create("bucket");
    for (const char* algorithm : {"", "CRC32"}) {
        INFO(algorithm);
        api::CreateMultipartUpload::Input upload;
        upload.Bucket = "bucket";
        upload.Key = "k";
        if (*algorithm != '\0') {
            upload.ChecksumAlgorithm = algorithm;
            upload.ChecksumType = "FULL_OBJECT";
        }
        const std::string id = *s3.call<api::CreateMultipartUpload>(upload).UploadId;
        api::UploadPart::Input part;
        part.Bucket = "bucket";
        part.Key = "k";
        part.PartNumber = 1;
        part.UploadId = id;
        const auto answer = s3.harness.call_streaming<api::UploadPart>(part, "x");
        api::CompleteMultipartUpload::Input complete;
        complete.Bucket = "bucket";
        complete.Key = "k";
        complete.UploadId = id;
        auto& listed = complete.MultipartUpload.emplace().Parts.emplace().emplace_back();
        listed.PartNumber = 1;
        listed.ETag = static_cast<const api::UploadPart::Output*>(answer.value.get())->ETag;
        complete.ChecksumSHA1 = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        const std::string expected = *algorithm == '\0' ? "null" : "crc32";
        CHECK(s3.refused<api::CompleteMultipartUpload>(complete).message() ==
              "Checksum Type mismatch occurred, expected checksum Type: " + expected +
                  ", actual checksum Type: sha1");
        complete.ChecksumSHA1.reset();
        complete.ChecksumType = "FOO";
        CHECK(s3.refused<api::CompleteMultipartUpload>(complete).message() ==
              "Value for x-amz-checksum-type header is invalid.");
        complete.ChecksumType = "COMPOSITE";
        CHECK(s3.refused<api::CompleteMultipartUpload>(complete).code() == "InvalidRequest");
        complete.ChecksumType = "FULL_OBJECT";
        CHECK(s3.call<api::CompleteMultipartUpload>(complete).ETag);
    }
}

TEST_CASE("Tags of a header are UTF-8") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    put.Tagging = "a=%ff";
    const Error error = s3.refused_body<api::PutObject>(put, "x");
    CHECK(error.code() == "InvalidArgument");
    CHECK(detail(error, "ArgumentName") == "x-amz-tagging");
}

}  // namespace fogbank::s3::test
