// AWS's rules for the path parts of resources.
#pragma once

#include "services/apigateway/model/get_resource.h"

#include <string_view>
#include <vector>

namespace fogbank::apigateway::rest {

// Throws BadRequestException or ConflictException where `parent` can't have a child `part` beside `siblings`.
void check_path_part(std::string_view part, const api::Resource& parent,
                     const std::vector<api::Resource>& siblings);

std::string child_path(const api::Resource& parent, std::string_view part);

}  // namespace fogbank::apigateway::rest
