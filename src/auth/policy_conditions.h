// The tests that a policy's conditions make of a request's values.
// docs: IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys".
#pragma once

#include "src/auth/policy.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::auth {

// The values that a request has for a condition key, which comes in lower case; nothing where the key is
// absent.
using RequestValues = std::function<std::optional<std::vector<std::string>>(std::string_view key)>;

bool is_condition_operator(std::string_view name);

// `variables`: whether ${aws:username} and its like mean something in the values.
enum class Variables : std::uint8_t { literal, expanded };
bool holds(const PolicyCondition& condition, const RequestValues& values, Variables variables);

// `pattern` with every ${key} replaced, and what a variable stood for quoted against being read as a
// wildcard; nothing where a variable has no value and no default.
std::optional<std::string> expand(std::string_view pattern, const RequestValues& values);

// '*' is any text, '?' any character. What expand() quoted stands for itself.
bool matches_pattern(std::string_view pattern, std::string_view text);
bool matches_pattern_any_case(std::string_view pattern, std::string_view text);
// Colon by colon; the last part takes the rest.
bool matches_arn(std::string_view pattern, std::string_view arn);
// `range`: an address, or one with /bits. False where either is no address.
bool in_address_range(std::string_view range, std::string_view address);

}  // namespace fogbank::auth
