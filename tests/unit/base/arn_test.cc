#include "src/base/arn.h"

#include <catch2/catch.hpp>

using fogbank::Arn;

TEST_CASE("an ARN is made of its parts and gives them back") {
    Arn arn("aws", "lambda", "eu-west-1", "123456789012", "function:f:live");
    CHECK(arn.text() == "arn:aws:lambda:eu-west-1:123456789012:function:f:live");
    CHECK(Arn::parse(arn.text()) == arn);
    CHECK(arn.partition() == "aws");
    CHECK(arn.service() == "lambda");
    CHECK(arn.region() == "eu-west-1");
    CHECK(arn.account() == "123456789012");
    CHECK(arn.resource() == "function:f:live");
    CHECK_FALSE(arn.empty());
}

TEST_CASE("region and account of an ARN may be empty, as S3's are") {
    auto arn = Arn::parse("arn:aws:s3:::photos/2026/a:b.jpg");
    REQUIRE(arn);
    CHECK(arn->region() == "");
    CHECK(arn->account() == "");
    CHECK(arn->resource() == "photos/2026/a:b.jpg");
}

TEST_CASE("what lacks a part is no ARN") {
    for (const char* bad : {"", "arn", "arn:", "arn:aws:s3", "arn:aws:s3::", "arn:aws:s3:::", "arn::s3:::b",
                            "arn:aws::::b", "ARN:aws:s3:::b", "x:arn:aws:s3:::b"}) {
        INFO(bad);
        CHECK_FALSE(Arn::parse(bad).has_value());
    }
    CHECK(Arn().empty());
    CHECK(Arn().resource() == "");
}
