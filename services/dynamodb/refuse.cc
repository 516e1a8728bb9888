#include "services/dynamodb/refuse.h"

#include "services/dynamodb/model/errors.h"

#include <utility>

namespace fogbank::dynamodb {

void refuse(std::string message) {
    throw errors::ValidationException(std::move(message));
}

void refuse_parameter(const std::string& message) {
    refuse("One or more parameter values were invalid: " + message);
}

void refuse_in_envelope(const Error& error) {
    if (error.code() != "ValidationException") throw error;
    refuse("1 validation error detected: " + error.message());
}

}  // namespace fogbank::dynamodb
