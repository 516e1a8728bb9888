// Who makes a call.
#pragma once

#include <string>

namespace fogbank::auth {

enum class PrincipalKind { account, user, role, service, anonymous };

struct Principal {
    PrincipalKind kind = PrincipalKind::account;
    std::string account;     // 12 digits; empty for anonymous
    std::string arn;         // arn:aws:iam::000000000000:root; a service: "lambda.amazonaws.com"
    std::string access_key;  // empty for services and anonymous
    bool verified = false;   // the signature was checked
};

}  // namespace fogbank::auth
