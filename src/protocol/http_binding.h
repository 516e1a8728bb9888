// The members of REST operations that stand outside the body: headers, labels, query parameters, the status.
#pragma once

#include "src/http/message.h"
#include "src/model/shape.h"
#include "src/protocol/codec.h"

namespace fogbank::protocol {

// Throws Error where a value is none of its shape.
void decode_http_members(const model::Operation& operation, const WireRequest& request, void* input);

// Sets the headers and, where a member says so, the status.
void encode_http_members(const model::Operation& operation, const void* output, http::Response& out);

}  // namespace fogbank::protocol
