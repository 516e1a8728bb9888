#include "services/sts/identity.h"

#include <catch2/catch.hpp>

using namespace fogbank;

namespace {

auth::Principal principal(auth::PrincipalKind kind, std::string account, std::string arn) {
    auth::Principal result;
    result.kind = kind;
    result.account = std::move(account);
    result.arn = std::move(arn);
    return result;
}

}  // namespace

TEST_CASE("The root user of an account has the account as its id") {
    const auto identity = sts::identify(
        principal(auth::PrincipalKind::account, "123456789012", "arn:aws:iam::123456789012:root"),
        "123456789012", "aws");
    CHECK(identity.account == "123456789012");
    CHECK(identity.arn == "arn:aws:iam::123456789012:root");
    CHECK(identity.user_id == "123456789012");
}

TEST_CASE("A user has an AIDA id and an assumed role the role's id and the session") {
    const auto user = sts::identify(
        principal(auth::PrincipalKind::user, "123456789012", "arn:aws:iam::123456789012:user/anna"), "",
        "aws");
    CHECK(user.arn == "arn:aws:iam::123456789012:user/anna");
    CHECK(user.user_id.size() == 21);
    CHECK(user.user_id.starts_with("AIDA"));

    const auto role = sts::identify(principal(auth::PrincipalKind::role, "123456789012",
                                              "arn:aws:sts::123456789012:assumed-role/worker/job-7"),
                                    "", "aws");
    CHECK(role.user_id == sts::unique_id("AROA", "arn:aws:iam::123456789012:role/worker") + ":job-7");
}

TEST_CASE("A principal without an ARN is the root of the account of the call") {
    const auto identity =
        sts::identify(principal(auth::PrincipalKind::account, "", ""), "000000000042", "aws");
    CHECK(identity.arn == "arn:aws:iam::000000000042:root");
    CHECK(identity.account == "000000000042");
}

TEST_CASE("A unique id depends on the ARN alone") {
    CHECK(sts::unique_id("AIDA", "arn:aws:iam::123456789012:user/anna") ==
          sts::unique_id("AIDA", "arn:aws:iam::123456789012:user/anna"));
    CHECK(sts::unique_id("AIDA", "arn:aws:iam::123456789012:user/anna") !=
          sts::unique_id("AIDA", "arn:aws:iam::123456789012:user/bert"));
}
