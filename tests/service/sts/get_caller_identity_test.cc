#include "services/sts/model/get_caller_identity.h"
#include "services/sts/service.h"
#include "tests/support/harness.h"

#include <catch2/catch.hpp>

using namespace fogbank;

TEST_CASE("GetCallerIdentity answers the root user of the caller's account") {
    sts::Service service;
    test::Harness harness;
    harness.add(service);
    const auto identity = harness.call<sts::api::GetCallerIdentity>({}, {"123456789012", "eu-west-1"});
    CHECK(identity.Account == "123456789012");
    CHECK(identity.Arn == "arn:aws:iam::123456789012:root");
    CHECK(identity.UserId == "123456789012");
}
