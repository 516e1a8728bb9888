// Text forms of scalars, as they stand in headers, labels, query strings and XML.
#pragma once

#include "src/model/shape.h"

#include <string>
#include <string_view>

namespace fogbank::protocol {

enum class IsoFraction { shortest, millis };  // of seconds, in ISO 8601 times

// Whether a shape is no list, map, structure, document or custom type.
bool is_scalar(const model::Shape& shape);

// Writes the value that `text` stands for to `out`, the C++ type of `shape`. False where `text` is no such
// value; `out` is then unchanged or default. `format` is the one to use where the shape has none.
bool parse_scalar(const model::Shape& shape, model::TimestampFormat format, std::string_view text, void* out);

void append_scalar(std::string& out, const model::Shape& shape, model::TimestampFormat format,
                   const void* value, IsoFraction fraction = IsoFraction::shortest);

// The format that holds for a member: its own, its shape's, or the place's default.
model::TimestampFormat timestamp_format(const model::Member& member, model::TimestampFormat otherwise);
model::TimestampFormat timestamp_format(const model::Shape& shape, model::TimestampFormat otherwise);

bool parse_timestamp(std::string_view text, model::TimestampFormat format, Timestamp& out);
void append_timestamp(std::string& out, Timestamp time, model::TimestampFormat format,
                      IsoFraction fraction = IsoFraction::shortest);
// Seconds since 1970 as a double; false outside the years that a Timestamp holds.
bool timestamp_from_seconds(double seconds, Timestamp& out);

void append_floating(std::string& out, double value);
void append_floating(std::string& out, float value);
// "NaN", "Infinity", "-Infinity"
bool parse_special_floating(std::string_view text, double& out);

}  // namespace fogbank::protocol
