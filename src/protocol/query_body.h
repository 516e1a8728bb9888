// The query protocol's requests: a form whose parameter names are paths ("Tags.member.1.Key").
#pragma once

#include "src/model/shape.h"

#include <string_view>

namespace fogbank::protocol {

// `query` is the URL's query string, `body` the form; parameters of both count. Throws Error where a value is
// none of its shape.
void decode_query(const model::Operation& operation, std::string_view query, std::string_view body,
                  void* input);

}  // namespace fogbank::protocol
