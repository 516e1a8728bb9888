// Structures of the API as JSON text and back: rows keep them in the form in which the API shows them.
#pragma once

#include "services/apigateway/model/create_deployment.h"
#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/get_resource.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/model/get_stage.h"

#include <string>
#include <string_view>

namespace fogbank::apigateway::rest {

std::string to_json(const api::RestApi& value);
std::string to_json(const api::Resource& value);
std::string to_json(const api::Resources& value);
std::string to_json(const api::Deployment& value);
std::string to_json(const api::Stage& value);

// Precondition: `text` was made by to_json.
api::RestApi parse_rest_api(std::string_view text);
api::Resource parse_resource(std::string_view text);
api::Resources parse_resources(std::string_view text);
api::Deployment parse_deployment(std::string_view text);
api::Stage parse_stage(std::string_view text);

}  // namespace fogbank::apigateway::rest
