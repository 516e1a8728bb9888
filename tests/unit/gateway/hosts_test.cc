#include "src/gateway/hosts.h"

#include <catch2/catch.hpp>

using namespace fogbank::gateway;

namespace {

struct Row {
    const char *host, *service, *label, *region;
};

void check(const Row& row, const char* configured = "localhost.localstack.cloud") {
    HostForm form = parse_host(row.host, configured);
    INFO(row.host);
    CHECK(form.service == row.service);
    CHECK(form.label == row.label);
    CHECK(form.region == row.region);
}

}  // namespace

TEST_CASE("every host form of the conventions is understood") {
    for (const Row& row : {
             Row{"photos.s3.localhost.localstack.cloud", "s3", "photos", ""},
             Row{"photos.s3.eu-west-1.localhost.localstack.cloud", "s3", "photos", "eu-west-1"},
             Row{"s3.eu-west-1.localhost.localstack.cloud", "s3", "", "eu-west-1"},
             Row{"s3.localhost.localstack.cloud", "s3", "", ""},
             Row{"photos.localhost", "s3", "photos", ""},
             Row{"photos.s3.localhost", "s3", "photos", ""},
             Row{"photos.s3-website.localhost.localstack.cloud", "s3-website", "photos", ""},
             Row{"photos.s3-website.us-east-1.localhost.localstack.cloud", "s3-website", "photos",
                 "us-east-1"},
             Row{"a1b2c3.execute-api.localhost.localstack.cloud", "execute-api", "a1b2c3", ""},
             Row{"a1b2c3.execute-api.us-east-1.localhost.localstack.cloud", "execute-api", "a1b2c3",
                 "us-east-1"},
             Row{"a1b2c3.execute-api.localhost", "execute-api", "a1b2c3", ""},
             Row{"abc.lambda-url.us-east-1.localhost.localstack.cloud", "lambda-url", "abc", "us-east-1"},
             Row{"abc.lambda-url.us-east-1.localhost", "lambda-url", "abc", "us-east-1"},
             Row{"dynamodb.us-east-1.localhost.localstack.cloud", "dynamodb", "", "us-east-1"},
             Row{"sqs.localhost.localstack.cloud", "sqs", "", ""},
         }) {
        check(row);
    }
}

TEST_CASE("AWS's own hosts are understood, for clients whose DNS points here") {
    for (const Row& row : {
             Row{"photos.s3.amazonaws.com", "s3", "photos", ""},
             Row{"photos.s3.us-west-2.amazonaws.com", "s3", "photos", "us-west-2"},
             Row{"photos.s3-us-west-2.amazonaws.com", "s3", "photos", "us-west-2"},
             Row{"photos.s3.dualstack.us-west-2.amazonaws.com", "s3", "photos", "us-west-2"},
             Row{"s3.dualstack.us-west-2.amazonaws.com", "s3", "", "us-west-2"},
             Row{"s3.us-west-2.amazonaws.com", "s3", "", "us-west-2"},
             Row{"s3.cn-north-1.amazonaws.com.cn", "s3", "", "cn-north-1"},
             Row{"photos.s3-website-us-east-1.amazonaws.com", "s3-website", "photos", "us-east-1"},
             Row{"photos.s3-website.eu-central-1.amazonaws.com", "s3-website", "photos", "eu-central-1"},
             Row{"sts.us-gov-west-1.amazonaws.com", "sts", "", "us-gov-west-1"},
             Row{"streams.dynamodb.us-east-1.amazonaws.com", "streams.dynamodb", "", "us-east-1"},
         }) {
        check(row);
    }
}

TEST_CASE("a bucket's name may have dots, dashes, and the look of a region or a service") {
    for (const Row& row : {
             Row{"my.dotted.bucket.s3.localhost.localstack.cloud", "s3", "my.dotted.bucket", ""},
             Row{"my.dotted.bucket.localhost", "s3", "my.dotted.bucket", ""},
             Row{"my-bucket-1.localhost", "s3", "my-bucket-1", ""},
             Row{"a.my-bucket-1.localhost", "s3", "a.my-bucket-1", ""},
             Row{"us-east-1.localhost", "s3", "us-east-1", ""},
             Row{"my-bucket-1.s3.localhost", "s3", "my-bucket-1", ""},
             Row{"dynamodb.s3.localhost", "s3", "dynamodb", ""},
             Row{"s3.s3.localhost", "s3", "s3", ""},
         }) {
        check(row);
    }
}

TEST_CASE("a host that names nothing leaves the question to the signature") {
    for (const char* host :
         {"localhost", "127.0.0.1", "[::1]", "localhost.localstack.cloud", "fogbank", "10.1.2.3",
          "host.docker.internal", "", "example.com", "s3.fogbank", "amazonaws.com", ".localhost"}) {
        HostForm form = parse_host(host, "localhost.localstack.cloud");
        INFO(host);
        CHECK(form.service == "");
        CHECK(form.label == "");
    }
}

TEST_CASE("the configured host and compose names take the same forms") {
    check({"photos.s3.fogbank", "s3", "photos", ""}, "fogbank");
    check({"s3.eu-west-1.fogbank", "s3", "", "eu-west-1"}, "fogbank");
    check({"x1.execute-api.aws.test", "execute-api", "x1", ""}, "aws.test");
    check({"photos.s3.other", "s3", "photos", ""}, "fogbank");
    check({"photos.s3.eu-west-1.other", "s3", "photos", "eu-west-1"}, "fogbank");
    check({"x1.lambda-url.us-east-1.other", "lambda-url", "x1", "us-east-1"}, "fogbank");
    check({"photos.fogbank", "", "", ""}, "fogbank");
}

TEST_CASE("a host name is the Host header without its port, in lower case") {
    CHECK(host_name("LocalHost:4566") == "localhost");
    CHECK(host_name("photos.S3.localhost") == "photos.s3.localhost");
    CHECK(host_name("[::1]:4566") == "[::1]");
    CHECK(host_name("[FE80::1]") == "[fe80::1]");
    CHECK(host_name("") == "");
}

TEST_CASE("regions are told from other names by AWS's pattern") {
    for (const char* region : {"us-east-1", "eu-central-2", "ap-southeast-4", "us-gov-west-1",
                               "cn-northwest-1", "us-isob-east-1", "il-central-1"}) {
        INFO(region);
        CHECK(looks_like_region(region));
    }
    for (const char* other :
         {"", "us-east", "us-east-0", "us-east-12", "my-bucket-1", "useast-1", "US-EAST-1", "us-east-1a",
          "us-east-x", "u-east-1", "us-e4st-1", "us-gov-x-west-1", "-us-east-1"}) {
        INFO(other);
        CHECK_FALSE(looks_like_region(other));
    }
}
