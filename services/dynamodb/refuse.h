// The error that DynamoDB gives for nearly every mistake of a request.
#pragma once

#include <string>

namespace fogbank::dynamodb {

// Throws ValidationException.
[[noreturn]] void refuse(std::string message);

// With the words that AWS puts before most of what is wrong about values and keys.
[[noreturn]] void refuse_parameter(
    const std::string& message);  // "One or more parameter values were invalid: ..."

}  // namespace fogbank::dynamodb
