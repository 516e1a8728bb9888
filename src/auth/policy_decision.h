// What policies say to a request: a Deny anywhere beats every Allow, and silence is no permission.
// docs: IAM User Guide, "Policy evaluation logic".
#pragma once

#include "src/auth/policy.h"
#include "src/auth/policy_conditions.h"
#include "src/auth/principal.h"

#include <cstdint>
#include <string_view>

namespace fogbank::auth {

enum class Decision : std::uint8_t { none, allow, deny };  // none: no statement speaks of the request

// Views: they live as long as the question.
struct PolicyRequest {
    const Principal& principal;
    std::string_view canonical_user;  // of the principal's account; empty where the service has no such ids
    std::string_view action;          // "s3:GetObject"
    std::string_view resource;        // an ARN
    const RequestValues& values;
};

// A statement without Principal speaks of everybody: the identity that an identity policy is attached to.
Decision evaluate(const Policy& policy, const PolicyRequest& request);

// The more decisive of two: deny, then allow, then none.
Decision combine(Decision a, Decision b);

bool includes(const PrincipalSet& set, const Principal& principal, std::string_view canonical_user);

}  // namespace fogbank::auth
