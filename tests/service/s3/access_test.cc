#include "services/s3/model/create_bucket.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_bucket_policy.h"
#include "services/s3/model/delete_public_access_block.h"
#include "services/s3/model/get_bucket_acl.h"
#include "services/s3/model/get_bucket_location.h"
#include "services/s3/model/get_bucket_policy.h"
#include "services/s3/model/get_bucket_policy_status.h"
#include "services/s3/model/get_bucket_tagging.h"
#include "services/s3/model/head_bucket.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_bucket_policy.h"
#include "services/s3/model/put_bucket_request_payment.h"
#include "services/s3/model/put_public_access_block.h"
#include "services/s3/names.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

using fogbank::test::Caller;

namespace {

const Caller kNobody{"", "us-east-1"};
const Caller kOther{"111122223333", "us-east-1"};

template <class Op>
typename Op::Input on(const std::string& bucket) {
    typename Op::Input input;
    input.Bucket = bucket;
    return input;
}

template <class Op>
std::string outcome(S3& s3, const typename Op::Input& input, const Caller& caller) {
    try {
        s3.call<Op>(input, caller);
    } catch (const Error& error) {
        return error.code();
    }
    return "ok";
}

void put_policy(S3& s3, const std::string& bucket, const std::string& statement) {
    auto input = on<api::PutBucketPolicy>(bucket);
    input.Policy = R"({"Version":"2012-10-17","Statement":[)" + statement + "]}";
    s3.call<api::PutBucketPolicy>(input);
}

void open_up(S3& s3, const std::string& bucket) {
    s3.call<api::DeletePublicAccessBlock>(on<api::DeletePublicAccessBlock>(bucket));
    auto input = on<api::PutBucketOwnershipControls>(bucket);
    input.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = "ObjectWriter";
    s3.call<api::PutBucketOwnershipControls>(input);
}

const std::string kAllowHead =
    R"({"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::guarded"})";

}  // namespace

TEST_CASE("Without a grant nobody but the owner may use a bucket") {
    S3 s3;
    s3.create("guarded");
    const auto head = on<api::HeadBucket>("guarded");
    CHECK(outcome<api::HeadBucket>(s3, head, {}) == "ok");
    CHECK(outcome<api::HeadBucket>(s3, head, kOther) == "AccessDenied");
    CHECK(outcome<api::HeadBucket>(s3, head, kNobody) == "AccessDenied");
    CHECK(outcome<api::DeleteBucket>(s3, on<api::DeleteBucket>("guarded"), kOther) == "AccessDenied");
    CHECK(outcome<api::GetBucketTagging>(s3, on<api::GetBucketTagging>("guarded"), kOther) == "AccessDenied");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("absent"), kNobody) == "NoSuchBucket");
    CHECK(outcome<api::ListBuckets>(s3, {}, kNobody) == "AccessDenied");
    CHECK(outcome<api::CreateBucket>(s3, on<api::CreateBucket>("nobodys"), kNobody) == "AccessDenied");
    const Error error = s3.refused<api::GetBucketLocation>(on<api::GetBucketLocation>("guarded"), kOther);
    CHECK(error.http_status() == 403);
    CHECK(error.message() == "Access Denied");
}

TEST_CASE("A bucket policy lets others in, by account, under conditions, until it goes") {
    S3 s3;
    s3.create("guarded");
    const auto head = on<api::HeadBucket>("guarded");
    put_policy(
        s3, "guarded",
        R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:ListBucket",)"
        R"("Resource":"arn:aws:s3:::guarded","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}})");
    CHECK(outcome<api::HeadBucket>(s3, head, kOther) == "ok");
    CHECK(outcome<api::HeadBucket>(s3, head, kNobody) == "AccessDenied");
    CHECK(outcome<api::GetBucketLocation>(s3, on<api::GetBucketLocation>("guarded"), kOther) ==
          "AccessDenied");
    put_policy(
        s3, "guarded",
        R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:ListBucket",)"
        R"("Resource":"arn:aws:s3:::guarded","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}})");
    CHECK(outcome<api::HeadBucket>(s3, head, kOther) == "AccessDenied");
    s3.call<api::DeleteBucketPolicy>(on<api::DeleteBucketPolicy>("guarded"));
    CHECK(s3.refused<api::GetBucketPolicy>(on<api::GetBucketPolicy>("guarded")).code() ==
          "NoSuchBucketPolicy");
    CHECK(outcome<api::HeadBucket>(s3, head, kOther) == "AccessDenied");
}

TEST_CASE("A Deny holds the owner off too, but never from the policy itself") {
    S3 s3;
    s3.create("guarded");
    put_policy(s3, "guarded",
               R"({"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::guarded",)"
               R"("arn:aws:s3:::guarded/*"]})");
    const Error error = s3.refused<api::GetBucketLocation>(on<api::GetBucketLocation>("guarded"));
    CHECK(error.code() == "AccessDenied");
    CHECK(error.message() ==
          "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:GetBucketLocation on "
          "resource: "
          "\"arn:aws:s3:::guarded\" with an explicit deny in a resource-based policy");
    CHECK_NOTHROW(s3.call<api::GetBucketPolicy>(on<api::GetBucketPolicy>("guarded")));
    s3.call<api::DeleteBucketPolicy>(on<api::DeleteBucketPolicy>("guarded"));
    CHECK(outcome<api::GetBucketLocation>(s3, on<api::GetBucketLocation>("guarded"), {}) == "ok");
}

TEST_CASE("The public access block refuses public policies, and keeps the public out of those that stand") {
    S3 s3;
    s3.create("guarded");
    auto policy = on<api::PutBucketPolicy>("guarded");
    policy.Policy = R"({"Version":"2012-10-17","Statement":[)" + kAllowHead + "]}";
    const Error error = s3.refused<api::PutBucketPolicy>(policy);
    CHECK(error.code() == "AccessDenied");
    CHECK(
        error.message() ==
        "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:PutBucketPolicy on resource: "
        "\"arn:aws:s3:::guarded\" because public policies are blocked by the BlockPublicPolicy block public "
        "access "
        "setting.");
    s3.call<api::DeletePublicAccessBlock>(on<api::DeletePublicAccessBlock>("guarded"));
    s3.call<api::PutBucketPolicy>(policy);
    CHECK(*s3.call<api::GetBucketPolicyStatus>(on<api::GetBucketPolicyStatus>("guarded"))
               .PolicyStatus->IsPublic);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), kNobody) == "ok");
    auto block = on<api::PutPublicAccessBlock>("guarded");
    block.PublicAccessBlockConfiguration.emplace().RestrictPublicBuckets = true;
    s3.call<api::PutPublicAccessBlock>(block);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), kNobody) == "AccessDenied");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), {}) == "ok");
}

TEST_CASE("A bucket's ACL is canned, granted by headers or a document, and read back as grants") {
    S3 s3;
    s3.create("listed");
    const std::string owner = owner_id("000000000000");
    const std::string other = owner_id("111122223333");
    auto put = on<api::PutBucketAcl>("listed");
    CHECK(outcome<api::PutBucketAcl>(s3, put, {}) == "MissingSecurityHeader");
    put.ACL = "public-read";
    CHECK(outcome<api::PutBucketAcl>(s3, put, {}) == "AccessControlListNotSupported");
    const auto get = on<api::GetBucketAcl>("listed");
    REQUIRE(s3.call<api::GetBucketAcl>(get).Grants->size() == 1);
    open_up(s3, "listed");
    s3.call<api::PutBucketAcl>(put);
    auto acl = s3.call<api::GetBucketAcl>(get);
    REQUIRE(acl.Grants->size() == 2);
    CHECK(*acl.Owner->ID == owner);
    CHECK(*acl.Grants->at(0).Grantee->ID == owner);
    CHECK(*acl.Grants->at(0).Permission == "FULL_CONTROL");
    CHECK(*acl.Grants->at(1).Grantee->URI == "http://acs.amazonaws.com/groups/global/AllUsers");
    CHECK(*acl.Grants->at(1).Permission == "READ");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("listed"), kNobody) == "ok");
    CHECK(outcome<api::GetBucketAcl>(s3, get, kNobody) == "AccessDenied");
    put.GrantRead = "id=\"" + other + "\"";
    CHECK(outcome<api::PutBucketAcl>(s3, put, {}) == "InvalidRequest");
    put.ACL.reset();
    put.GrantReadACP = "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"";
    s3.call<api::PutBucketAcl>(put);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("listed"), kOther) == "ok");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("listed"), kNobody) == "AccessDenied");
    CHECK(outcome<api::GetBucketAcl>(s3, get, kOther) == "ok");
    put.GrantRead = "emailAddress=\"a@example.com\"";
    CHECK(s3.refused<api::PutBucketAcl>(put).http_status() == 405);
    put.GrantRead = "id=\"nobody\"";
    CHECK(s3.refused<api::PutBucketAcl>(put).message() == "Invalid id");
    auto document = on<api::PutBucketAcl>("listed");
    document.AccessControlPolicy.emplace().Owner.emplace().ID = owner;
    auto& grant = document.AccessControlPolicy->Grants.emplace().emplace_back();
    grant.Permission = "FULL_CONTROL";
    grant.Grantee.emplace().Type = "CanonicalUser";
    grant.Grantee->ID = other;
    s3.call<api::PutBucketAcl>(document);
    CHECK(outcome<api::GetBucketAcl>(s3, get, kOther) == "ok");
    CHECK(outcome<api::GetBucketAcl>(s3, get, {}) == "ok");
    document.AccessControlPolicy->Owner->ID = other;
    CHECK(outcome<api::PutBucketAcl>(s3, document, {}) == "AccessDenied");
    document.AccessControlPolicy->Owner.reset();
    CHECK(outcome<api::PutBucketAcl>(s3, document, {}) == "MalformedACLError");
}

TEST_CASE("Public ACLs are refused where they are blocked, and ignored where that is set") {
    S3 s3;
    s3.create("listed");
    open_up(s3, "listed");
    auto put = on<api::PutBucketAcl>("listed");
    put.ACL = "public-read";
    s3.call<api::PutBucketAcl>(put);
    auto block = on<api::PutPublicAccessBlock>("listed");
    block.PublicAccessBlockConfiguration.emplace().IgnorePublicAcls = true;
    s3.call<api::PutPublicAccessBlock>(block);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("listed"), kNobody) == "AccessDenied");
    block.PublicAccessBlockConfiguration.emplace().BlockPublicAcls = true;
    s3.call<api::PutPublicAccessBlock>(block);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("listed"), kNobody) == "ok");
    const Error error = s3.refused<api::PutBucketAcl>(put);
    CHECK(error.code() == "AccessDenied");
    CHECK(
        error.message().ends_with("because public access control lists (ACLs) are blocked by the "
                                  "BlockPublicAcls block public access setting."));
    put.ACL = "private";
    CHECK(outcome<api::PutBucketAcl>(s3, put, {}) == "ok");
    auto owned = on<api::PutBucketOwnershipControls>("listed");
    owned.OwnershipControls.emplace().Rules.emplace().emplace_back().ObjectOwnership = "BucketOwnerEnforced";
    CHECK(outcome<api::PutBucketOwnershipControls>(s3, owned, {}) == "ok");
}

TEST_CASE("Where the requester pays, others say that they do and the anonymous cannot") {
    S3 s3;
    s3.create("guarded");
    s3.call<api::DeletePublicAccessBlock>(on<api::DeletePublicAccessBlock>("guarded"));
    put_policy(s3, "guarded", kAllowHead);
    auto payment = on<api::PutBucketRequestPayment>("guarded");
    payment.RequestPaymentConfiguration.emplace().Payer = "Requester";
    s3.call<api::PutBucketRequestPayment>(payment);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), kOther) == "AccessDenied");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), kNobody) == "AccessDenied");
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("guarded"), {}) == "ok");
    auto list = on<api::ListObjectsV2>("guarded");
    CHECK(outcome<api::ListObjectsV2>(s3, list, kOther) == "AccessDenied");
    list.RequestPayer = "requester";
    CHECK(s3.call<api::ListObjectsV2>(list, kOther).RequestCharged == "requester");
    CHECK_FALSE(s3.call<api::ListObjectsV2>(list).RequestCharged);
}

TEST_CASE("A bucket is created with tags, with grants where ACLs are on, never with a public ACL") {
    S3 s3;
    auto input = on<api::CreateBucket>("made");
    auto& tags = input.CreateBucketConfiguration.emplace().Tags.emplace();
    tags.emplace_back().Key = "a";
    tags.back().Value = "b";
    s3.call<api::CreateBucket>(input);
    CHECK(*s3.call<api::GetBucketTagging>(on<api::GetBucketTagging>("made")).TagSet->at(0).Value == "b");
    auto granted = on<api::CreateBucket>("granted");
    granted.GrantRead = "id=\"" + owner_id("111122223333") + "\"";
    CHECK(outcome<api::CreateBucket>(s3, granted, {}) == "InvalidBucketAclWithObjectOwnership");
    granted.ObjectOwnership = "ObjectWriter";
    s3.call<api::CreateBucket>(granted);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("granted"), kOther) == "ok");
    auto open = on<api::CreateBucket>("open");
    open.ObjectOwnership = "ObjectWriter";
    open.ACL = "public-read";
    CHECK(outcome<api::CreateBucket>(s3, open, {}) == "InvalidBucketAclWithBlockPublicAccessError");
    s3.service.make_open_buckets();
    s3.call<api::CreateBucket>(open);
    CHECK(outcome<api::HeadBucket>(s3, on<api::HeadBucket>("open"), kNobody) == "ok");
    auto directory = on<api::CreateBucket>("directory");
    directory.CreateBucketConfiguration.emplace().Bucket.emplace().Type = "Directory";
    CHECK(s3.refused<api::CreateBucket>(directory).http_status() == 501);
}

}  // namespace fogbank::s3::test
