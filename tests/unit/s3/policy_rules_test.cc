#include <catch2/catch.hpp>

#include "services/s3/access/actions.h"
#include "services/s3/access/policy_rules.h"
#include "src/base/error.h"

namespace fogbank::s3 {

namespace {

std::string refusal(const std::string& statement) {
    try {
        checked_bucket_policy(R"({"Version":"2012-10-17","Statement":[{)" + statement + "}]}", "bucket");
    } catch (const Error& error) {
        return error.code() + ": " + error.message();
    }
    return {};
}

bool open(const std::string& rest) {
    return is_public(checked_bucket_policy(
        R"({"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*",)" +
            rest + "}]}",
        "bucket"));
}

}  // namespace

TEST_CASE("A bucket policy is refused in AWS's words") {
    const std::string allow = R"("Effect":"Allow","Principal":"*",)";
    CHECK(refusal(allow + R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*")").empty());
    CHECK(refusal(allow + R"("Action":"s3:*","Resource":"arn:aws:s3:::bucket")").empty());
    CHECK(refusal(R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket")") ==
          "MalformedPolicy: Missing required field Principal");
    CHECK(refusal(allow + R"("Action":"s3:*")") == "MalformedPolicy: Missing required field Resource");
    CHECK(refusal(allow + R"("Action":"s3:GetObjct","Resource":"arn:aws:s3:::bucket/*")") ==
          "MalformedPolicy: Policy has invalid action");
    CHECK(refusal(allow + R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*")") ==
          "MalformedPolicy: Policy has invalid resource");
    CHECK(refusal(allow + R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket")") ==
          "MalformedPolicy: Action does not apply to any resource(s) in statement");
    CHECK(refusal(allow + R"("Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket/*")") ==
          "MalformedPolicy: Action does not apply to any resource(s) in statement");
    CHECK(refusal(R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:user/*"},"Action":"s3:*",)"
                  R"("Resource":"*")") == "MalformedPolicy: Invalid principal in policy");
    CHECK(refusal(allow + R"("Action":"s3:*","Resource":"*","Condition":{"StringSame":{"k":"v"}})") ==
          "MalformedPolicy: Invalid Condition type : StringSame");
    try {
        checked_bucket_policy("no", "bucket");
        FAIL();
    } catch (const Error& error) {
        CHECK(error.message() == "Policies must be valid JSON and the first byte must be '{'");
    }
    try {
        checked_bucket_policy(std::string(20'481, ' '), "bucket");
        FAIL();
    } catch (const Error& error) {
        CHECK(error.code() == "PolicyTooLarge");
    }
}

TEST_CASE("A policy is public where everyone is let in without a fixed condition") {
    CHECK(open(R"("Principal":"*")"));
    CHECK(open(R"("Principal":{"AWS":"*"})"));
    CHECK_FALSE(open(R"("Principal":{"AWS":"111122223333"})"));
    CHECK_FALSE(open(R"("Principal":"*","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}})"));
    CHECK(open(R"("Principal":"*","Condition":{"StringLike":{"aws:SourceVpc":"vpc-*"}})"));
    CHECK_FALSE(open(R"("Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})"));
    CHECK(open(R"("Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}})"));
    CHECK(open(R"("Principal":"*","Condition":{"StringEquals":{"s3:prefix":"a"}})"));
}

TEST_CASE("Operations ask for AWS's permissions") {
    CHECK(action_of("HeadObject", VersionNamed::no) == "s3:GetObject");
    CHECK(action_of("HeadObject", VersionNamed::yes) == "s3:GetObjectVersion");
    CHECK(action_of("ListObjectsV2", VersionNamed::no) == "s3:ListBucket");
    CHECK(action_of("DeleteBucketCors", VersionNamed::no) == "s3:PutBucketCORS");
    CHECK(action_of("PutObjectAcl", VersionNamed::yes) == "s3:PutObjectVersionAcl");
    CHECK(resources_of_action("s3:*") == (kOnBucket | kOnObject | kOnNothing));
    CHECK(resources_of_action("S3:getobject") == kOnObject);
    CHECK(resources_of_action("s3:Nothing") == 0);
}

}  // namespace fogbank::s3
