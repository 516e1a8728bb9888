// Values as AWS's Java front ends print them into validation messages.
#pragma once

#include "src/model/shape.h"

#include <string>
#include <string_view>

namespace fogbank::model {

// "TableName" -> "tableName", "KMSKeyArn" -> "kMSKeyArn".
std::string lower_camel(std::string_view member);

// Appends `value` as Java's toString() shows it: text bare, [a, b], {key=value}, a blob as its ByteBuffer, a
// structure as Name(member=value, other=null). Stops with "..." once `out` holds `limit` bytes.
void append_value(std::string& out, const Shape& shape, const void* value, std::size_t limit);

}  // namespace fogbank::model
