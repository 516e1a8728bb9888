#include "tests/service/s3/fixture.h"

#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/copy_object.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/get_object_attributes.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/put_bucket_encryption.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/restore_object.h"
#include "services/s3/model/upload_part.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

// The members of SSE-C for a key of 32 times `letter`.
template <class Input>
void with_key(Input& input, char letter) {
    const std::string key(32, letter);
    input.SSECustomerAlgorithm = "AES256";
    input.SSECustomerKey = base64_encode(key);
    input.SSECustomerKeyMD5 = base64_encode(digest(DigestKind::md5, key));
}

api::HeadObject::Input head_input(const std::string& key) {
    api::HeadObject::Input input;
    input.Bucket = "bucket";
    input.Key = key;
    return input;
}

}  // namespace

TEST_CASE("An object of SSE-C is read with its own key only") {
    S3 s3;
    s3.create("bucket");
    for (const std::string& body : {std::string("small"), std::string(300'000, 'L')}) {
        auto put = S3::put_input("bucket", "k");
        with_key(put, 'a');
        const auto stored = s3.put(put, body);
        CHECK(*stored.SSECustomerAlgorithm == "AES256");
        CHECK(stored.SSECustomerKeyMD5 == put.SSECustomerKeyMD5);
        CHECK_FALSE(stored.ServerSideEncryption);
        auto get = S3::get_input("bucket", "k");
        const Error without = s3.refused<api::GetObject>(get);
        CHECK(without.code() == "InvalidRequest");
        CHECK(without.message() ==
              "The object was stored using a form of Server Side Encryption. The correct parameters must be "
              "provided to retrieve the object.");
        with_key(get, 'b');
        CHECK(s3.refused<api::GetObject>(get).http_status() == 403);
        with_key(get, 'a');
        const auto got = s3.get(get);
        CHECK(got.body == body);
        CHECK(got.output.SSECustomerKeyMD5 == put.SSECustomerKeyMD5);
        CHECK_FALSE(got.output.ServerSideEncryption);
        auto head = head_input("k");
        CHECK(s3.refused<api::HeadObject>(head).http_status() == 400);
        with_key(head, 'a');
        CHECK(*s3.call<api::HeadObject>(head).ContentLength == static_cast<std::int64_t>(body.size()));
        api::GetObjectAttributes::Input attributes;
        attributes.Bucket = "bucket";
        attributes.Key = "k";
        attributes.ObjectAttributes.emplace().push_back("ETag");
        CHECK(s3.refused<api::GetObjectAttributes>(attributes).http_status() == 400);
    }
    s3.put("bucket", "plain", "x");
    auto get = S3::get_input("bucket", "plain");
    with_key(get, 'a');
    CHECK(s3.refused<api::GetObject>(get).message() ==
          "The encryption parameters are not applicable to this object.");
}

TEST_CASE("The headers of SSE-C have to fit each other") {
    S3 s3;
    s3.create("bucket");
    const auto code = [&](const api::PutObject::Input& input) {
        return s3.refused_body<api::PutObject>(input, "x").code();
    };
    auto input = S3::put_input("bucket", "k");
    with_key(input, 'a');
    input.SSECustomerKeyMD5 = base64_encode(std::string(16, '\0'));
    CHECK(s3.refused_body<api::PutObject>(input, "x").message() ==
          "The calculated MD5 hash of the key did not match the hash that was provided.");
    input.SSECustomerKeyMD5.reset();
    CHECK(code(input) == "InvalidArgument");
    input.SSECustomerKey.reset();
    CHECK(code(input) == "InvalidArgument");
    with_key(input, 'a');
    input.SSECustomerAlgorithm = "DES";
    CHECK(code(input) == "InvalidEncryptionAlgorithmError");
    input.SSECustomerAlgorithm.reset();
    CHECK(code(input) == "InvalidArgument");
    with_key(input, 'a');
    input.SSECustomerKey = base64_encode("short");
    CHECK(s3.refused_body<api::PutObject>(input, "x").message() ==
          "The secret key was invalid for the specified algorithm.");
    with_key(input, 'a');
    input.ServerSideEncryption = "AES256";
    CHECK(code(input) == "InvalidArgument");
}

TEST_CASE("Copies take the source's key and may bring another") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    with_key(put, 'a');
    s3.put(put, "secret");
    api::CopyObject::Input copy;
    copy.Bucket = "bucket";
    copy.Key = "copy";
    copy.CopySource = "bucket/k";
    CHECK(s3.refused<api::CopyObject>(copy).code() == "InvalidRequest");
    copy.CopySourceSSECustomerAlgorithm = put.SSECustomerAlgorithm;
    copy.CopySourceSSECustomerKey = put.SSECustomerKey;
    copy.CopySourceSSECustomerKeyMD5 = put.SSECustomerKeyMD5;
    CHECK(*s3.call<api::CopyObject>(copy).ServerSideEncryption == "AES256");
    CHECK(s3.get("bucket", "copy").body == "secret");
    with_key(copy, 'b');
    s3.call<api::CopyObject>(copy);
    auto get = S3::get_input("bucket", "copy");
    with_key(get, 'b');
    CHECK(s3.get(get).body == "secret");
}

TEST_CASE("Parts bring the key of their upload") {
    S3 s3;
    s3.create("bucket");
    api::CreateMultipartUpload::Input begin;
    begin.Bucket = "bucket";
    begin.Key = "m";
    with_key(begin, 'a');
    api::UploadPart::Input part;
    part.Bucket = "bucket";
    part.Key = "m";
    part.PartNumber = 1;
    part.UploadId = s3.call<api::CreateMultipartUpload>(begin).UploadId;
    CHECK(s3.refused_body<api::UploadPart>(part, "x").code() == "InvalidRequest");
    with_key(part, 'b');
    CHECK(s3.refused_body<api::UploadPart>(part, "x").message() ==
          "The provided encryption parameters did not match the ones used originally.");
    with_key(part, 'a');
    auto answer = s3.harness.call_streaming<api::UploadPart>(part, "x");
    api::CompleteMultipartUpload::Input complete;
    complete.Bucket = "bucket";
    complete.Key = "m";
    complete.UploadId = part.UploadId;
    auto& done = complete.MultipartUpload.emplace().Parts.emplace().emplace_back();
    done.PartNumber = 1;
    done.ETag = static_cast<api::UploadPart::Output*>(answer.value.get())->ETag;
    s3.call<api::CompleteMultipartUpload>(complete);
    auto get = S3::get_input("bucket", "m");
    CHECK(s3.refused<api::GetObject>(get).http_status() == 400);
    with_key(get, 'a');
    CHECK(s3.get(get).body == "x");
}

TEST_CASE("KMS keys are named by their ARN, AWS's own where none is named") {
    S3 s3;
    s3.create("bucket");
    auto input = S3::put_input("bucket", "k");
    input.ServerSideEncryption = "aws:kms";
    const auto managed = s3.put(input, "x");
    CHECK(managed.SSEKMSKeyId->starts_with("arn:aws:kms:us-east-1:000000000000:key/"));
    CHECK(s3.put(input, "y").SSEKMSKeyId == managed.SSEKMSKeyId);
    input.SSEKMSKeyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
    input.BucketKeyEnabled = true;
    s3.put(input, "x");
    const auto got = s3.get("bucket", "k");
    CHECK(*got.output.ServerSideEncryption == "aws:kms");
    CHECK(*got.output.SSEKMSKeyId ==
          "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    CHECK(*got.output.BucketKeyEnabled);
    input.SSEKMSKeyId = "my-test-key";
    CHECK(*s3.put(input, "x").SSEKMSKeyId == "my-test-key");
    input.SSEKMSEncryptionContext = "nonsense";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "InvalidArgument");
    input.SSEKMSEncryptionContext = base64_encode(R"({"a":"b"})");
    CHECK(s3.put(input, "x").SSEKMSEncryptionContext == input.SSEKMSEncryptionContext);
    input.ServerSideEncryption.reset();
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "InvalidArgument");
}

TEST_CASE("A bucket's default encryption is given to objects that name none") {
    S3 s3;
    s3.create("bucket");
    api::PutBucketEncryption::Input put;
    put.Bucket = "bucket";
    auto& rule = put.ServerSideEncryptionConfiguration.emplace().Rules.emplace().emplace_back();
    rule.ApplyServerSideEncryptionByDefault.emplace().SSEAlgorithm = "aws:kms";
    rule.BucketKeyEnabled = true;
    s3.call<api::PutBucketEncryption>(put);
    const auto stored = s3.put("bucket", "k", "x");
    CHECK(*stored.ServerSideEncryption == "aws:kms");
    CHECK(stored.SSEKMSKeyId->starts_with("arn:aws:kms:us-east-1:000000000000:key/"));
    CHECK(*s3.get("bucket", "k").output.BucketKeyEnabled);
    auto input = S3::put_input("bucket", "plain");
    input.ServerSideEncryption = "AES256";
    CHECK(*s3.put(input, "x").ServerSideEncryption == "AES256");
    CHECK(*s3.get("bucket", "plain").output.ServerSideEncryption == "AES256");
}

TEST_CASE("An archived object is read after its restoration and until that ends") {
    S3 s3;
    s3.create("bucket");
    api::PutBucketNotificationConfiguration::Input notify;
    notify.Bucket = "bucket";
    auto& rules = notify.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace();
    rules.emplace_back().LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
    rules[0].Events.emplace() = {"s3:ObjectRestore:*"};
    s3.call<api::PutBucketNotificationConfiguration>(notify);
    s3.outbox.events.clear();
    auto input = S3::put_input("bucket", "k");
    input.StorageClass = "GLACIER";
    s3.put(input, "cold");
    const Error cold = s3.refused<api::GetObject>(S3::get_input("bucket", "k"));
    CHECK(cold.code() == "InvalidObjectState");
    CHECK(cold.http_status() == 403);
    CHECK(detail(cold, "StorageClass") == "GLACIER");
    CHECK(*s3.call<api::HeadObject>(head_input("k")).StorageClass == "GLACIER");
    api::CopyObject::Input copy;
    copy.Bucket = "bucket";
    copy.Key = "warm";
    copy.CopySource = "bucket/k";
    CHECK(s3.refused<api::CopyObject>(copy).code() == "ObjectNotInActiveTierError");

    api::RestoreObject::Input restore;
    restore.Bucket = "bucket";
    restore.Key = "k";
    restore.RestoreRequest.emplace();
    CHECK(s3.refused<api::RestoreObject>(restore).code() == "MalformedXML");
    restore.RestoreRequest->Days = 0;
    CHECK(s3.refused<api::RestoreObject>(restore).code() == "InvalidArgument");
    restore.RestoreRequest->Days = 2;
    CHECK(s3.harness.call_streaming<api::RestoreObject>(restore, "").status == 202);
    CHECK(s3.harness.call_streaming<api::RestoreObject>(restore, "").status == 200);
    REQUIRE(s3.outbox.events.size() == 2);
    CHECK(s3.outbox.events[0].type == "s3:ObjectRestore:Post");
    CHECK(s3.outbox.events[1].type == "s3:ObjectRestore:Completed");
    const auto got = s3.get("bucket", "k");
    CHECK(got.body == "cold");
    CHECK(got.output.Restore->starts_with("ongoing-request=\"false\", expiry-date=\""));
    CHECK(got.output.Restore->ends_with(" 00:00:00 GMT\""));
    CHECK_NOTHROW(s3.call<api::CopyObject>(copy));
    s3.harness.clock().set(s3.harness.clock().now() + std::chrono::hours(73));
    CHECK(s3.refused<api::GetObject>(S3::get_input("bucket", "k")).code() == "InvalidObjectState");
    CHECK_FALSE(s3.call<api::HeadObject>(head_input("k")).Restore);
    restore.Key = "warm";
    CHECK(s3.refused<api::RestoreObject>(restore).message() ==
          "Restore is not allowed for the object's current storage class");
}

TEST_CASE("Uploads under a delimiter are listed by their common prefix, in pages") {
    S3 s3;
    s3.create("bucket");
    for (const char* key : {"a", "dir/x", "dir/y", "e"}) {
        api::CreateMultipartUpload::Input input;
        input.Bucket = "bucket";
        input.Key = key;
        s3.call<api::CreateMultipartUpload>(input);
    }
    api::ListMultipartUploads::Input input;
    input.Bucket = "bucket";
    input.Delimiter = "/";
    auto output = s3.call<api::ListMultipartUploads>(input);
    REQUIRE(output.Uploads->size() == 2);
    CHECK(*output.Uploads->at(1).Key == "e");
    REQUIRE(output.CommonPrefixes->size() == 1);
    CHECK(*output.CommonPrefixes->at(0).Prefix == "dir/");
    CHECK(*output.Delimiter == "/");
    input.MaxUploads = 2;
    output = s3.call<api::ListMultipartUploads>(input);
    CHECK(*output.IsTruncated);
    CHECK(*output.NextKeyMarker == "dir/");
    input.KeyMarker = "dir/";
    output = s3.call<api::ListMultipartUploads>(input);
    CHECK_FALSE(*output.IsTruncated);
    REQUIRE(output.Uploads->size() == 1);
    CHECK(*output.Uploads->at(0).Key == "e");
    CHECK_FALSE(output.CommonPrefixes);
}

}  // namespace fogbank::s3::test
