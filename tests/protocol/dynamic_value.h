// The vectors' parameters and results as dynamic values, and comparisons that say where two things differ.
#pragma once

#include "src/base/json.h"
#include "src/base/xml.h"
#include "src/model/shape.h"

#include <string>

namespace fogbank::protocol_test {

// Fills `out` of `shape` from a vector's JSON: blobs as plain text, times in seconds, documents as they are.
void build(const model::Shape& shape, json::Value text, void* out);

// Where a decoded value differs from a vector's JSON; empty where it does not.
std::string difference(const model::Shape& shape, const void* value, json::Value expected,
                       const std::string& at);

// Where two JSON texts differ in meaning: order of members and spelling of numbers aside, null is absent.
std::string json_difference(json::Value actual, json::Value expected, const std::string& at);

// Where two XML elements differ: namespaces, white space and the order of unlike elements aside.
std::string xml_difference(const xml::Element& actual, const xml::Element& expected, const std::string& at);

}  // namespace fogbank::protocol_test
