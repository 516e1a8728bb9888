// The policy document of a POST upload: what its fields must be.
// docs: S3 API Reference, "Creating a POST policy".
#pragma once

#include "services/s3/post/form.h"
#include "src/base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3::post {

enum class Match : std::uint8_t { equal, starts_with };

struct Condition {
    Match match = Match::equal;
    std::string field;  // lower case
    std::string value;
    std::string text() const;  // ["eq", "$key", "a"], as AWS shows it
};

struct Policy {
    Timestamp expiration;
    std::vector<Condition> conditions;
    std::optional<SizeRange> size;
};

// `encoded` is base64. Throws InvalidPolicyDocument.
Policy parse_policy(std::string_view encoded);

// Throws AccessDenied: expired, a condition that fails, a field that no condition names. `bucket` is the one
// that is posted to.
void judge(const Policy& policy, const Fields& fields, std::string_view bucket, Timestamp now);

}  // namespace fogbank::s3::post
