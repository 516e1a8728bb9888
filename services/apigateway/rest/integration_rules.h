// What an integration may be, and where it leads.
#pragma once

#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_integration_response.h"
#include "src/model/types.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::apigateway::rest {

// aws: "Timeout ... between 50 milliseconds and 29 seconds" (docs: PutIntegration).
inline constexpr std::int32_t kLongestTimeoutMs = 29'000;

// Throws BadRequestException as AWS does, and NotImplemented for what Fogbank does not run.
void check_integration(const api::PutIntegration::Input& input);
// For a MOCK integration: its templates and mappings must be literal text.
void check_mock_response(const api::PutIntegrationResponse::Input& input);

// "${stageVariables.name}" becomes the variable's value, or nothing where there is none.
std::string substitute(std::string_view text, const model::Map<std::string>& variables);

// The function's ARN out of arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<ARN>/invocations.
std::optional<std::string> function_of_uri(std::string_view uri);

}  // namespace fogbank::apigateway::rest
