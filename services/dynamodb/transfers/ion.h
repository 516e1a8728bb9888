// Amazon Ion's text form, as exports write it and imports read it: one struct a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

// `line` is DynamoDB JSON, as exports have it: {"Item":{...}} or a change of an incremental export.
// docs: "DynamoDB table export output format": what each type becomes, and "Record" around a change.
std::string ion_of(std::string_view line);

// The struct of a line as DynamoDB JSON, its attributes with their types: {Item:{pk:"a"}} is
// {"Item":{"pk":{"S":"a"}}}. Nothing where it is no Ion, or has a type that stands for none of DynamoDB's
// (timestamps, symbols, clobs, S-expressions).
std::optional<std::string> dynamodb_json_of(std::string_view line);

}  // namespace fogbank::dynamodb
