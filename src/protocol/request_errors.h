// What AWS's front ends say of requests that they cannot read.
#pragma once

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/model/shape.h"
#include "src/protocol/service_traits.h"

#include <string>
#include <string_view>

namespace fogbank::protocol {

// JSON. SerializationException without a message: the body is no JSON object.
Error malformed_json(JsonDialect dialect);

enum class ValuePlace { field, element };  // of a structure; of a list or map
// A JSON value of another type than `shape` wants.
Error type_error(const model::Service& service, JsonDialect dialect, const model::Shape& shape,
                 json::Value found, ValuePlace place);
// The bytes of a blob in JSON. Throws SerializationException where `text` is no base64, also where the bits
// that the last character has too many are not zero.
std::string decode_base64(JsonDialect dialect, std::string_view text);

// aws: 'true', '1', 'yes' and their opposites are read as booleans in any case (dynalite's suite).
bool boolean_word(std::string_view text, bool& out);

// XML that is not well-formed or off the schema.
Error malformed_xml(const model::Service& service);
// A body is needed and there is none.
Error missing_body(const model::Service& service);

// A label or parameter that is not UTF-8.
Error invalid_text(const model::Service& service);

// A header, label, query or form parameter that is no value of its shape.
Error bad_parameter(const model::Service& service, const model::Shape& shape, std::string_view name,
                    std::string_view value);

}  // namespace fogbank::protocol
