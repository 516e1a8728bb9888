// Whether a body is binary, by an API's binaryMediaTypes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::apigateway::rest {

// `media_type` as in Content-Type or Accept: parameters are dropped, and of a list the first counts. Entries
// of `binary_types` may hold wildcards ("image/*", "*/*").
bool is_binary(std::string_view media_type, const std::vector<std::string>& binary_types);

}  // namespace fogbank::apigateway::rest
