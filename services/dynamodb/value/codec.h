// AttributeValue and Item on the wire, hooked into the model by model.patch.json.
// A value of the wrong JSON type is refused at once (SerializationException). What JSON allows and DynamoDB
// does not (no type, a bad number, an empty set) becomes an `invalid` value: AWS refuses it only after the
// model's constraints.
#pragma once

#include "services/dynamodb/value/attribute_value.h"
#include "src/base/json.h"
#include "src/model/shape.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

extern const model::CustomAccess kAttributeValueAccess;  // C++ type AttributeValue
extern const model::CustomAccess kItemAccess;            // C++ type Item

AttributeValue decode_value(json::Value in);
AttributeMap decode_attributes(json::Value in);
// Precondition: `text` is an item's stored JSON.
AttributeMap decode_stored(std::string_view text);

void encode_value(const AttributeValue& value, json::Writer& out);
void encode_attributes(const AttributeMap& attributes, json::Writer& out);
std::string to_json(const AttributeMap& attributes);

// A set with its elements in AWS's order; invalid where there is none, or where one stands twice.
AttributeValue set_of(AttributeValue::Type type, AttributeValue::Set elements);

// aws: the levels of maps and lists around a value that are too many (docs: "nested attributes up to 32
// levels deep"; PartiQL likewise, captured 2026-09-17).
inline constexpr int kTooManyLevels = 32;

// docs: "Naming rules": an attribute's name has less than 64 KB.
inline constexpr std::size_t kMaxNameBytes = 65'535;

// aws: TransactWriteItems, captured 2026-10-09.
inline constexpr std::string_view kEmptyName = "Empty attribute name";

// The refusal of the first invalid value, or null.
const std::string* find_defect(const AttributeMap& attributes, Wording wording);

}  // namespace fogbank::dynamodb
