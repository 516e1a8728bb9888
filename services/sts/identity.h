// What AWS calls a principal: its ARN, its account and its unique id.
#pragma once

#include "src/auth/principal.h"

#include <string>
#include <string_view>

namespace fogbank::sts {

struct Identity {
    std::string account;
    std::string arn;
    std::string user_id;
};

// `account` stands in where the principal names none. Precondition: the principal is not anonymous.
Identity identify(const auth::Principal& principal, std::string_view account, std::string_view partition);

// An id as IAM gives them: `prefix` ("AIDA", "AROA") and 17 characters that depend on `arn` alone, so that
// the same principal has the same id after a restart.
std::string unique_id(std::string_view prefix, std::string_view arn);

}  // namespace fogbank::sts
