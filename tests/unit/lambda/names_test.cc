#include "services/lambda/names.h"
#include "src/base/error.h"

#include <catch2/catch.hpp>

namespace fogbank::lambda {

namespace {

gateway::RequestContext context() {
    gateway::RequestContext result;
    result.account = "000000000000";
    result.region = "us-east-1";
    return result;
}

}  // namespace

TEST_CASE("A function is named by name, partial ARN or ARN, with or without a qualifier") {
    struct Row {
        const char* text;
        FunctionReference expected;
    };
    const Row row = GENERATE(
        Row{"f", {"000000000000", "us-east-1", "f", ""}}, Row{"f:3", {"000000000000", "us-east-1", "f", "3"}},
        Row{"f:$LATEST", {"000000000000", "us-east-1", "f", "$LATEST"}},
        Row{"f:prod", {"000000000000", "us-east-1", "f", "prod"}},
        Row{"function:f", {"000000000000", "us-east-1", "f", ""}},
        Row{"111122223333:function:f", {"111122223333", "us-east-1", "f", ""}},
        Row{"111122223333:function:f:prod", {"111122223333", "us-east-1", "f", "prod"}},
        Row{"arn:aws:lambda:eu-west-1:111122223333:function:my_f-1",
            {"111122223333", "eu-west-1", "my_f-1", ""}},
        Row{"arn:aws:lambda:eu-west-1:111122223333:function:f:7", {"111122223333", "eu-west-1", "f", "7"}},
        Row{"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f",
            {"111122223333", "us-gov-west-1", "f", ""}});
    const auto parsed = parse_function(row.text, "000000000000", "us-east-1");
    REQUIRE(parsed);
    CHECK(*parsed == row.expected);
}

TEST_CASE("What has none of a function name's forms is refused") {
    const std::string text =
        GENERATE(as<std::string>(), "", "a b", "a:b:c", "arn:aws:s3:::bucket", "f:", "arn:aws:lambda", "f.g");
    CHECK_FALSE(parse_function(text, "000000000000", "us-east-1"));
}

TEST_CASE("A qualifier beside the name counts, and must agree with one in the name") {
    CHECK(requested_function(context(), "f", "2").qualifier == "2");
    CHECK(requested_function(context(), "f:2", "2").qualifier == "2");
    CHECK_THROWS_WITH(requested_function(context(), "f:1", "2"),
                      "The derived qualifier from the function name does not match the specified qualifier.");
}

TEST_CASE("A function of another region is not reachable") {
    CHECK_THROWS_WITH(requested_function(context(), "arn:aws:lambda:eu-west-1:000000000000:function:f"),
                      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
}

TEST_CASE("A name longer than 64 characters is refused") {
    CHECK_NOTHROW(requested_function(context(), std::string(64, 'f')));
    CHECK_THROWS_AS(requested_function(context(), std::string(65, 'f')), Error);
}

TEST_CASE("A reference writes its ARN with and without the qualifier") {
    const FunctionReference reference{"000000000000", "us-east-1", "f", "prod"};
    CHECK(reference.arn() == "arn:aws:lambda:us-east-1:000000000000:function:f");
    CHECK(reference.qualified_arn() == "arn:aws:lambda:us-east-1:000000000000:function:f:prod");
}

}  // namespace fogbank::lambda
