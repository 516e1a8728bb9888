// What a write brings along has permissions of its own, and so has what a read shows beside the object.
#include "services/s3/model/abort_multipart_upload.h"
#include "services/s3/model/copy_object.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_public_access_block.h"
#include "services/s3/model/get_object_attributes.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/list_object_versions.h"
#include "services/s3/model/list_objects.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/list_parts.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_bucket_policy.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/names.h"
#include "tests/service/s3/fixture.h"

#include <chrono>

namespace fogbank::s3::test {

using fogbank::test::Caller;

namespace {

const Caller kOwner{};
const Caller kOther{"111122223333", "us-east-1"};

// A bucket with an object lock and ACLs, whose policy lets another account do what a test names.
struct Shared : S3 {
    Shared() {
        api::CreateBucket::Input create;
        create.Bucket = "bucket";
        create.ObjectLockEnabledForBucket = true;
        create.ObjectOwnership = "ObjectWriter";
        call<api::CreateBucket>(create);
        api::DeletePublicAccessBlock::Input unblock;
        unblock.Bucket = "bucket";
        call<api::DeletePublicAccessBlock>(unblock);
    }
    // Actions as in a policy: "s3:PutObject","s3:PutObjectAcl"
    void allow(const std::string& actions, const char* effect = "Allow",
               const char* principal = R"({"AWS":"111122223333"})") {
        api::PutBucketPolicy::Input input;
        input.Bucket = "bucket";
        input.Policy = std::string(R"({"Version":"2012-10-17","Statement":[{"Effect":")") + effect +
                       R"(","Principal":)" + principal + R"(,"Action":[)" + actions +
                       R"(],"Resource":"arn:aws:s3:::bucket/*"}]})";
        call<api::PutBucketPolicy>(input);
    }
    template <class Op>
    std::string outcome(const typename Op::Input& input, const Caller& caller) {
        try {
            harness.call_streaming<Op>(input, "x", caller);
        } catch (const Error& error) {
            return error.code();
        }
        return "ok";
    }
    Timestamp tomorrow() { return harness.clock().now() + std::chrono::hours(24); }
};

template <class Input>
Input named() {
    Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    return input;
}

// The same for each operation that makes an object of headers.
template <class Op>
void check_each_permission(const char* write) {
    Shared s3;
    struct Row {
        const char* action;
        void (*bring)(typename Op::Input&, Timestamp);
    };
    const Row rows[] = {
        {R"("s3:PutObjectTagging")", [](auto& input, Timestamp) { input.Tagging = "a=1"; }},
        {R"("s3:PutObjectRetention")",
         [](auto& input, Timestamp until) {
             input.ObjectLockMode = "GOVERNANCE";
             input.ObjectLockRetainUntilDate = until;
         }},
        {R"("s3:PutObjectLegalHold")",
         [](auto& input, Timestamp) { input.ObjectLockLegalHoldStatus = "ON"; }},
    };
    for (const Row& row : rows) {
        INFO(row.action);
        auto input = named<typename Op::Input>();
        if constexpr (requires { input.ContentMD5; }) input.ContentMD5 = "ndTkYSaMgDT1yFZOFVxnpg==";
        s3.allow(write);
        CHECK(s3.outcome<Op>(input, kOther) == "ok");
        row.bring(input, s3.tomorrow());
        CHECK(s3.outcome<Op>(input, kOther) == "AccessDenied");
        s3.allow(std::string(write) + "," + row.action);
        CHECK(s3.outcome<Op>(input, kOther) == "ok");
        s3.allow(row.action, "Deny", R"("*")");
        CHECK(s3.outcome<Op>(input, kOwner) == "AccessDenied");
    }
}

}  // namespace

TEST_CASE("An upload asks for the permission of all that it brings") {
    check_each_permission<api::PutObject>(R"("s3:PutObject")");
    check_each_permission<api::CreateMultipartUpload>(R"("s3:PutObject")");
}

TEST_CASE("Another account brings an ACL where the policy lets it write, and does not deny the ACL") {
    Shared s3;
    auto input = named<api::PutObject::Input>();
    input.ACL = "bucket-owner-full-control";
    s3.allow(R"("s3:PutObject")");
    CHECK(s3.outcome<api::PutObject>(input, kOther) == "ok");
    s3.allow(R"("s3:PutObject")", "Allow", R"("*")");
    CHECK(s3.outcome<api::PutObject>(named<api::PutObject::Input>(), Caller{"", "us-east-1"}) == "ok");
    CHECK(s3.outcome<api::PutObject>(input, Caller{"", "us-east-1"}) == "AccessDenied");
    s3.allow(R"("s3:PutObjectAcl")", "Deny", R"("*")");
    CHECK(s3.outcome<api::PutObject>(input, kOther) == "AccessDenied");
    CHECK(s3.outcome<api::PutObject>(input, kOwner) == "AccessDenied");
}

TEST_CASE("A refusal inside the account names the permission that is denied") {
    Shared s3;
    s3.allow(R"("s3:PutObjectTagging")", "Deny", R"("*")");
    auto input = named<api::PutObject::Input>();
    input.Tagging = "a=1";
    const Error error = s3.refused_body<api::PutObject>(input, "x");
    CHECK(error.message() ==
          "User: arn:aws:iam::000000000000:root is not authorized to perform: "
          "s3:PutObjectTagging on resource: \"arn:aws:s3:::bucket/k\" with an explicit "
          "deny in a resource-based policy");
}

TEST_CASE("Whom a bucket's ACL lets write may say everything of his object") {
    Shared s3;
    api::PutBucketAcl::Input acl;
    acl.Bucket = "bucket";
    acl.ACL = "public-read-write";
    s3.call<api::PutBucketAcl>(acl);
    auto input = named<api::PutObject::Input>();
    input.ACL = "public-read";
    input.Tagging = "a=1";
    CHECK(s3.outcome<api::PutObject>(input, kOther) == "ok");
    s3.allow(R"("s3:PutObjectAcl")", "Deny", R"("*")");
    CHECK(s3.outcome<api::PutObject>(input, kOther) == "AccessDenied");
}

TEST_CASE("A copy that takes tags along reads them at its source and writes them at its target") {
    Shared s3;
    api::CreateBucket::Input theirs;
    theirs.Bucket = "theirs";
    s3.call<api::CreateBucket>(theirs, kOther);
    auto put = named<api::PutObject::Input>();
    const std::string plain = *s3.put(put, "x").VersionId;
    put.Tagging = "a=1";
    const std::string tagged = *s3.put(put, "x").VersionId;
    api::CopyObject::Input copy;
    copy.Bucket = "theirs";
    copy.Key = "k";
    copy.CopySource = "bucket/k";
    s3.allow(R"("s3:GetObject")");
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "AccessDenied");
    copy.TaggingDirective = "REPLACE";
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "ok");
    copy.TaggingDirective.reset();
    s3.allow(R"("s3:GetObject","s3:GetObjectTagging")");
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "ok");
    copy.CopySource = "bucket/k?versionId=" + tagged;
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "AccessDenied");
    s3.allow(R"("s3:GetObjectVersion")");
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "AccessDenied");
    copy.CopySource = "bucket/k?versionId=" + plain;
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "ok");
    copy.CopySource = "bucket/k?versionId=" + tagged;
    s3.allow(R"("s3:GetObjectVersion","s3:GetObjectVersionTagging")");
    CHECK(s3.outcome<api::CopyObject>(copy, kOther) == "ok");
    // The target's side: within the bucket, by a policy that denies tags.
    copy = named<api::CopyObject::Input>();
    copy.Key = "copy";
    copy.CopySource = "bucket/k";
    s3.allow(R"("s3:PutObjectTagging")", "Deny", R"("*")");
    CHECK(s3.outcome<api::CopyObject>(copy, kOwner) == "AccessDenied");
    copy.TaggingDirective = "REPLACE";
    CHECK(s3.outcome<api::CopyObject>(copy, kOwner) == "ok");
    copy.Tagging = "b=2";
    CHECK(s3.outcome<api::CopyObject>(copy, kOwner) == "AccessDenied");
}

TEST_CASE("A read shows the count of tags, the retention and the hold to those only who may get them") {
    Shared s3;
    auto put = named<api::PutObject::Input>();
    put.ContentMD5 = "ndTkYSaMgDT1yFZOFVxnpg==";
    put.Tagging = "a=1";
    put.ObjectLockMode = "GOVERNANCE";
    put.ObjectLockRetainUntilDate = s3.tomorrow();
    put.ObjectLockLegalHoldStatus = "ON";
    s3.put(put, "x");
    s3.allow(R"("s3:GetObject")");
    const auto head = named<api::HeadObject::Input>();
    auto output = s3.call<api::HeadObject>(head, kOther);
    CHECK_FALSE(output.ObjectLockMode);
    CHECK_FALSE(output.ObjectLockRetainUntilDate);
    CHECK_FALSE(output.ObjectLockLegalHoldStatus);
    s3.allow(R"("s3:GetObject","s3:GetObjectRetention","s3:GetObjectTagging")");
    output = s3.call<api::HeadObject>(head, kOther);
    CHECK(*output.ObjectLockMode == "GOVERNANCE");
    CHECK_FALSE(output.ObjectLockLegalHoldStatus);
    CHECK(*output.TagCount == 1);
    output = s3.call<api::HeadObject>(head);
    CHECK(*output.ObjectLockLegalHoldStatus == "ON");
}

TEST_CASE("GetObjectAttributes asks for the object's permission too, and for those of the version it names") {
    Shared s3;
    const std::string version = *s3.put("bucket", "k", "x").VersionId;
    auto input = named<api::GetObjectAttributes::Input>();
    input.ObjectAttributes = {"ETag"};
    s3.allow(R"("s3:GetObjectAttributes")");
    CHECK(s3.outcome<api::GetObjectAttributes>(input, kOther) == "AccessDenied");
    s3.allow(R"("s3:GetObjectAttributes","s3:GetObject")");
    CHECK(s3.outcome<api::GetObjectAttributes>(input, kOther) == "ok");
    input.VersionId = version;
    CHECK(s3.outcome<api::GetObjectAttributes>(input, kOther) == "AccessDenied");
    s3.allow(R"("s3:GetObjectVersionAttributes","s3:GetObjectVersion")");
    CHECK(s3.outcome<api::GetObjectAttributes>(input, kOther) == "ok");
}

TEST_CASE("Who began an upload is told, and may see and abort it where the policy does not deny it") {
    Shared s3;
    s3.allow(R"("s3:PutObject")");
    const std::string id =
        *s3.call<api::CreateMultipartUpload>(named<api::CreateMultipartUpload::Input>(), kOther).UploadId;
    auto parts = named<api::ListParts::Input>();
    parts.UploadId = id;
    CHECK(*s3.call<api::ListParts>(parts, kOther).Initiator->ID == owner_id("111122223333"));
    CHECK(s3.outcome<api::ListParts>(parts, Caller{"444455556666", "us-east-1"}) == "AccessDenied");
    api::ListMultipartUploads::Input list;
    list.Bucket = "bucket";
    CHECK(*s3.call<api::ListMultipartUploads>(list).Uploads->at(0).Initiator->ID == owner_id("111122223333"));
    auto abort = named<api::AbortMultipartUpload::Input>();
    abort.UploadId = id;
    s3.allow(R"("s3:AbortMultipartUpload")", "Deny");
    CHECK(s3.outcome<api::AbortMultipartUpload>(abort, kOther) == "AccessDenied");
    s3.allow(R"("s3:PutObject")");
    abort.UploadId = "none";
    CHECK(s3.outcome<api::AbortMultipartUpload>(abort, kOther) == "AccessDenied");
    abort.UploadId = id;
    CHECK(s3.outcome<api::AbortMultipartUpload>(abort, kOther) == "ok");
}

TEST_CASE("Uploads of one key are listed in the order of their beginnings") {
    Shared s3;
    std::vector<std::string> begun;
    for (int i = 0; i < 4; ++i) {
        begun.push_back(
            *s3.call<api::CreateMultipartUpload>(named<api::CreateMultipartUpload::Input>()).UploadId);
        s3.harness.advance(std::chrono::seconds(1));
    }
    api::ListMultipartUploads::Input list;
    list.Bucket = "bucket";
    std::vector<std::string> listed;
    list.MaxUploads = 1;
    while (listed.size() < 10) {
        const auto page = s3.call<api::ListMultipartUploads>(list);
        for (const auto& upload : *page.Uploads) listed.push_back(*upload.UploadId);
        if (!*page.IsTruncated) break;
        list.KeyMarker = page.NextKeyMarker;
        list.UploadIdMarker = page.NextUploadIdMarker;
    }
    CHECK(listed == begun);
}

TEST_CASE("Lists tell of each object whose it is") {
    Shared s3;
    s3.put("bucket", "a", "x");
    s3.allow(R"("s3:PutObject")");
    CHECK(s3.outcome<api::PutObject>(named<api::PutObject::Input>(), kOther) == "ok");
    const std::string owner = owner_id("000000000000");
    const std::string other = owner_id("111122223333");
    api::ListObjects::Input v1;
    v1.Bucket = "bucket";
    auto listed = s3.call<api::ListObjects>(v1);
    CHECK(*listed.Contents->at(0).Owner->ID == owner);
    CHECK(*listed.Contents->at(1).Owner->ID == other);
    api::ListObjectsV2::Input v2;
    v2.Bucket = "bucket";
    CHECK_FALSE(s3.call<api::ListObjectsV2>(v2).Contents->at(1).Owner);
    v2.FetchOwner = true;
    CHECK(*s3.call<api::ListObjectsV2>(v2).Contents->at(1).Owner->ID == other);
    CHECK_FALSE(s3.call<api::ListObjectsV2>(v2).Contents->at(1).RestoreStatus);
    api::ListObjectVersions::Input versions;
    versions.Bucket = "bucket";
    const auto all = s3.call<api::ListObjectVersions>(versions);
    CHECK(*all.Entries->at(0).Version->Owner->ID == owner);
    CHECK(*all.Entries->at(1).Version->Owner->ID == other);
    api::PutBucketOwnershipControls::Input enforced;
    enforced.Bucket = "bucket";
    enforced.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership =
        "BucketOwnerEnforced";
    s3.call<api::PutBucketOwnershipControls>(enforced);
    listed = s3.call<api::ListObjects>(v1);
    CHECK(*listed.Contents->at(1).Owner->ID == owner);
}

}  // namespace fogbank::s3::test
