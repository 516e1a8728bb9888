#include "services/s3/model/create_bucket.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/get_bucket_location.h"
#include "services/s3/model/head_bucket.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/put_object.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

using fogbank::test::Caller;

TEST_CASE("CreateBucket makes a bucket that HeadBucket, ListBuckets and GetBucketLocation know") {
    S3 s3;
    api::CreateBucket::Input create;
    create.Bucket = "plain";
    CHECK(*s3.call<api::CreateBucket>(create).Location == "/plain");
    create.Bucket = "paris";
    create.CreateBucketConfiguration.emplace().LocationConstraint = "eu-west-3";
    CHECK(*s3.call<api::CreateBucket>(create, {"000000000000", "eu-west-3"}).Location ==
          "http://paris.s3.amazonaws.com/");

    api::HeadBucket::Input head;
    head.Bucket = "paris";
    CHECK(*s3.call<api::HeadBucket>(head).BucketRegion == "eu-west-3");
    api::GetBucketLocation::Input location;
    location.Bucket = "paris";
    CHECK(*s3.call<api::GetBucketLocation>(location).LocationConstraint == "eu-west-3");
    location.Bucket = "plain";
    CHECK_FALSE(s3.call<api::GetBucketLocation>(location).LocationConstraint);

    const auto list = s3.call<api::ListBuckets>({});
    REQUIRE(list.Buckets->size() == 2);
    CHECK(*list.Buckets->at(0).Name == "paris");
    CHECK(*list.Buckets->at(1).Name == "plain");
    CHECK(list.Owner->ID->size() == 64);
    CHECK_FALSE(list.Buckets->at(0).BucketRegion);
    CHECK(s3.call<api::ListBuckets>({}, {"111122223333", "us-east-1"}).Buckets->empty());
}

TEST_CASE("ListBuckets pages by name and filters by prefix and region") {
    S3 s3;
    for (const char* name : {"a-one", "a-two", "b-one"}) s3.create(name);
    api::ListBuckets::Input input;
    input.MaxBuckets = 2;
    auto page = s3.call<api::ListBuckets>(input);
    REQUIRE(page.Buckets->size() == 2);
    CHECK(*page.Buckets->at(0).BucketRegion == "us-east-1");
    REQUIRE(page.ContinuationToken);
    input.ContinuationToken = page.ContinuationToken;
    page = s3.call<api::ListBuckets>(input);
    REQUIRE(page.Buckets->size() == 1);
    CHECK(*page.Buckets->at(0).Name == "b-one");
    CHECK_FALSE(page.ContinuationToken);
    api::ListBuckets::Input prefix;
    prefix.Prefix = "a-";
    CHECK(s3.call<api::ListBuckets>(prefix).Buckets->size() == 2);
    api::ListBuckets::Input region;
    region.BucketRegion = "eu-west-1";
    CHECK(s3.call<api::ListBuckets>(region).Buckets->empty());
}

TEST_CASE("CreateBucket follows AWS's rules for location constraints") {
    S3 s3;
    api::CreateBucket::Input input;
    input.Bucket = "located";
    const Error unspecified = s3.refused<api::CreateBucket>(input, {"000000000000", "eu-west-1"});
    CHECK(unspecified.code() == "IllegalLocationConstraintException");
    CHECK(unspecified.message() ==
          "The unspecified location constraint is incompatible for the region specific endpoint this request "
          "was sent "
          "to.");
    input.CreateBucketConfiguration.emplace().LocationConstraint = "us-west-2";
    CHECK(s3.refused<api::CreateBucket>(input, {"000000000000", "eu-west-1"}).message() ==
          "The us-west-2 location constraint is incompatible for the region specific endpoint this request "
          "was sent "
          "to.");
    input.CreateBucketConfiguration->LocationConstraint = "us-east-1";
    const Error invalid = s3.refused<api::CreateBucket>(input);
    CHECK(invalid.code() == "InvalidLocationConstraint");
    CHECK(detail(invalid, "LocationConstraint") == "us-east-1");
    input.CreateBucketConfiguration->LocationConstraint = "EU";
    s3.call<api::CreateBucket>(input);
    api::HeadBucket::Input head;
    head.Bucket = "located";
    CHECK(*s3.call<api::HeadBucket>(head).BucketRegion == "eu-west-1");
}

TEST_CASE("A bucket's name is taken for everybody, and re-creating it succeeds in us-east-1 only") {
    S3 s3;
    s3.create("mine");
    s3.create("mine");
    api::CreateBucket::Input input;
    input.Bucket = "mine";
    const Error exists = s3.refused<api::CreateBucket>(input, {"111122223333", "us-east-1"});
    CHECK(exists.code() == "BucketAlreadyExists");
    CHECK(exists.http_status() == 409);
    CHECK(detail(exists, "BucketName") == "mine");
    api::CreateBucket::Input west;
    west.Bucket = "west";
    west.CreateBucketConfiguration.emplace().LocationConstraint = "us-west-2";
    s3.call<api::CreateBucket>(west, {"000000000000", "us-west-2"});
    const Error owned = s3.refused<api::CreateBucket>(west, {"000000000000", "us-west-2"});
    CHECK(owned.code() == "BucketAlreadyOwnedByYou");
    CHECK(owned.message() ==
          "Your previous request to create the named bucket succeeded and you already own it.");
}

TEST_CASE("A canned ACL needs an ownership that allows ACLs") {
    S3 s3;
    api::CreateBucket::Input input;
    input.Bucket = "open-bucket";
    input.ACL = "public-read";
    CHECK(s3.refused<api::CreateBucket>(input).code() == "InvalidBucketAclWithObjectOwnership");
    input.ObjectOwnership = "ObjectWriter";
    input.ACL = "aws-exec-read";
    s3.call<api::CreateBucket>(input);
    s3.create("closed-bucket");
    auto put = S3::put_input("closed-bucket", "k");
    put.ACL = "public-read";
    CHECK(s3.refused_body<api::PutObject>(put, "x").code() == "AccessControlListNotSupported");
    put.Bucket = "open-bucket";
    put.ACL = "bucket-owner-read";
    CHECK_NOTHROW(s3.put(put, "x"));
}

TEST_CASE("DeleteBucket refuses a bucket with objects and forgets an empty one") {
    S3 s3;
    s3.create("doomed");
    s3.put("doomed", "k", "x");
    api::DeleteBucket::Input input;
    input.Bucket = "doomed";
    const Error full = s3.refused<api::DeleteBucket>(input);
    CHECK(full.code() == "BucketNotEmpty");
    CHECK(full.http_status() == 409);
    CHECK(full.message() == "The bucket you tried to delete is not empty");
    api::DeleteObject::Input object;
    object.Bucket = "doomed";
    object.Key = "k";
    s3.call<api::DeleteObject>(object);
    s3.call<api::DeleteBucket>(input);
    const Error gone = s3.refused<api::DeleteBucket>(input);
    CHECK(gone.code() == "NoSuchBucket");
    CHECK(gone.http_status() == 404);
    CHECK(detail(gone, "BucketName") == "doomed");
}

TEST_CASE("An expected owner that is not the owner is refused") {
    S3 s3;
    s3.create("owned");
    api::HeadBucket::Input input;
    input.Bucket = "owned";
    input.ExpectedBucketOwner = "111122223333";
    CHECK(s3.refused<api::HeadBucket>(input).http_status() == 403);
    input.ExpectedBucketOwner = "000000000000";
    CHECK_NOTHROW(s3.call<api::HeadBucket>(input));
}

TEST_CASE("Reset drops one account's buckets, or all") {
    S3 s3;
    s3.create("first");
    s3.put("first", "k", std::string(100'000, 'x'));
    api::CreateBucket::Input other;
    other.Bucket = "second";
    s3.call<api::CreateBucket>(other, {"111122223333", "us-east-1"});
    s3.harness.run(
        s3.harness.database().reset([&](store::Txn& txn) { s3.service.reset(txn, "000000000000"); }));
    CHECK(s3.call<api::ListBuckets>({}).Buckets->empty());
    CHECK(s3.call<api::ListBuckets>({}, {"111122223333", "us-east-1"}).Buckets->size() == 1);
    s3.harness.run(s3.harness.database().reset([&](store::Txn& txn) { s3.service.reset(txn, ""); }));
    CHECK(s3.call<api::ListBuckets>({}, {"111122223333", "us-east-1"}).Buckets->empty());
}

}  // namespace fogbank::s3::test
