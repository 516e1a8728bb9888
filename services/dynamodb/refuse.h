// The error that DynamoDB gives for nearly every mistake of a request.
#pragma once

#include "src/base/error.h"

#include <string>

namespace fogbank::dynamodb {

// Throws ValidationException.
[[noreturn]] void refuse(std::string message);

// With the words that AWS puts before most of what is wrong about values and keys.
[[noreturn]] void refuse_parameter(
    const std::string& message);  // "One or more parameter values were invalid: ..."

// Throws `error` again, as AWS words what is wrong about the request of a PutItem, UpdateItem or DeleteItem:
// "1 validation error detected: ..." (conformance suite, captured 2026-09 and 2026-10).
[[noreturn]] void refuse_in_envelope(const Error& error);

}  // namespace fogbank::dynamodb
