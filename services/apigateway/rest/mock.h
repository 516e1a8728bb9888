// MOCK integrations: API Gateway itself answers.
#pragma once

#include "services/apigateway/model/put_integration.h"
#include "src/http/message.h"

#include <optional>
#include <string_view>

namespace fogbank::apigateway::rest {

// Nothing where the integration chooses no response: AWS answers 500 then.
std::optional<http::Response> mock_response(const api::Integration& integration,
                                            std::string_view content_type);

}  // namespace fogbank::apigateway::rest
