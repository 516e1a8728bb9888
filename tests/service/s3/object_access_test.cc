#include "services/s3/model/copy_object.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/delete_public_access_block.h"
#include "services/s3/model/get_object_acl.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/model/put_bucket_encryption.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_bucket_policy.h"
#include "services/s3/model/put_object_acl.h"
#include "services/s3/names.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

using fogbank::test::Caller;

namespace {

const Caller kOwner{};
const Caller kNobody{"", "us-east-1"};
const Caller kOther{"111122223333", "us-east-1"};

template <class Op>
typename Op::Input on(const std::string& bucket, const std::string& key) {
    typename Op::Input input;
    input.Bucket = bucket;
    if constexpr (requires { input.Key; }) input.Key = key;
    return input;
}

template <class Op>
std::string outcome(S3& s3, const typename Op::Input& input, const Caller& caller, std::string body = {}) {
    try {
        s3.harness.call_streaming<Op>(input, std::move(body), caller);
    } catch (const Error& error) {
        return error.code();
    }
    return "ok";
}

std::string read(S3& s3, const std::string& key, const Caller& caller) {
    return outcome<api::GetObject>(s3, S3::get_input("bucket", key), caller);
}

// A bucket that takes ACLs and public policies.
void open_bucket(S3& s3, const std::string& ownership) {
    s3.create("bucket");
    s3.call<api::DeletePublicAccessBlock>(on<api::DeletePublicAccessBlock>("bucket", ""));
    auto input = on<api::PutBucketOwnershipControls>("bucket", "");
    input.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = ownership;
    s3.call<api::PutBucketOwnershipControls>(input);
}

void put_acl(S3& s3, const std::string& acl) {
    auto input = on<api::PutBucketAcl>("bucket", "");
    input.ACL = acl;
    s3.call<api::PutBucketAcl>(input);
}

void put_policy(S3& s3, const std::string& statements) {
    auto input = on<api::PutBucketPolicy>("bucket", "");
    input.Policy = R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
    s3.call<api::PutBucketPolicy>(input);
}

}  // namespace

TEST_CASE("Objects are the owner's alone, and others do not learn which keys there are") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    CHECK(read(s3, "k", kOwner) == "ok");
    CHECK(read(s3, "k", kOther) == "AccessDenied");
    CHECK(read(s3, "k", kNobody) == "AccessDenied");
    CHECK(read(s3, "absent", kOwner) == "NoSuchKey");
    CHECK(read(s3, "absent", kOther) == "AccessDenied");
    CHECK(outcome<api::PutObject>(s3, S3::put_input("bucket", "k"), kOther, "y") == "AccessDenied");
    CHECK(outcome<api::ListObjectsV2>(s3, on<api::ListObjectsV2>("bucket", ""), kOther) == "AccessDenied");
    CHECK(s3.get("bucket", "k").body == "x");
}

TEST_CASE("An object's ACL lets others read it, and is changed and told by PutObjectAcl and GetObjectAcl") {
    S3 s3;
    open_bucket(s3, "ObjectWriter");
    auto put = S3::put_input("bucket", "k");
    put.ACL = "public-read";
    s3.put(put, "x");
    CHECK(read(s3, "k", kNobody) == "ok");
    const auto get = on<api::GetObjectAcl>("bucket", "k");
    CHECK(outcome<api::GetObjectAcl>(s3, get, kNobody) == "AccessDenied");
    auto acl = s3.call<api::GetObjectAcl>(get);
    REQUIRE(acl.Grants->size() == 2);
    CHECK(*acl.Owner->ID == owner_id("000000000000"));
    CHECK(*acl.Grants->at(1).Permission == "READ");
    auto change = on<api::PutObjectAcl>("bucket", "k");
    CHECK(outcome<api::PutObjectAcl>(s3, change, kOwner) == "MissingSecurityHeader");
    change.GrantFullControl = "id=\"" + owner_id("111122223333") + "\"";
    s3.call<api::PutObjectAcl>(change);
    CHECK(read(s3, "k", kNobody) == "AccessDenied");
    CHECK(read(s3, "k", kOther) == "ok");
    CHECK(outcome<api::GetObjectAcl>(s3, get, kOther) == "ok");
    put.ACL.reset();
    put.GrantRead = "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"";
    s3.put(put, "y");
    CHECK(read(s3, "k", kOther) == "ok");
    CHECK(read(s3, "k", kNobody) == "AccessDenied");
    s3.create("closed");
    s3.put("closed", "k", "x");
    change.Bucket = "closed";
    CHECK(outcome<api::PutObjectAcl>(s3, change, kOwner) == "AccessControlListNotSupported");
    CHECK(s3.call<api::GetObjectAcl>(on<api::GetObjectAcl>("closed", "k")).Grants->size() == 1);
}

TEST_CASE("Who may list a bucket learns that a key is absent") {
    S3 s3;
    open_bucket(s3, "ObjectWriter");
    put_acl(s3, "public-read");
    s3.put("bucket", "k", "x");
    CHECK(read(s3, "absent", kNobody) == "NoSuchKey");
    CHECK(read(s3, "k", kNobody) == "AccessDenied");
    CHECK(outcome<api::ListObjectsV2>(s3, on<api::ListObjectsV2>("bucket", ""), kNobody) == "ok");
}

TEST_CASE("What another account writes belongs to it, unless the bucket's ownership says otherwise") {
    S3 s3;
    open_bucket(s3, "ObjectWriter");
    put_acl(s3, "public-read-write");
    CHECK(outcome<api::PutObject>(s3, S3::put_input("bucket", "k"), kOther, "x") == "ok");
    CHECK(read(s3, "k", kOther) == "ok");
    CHECK(read(s3, "k", kOwner) == "AccessDenied");
    auto get = on<api::GetObjectAcl>("bucket", "k");
    CHECK(*s3.call<api::GetObjectAcl>(get, kOther).Owner->ID == owner_id("111122223333"));
    auto shared = S3::put_input("bucket", "shared");
    shared.ACL = "bucket-owner-full-control";
    CHECK(outcome<api::PutObject>(s3, shared, kOther, "x") == "ok");
    CHECK(read(s3, "shared", kOwner) == "ok");
    auto preferred = on<api::PutBucketOwnershipControls>("bucket", "");
    preferred.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership =
        "BucketOwnerPreferred";
    s3.call<api::PutBucketOwnershipControls>(preferred);
    CHECK(outcome<api::PutObject>(s3, shared, kOther, "y") == "ok");
    get.Key = "shared";
    CHECK(*s3.call<api::GetObjectAcl>(get).Owner->ID == owner_id("000000000000"));
    put_acl(s3, "private");
    preferred.OwnershipControls->Rules->at(0).ObjectOwnership = "BucketOwnerEnforced";
    s3.call<api::PutBucketOwnershipControls>(preferred);
    CHECK(read(s3, "k", kOwner) == "ok");
    CHECK(read(s3, "k", kOther) == "AccessDenied");
}

TEST_CASE("A policy decides on keys, headers and the sources of copies") {
    S3 s3;
    open_bucket(s3, "BucketOwnerEnforced");
    s3.put("bucket", "open/k", "x");
    s3.put("bucket", "closed/k", "x");
    put_policy(s3, R"({"Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
                   R"("Resource":"arn:aws:s3:::bucket/open/*"},)"
                   R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:PutObject",)"
                   R"("Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":)"
                   R"({"s3:x-amz-server-side-encryption":"AES256"}}},)"
                   R"({"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject",)"
                   R"("Resource":"arn:aws:s3:::bucket/open/*"})");
    CHECK(read(s3, "open/k", kNobody) == "ok");
    CHECK(read(s3, "closed/k", kNobody) == "AccessDenied");
    CHECK(outcome<api::HeadObject>(s3, on<api::HeadObject>("bucket", "open/k"), kNobody) == "ok");
    auto put = S3::put_input("bucket", "theirs");
    CHECK(outcome<api::PutObject>(s3, put, kOther, "x") == "AccessDenied");
    put.ServerSideEncryption = "AES256";
    CHECK(outcome<api::PutObject>(s3, put, kOther, "x") == "ok");
    CHECK(read(s3, "theirs", kOwner) == "ok");
    auto erase = on<api::DeleteObjects>("bucket", "");
    auto& objects = erase.Delete.emplace().Objects.emplace();
    objects.emplace_back().Key = "open/k";
    objects.emplace_back().Key = "closed/k";
    const auto erased = s3.call<api::DeleteObjects>(erase);
    REQUIRE(erased.Errors->size() == 1);
    CHECK(*erased.Errors->at(0).Key == "open/k");
    CHECK(*erased.Errors->at(0).Code == "AccessDenied");
    CHECK(*erased.Deleted->at(0).Key == "closed/k");
    api::CreateBucket::Input theirs;
    theirs.Bucket = "their-bucket";
    s3.call<api::CreateBucket>(theirs, kOther);
    auto copy = on<api::CopyObject>("their-bucket", "copy");
    copy.CopySource = "bucket/theirs";
    CHECK(outcome<api::CopyObject>(s3, copy, kOther) == "AccessDenied");
    copy.CopySource = "bucket/open/k";
    CHECK(outcome<api::CopyObject>(s3, copy, kOther) == "ok");
}

TEST_CASE("A bucket's default encryption is what new objects answer") {
    S3 s3;
    s3.create("bucket");
    auto encryption = on<api::PutBucketEncryption>("bucket", "");
    auto& rule = encryption.ServerSideEncryptionConfiguration.emplace().Rules.emplace().emplace_back();
    rule.ApplyServerSideEncryptionByDefault.emplace().SSEAlgorithm = "aws:kms";
    rule.ApplyServerSideEncryptionByDefault->KMSMasterKeyID = "arn:aws:kms:us-east-1:000000000000:key/k";
    s3.call<api::PutBucketEncryption>(encryption);
    const auto put = s3.put("bucket", "k", "x");
    CHECK(*put.ServerSideEncryption == "aws:kms");
    CHECK(*put.SSEKMSKeyId == "arn:aws:kms:us-east-1:000000000000:key/k");
    CHECK(*s3.get("bucket", "k").output.ServerSideEncryption == "aws:kms");
    auto plain = S3::put_input("bucket", "plain");
    plain.ServerSideEncryption = "AES256";
    CHECK(*s3.put(plain, "x").ServerSideEncryption == "AES256");
    CHECK(*s3.get("bucket", "plain").output.ServerSideEncryption == "AES256");
    const auto upload = s3.call<api::CreateMultipartUpload>(on<api::CreateMultipartUpload>("bucket", "m"));
    CHECK(*upload.ServerSideEncryption == "aws:kms");
}

TEST_CASE("A public ACL is refused where it is blocked, at an upload too") {
    S3 s3;
    s3.create("bucket");
    auto input = on<api::PutBucketOwnershipControls>("bucket", "");
    input.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = "ObjectWriter";
    s3.call<api::PutBucketOwnershipControls>(input);
    auto put = S3::put_input("bucket", "k");
    put.ACL = "public-read";
    CHECK(outcome<api::PutObject>(s3, put, kOwner, "x") == "AccessDenied");
    put.ACL = "private";
    CHECK(outcome<api::PutObject>(s3, put, kOwner, "x") == "ok");
    auto acl = on<api::PutObjectAcl>("bucket", "k");
    acl.ACL = "authenticated-read";
    CHECK(outcome<api::PutObjectAcl>(s3, acl, kOwner) == "AccessDenied");
}

}  // namespace fogbank::s3::test
