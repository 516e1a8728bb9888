// What S3 asks of a bucket policy, and which policies are public.
#pragma once

#include "src/auth/policy.h"

#include <string_view>

namespace fogbank::s3 {

inline constexpr std::size_t kPolicyLimit = 20 << 10;  // bytes; docs: "Bucket policies for Amazon S3"

// Throws MalformedPolicy in AWS's words, and PolicyTooLarge.
auth::Policy checked_bucket_policy(std::string_view json, std::string_view bucket);

// docs: "Blocking public access to your Amazon S3 storage", "The meaning of 'public'".
bool is_public(const auth::Policy& policy);

}  // namespace fogbank::s3
