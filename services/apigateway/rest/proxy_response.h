// What a function behind an AWS_PROXY integration answers, as an HTTP response.
#pragma once

#include "src/http/message.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::apigateway::rest {

enum class BodyDecoding { as_is, base64 };

// Nothing where `payload` is not what AWS takes from a function: an object with no other members than
// statusCode, headers, multiValueHeaders, body and isBase64Encoded, each of its type. `decoding` is for a
// body that says isBase64Encoded.
std::optional<http::Response> parse_proxy_response(std::string_view payload, BodyDecoding decoding);

}  // namespace fogbank::apigateway::rest
