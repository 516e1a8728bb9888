// Keys of items: what AWS asks of them, and the order-preserving bytes they are stored under.
#pragma once

#include "services/dynamodb/table.h"
#include "services/dynamodb/value/attribute_value.h"

#include <optional>
#include <span>
#include <string>

namespace fogbank::dynamodb {

// Where an item's partition stands: its hash, then the partition key, of one or several values.
inline constexpr std::size_t kPartitionBytes = 8;  // of the hash
std::string partition_bytes(const AttributeValue& hash);
std::string partition_bytes(std::span<const AttributeValue* const> hashes);
// A sort key; `value` is S, N or B.
void append_sort_bytes(std::string& out, const AttributeValue& value);

// Precondition: `attributes` holds the keys, checked.
std::string key_bytes(const KeySchema& keys, const AttributeMap& attributes);
// The bytes of an index entry: its keys and the item's; nothing where the item lacks one of them (a sparse
// index).
std::optional<std::string> index_bytes(const Index& index, const AttributeMap& attributes,
                                       const std::string& item_key);

// Refuse (ValidationException) in AWS's words.
// The keys of a PutItem's item.
void check_item_keys(const Table& table, const AttributeMap& item);
// The Key parameter of the others: exactly the key attributes.
void check_key(const KeySchema& keys, const AttributeMap& key);

// That the attributes hold the keys, in their types.
void check_key_types(const KeySchema& keys, const AttributeMap& attributes);

// Where an item's index keys come from decides AWS's words.
enum class WriteSource { put, update, transact_update };
void check_index_keys(const Table& table, const AttributeMap& item, WriteSource source);

// The key attributes of `item`.
AttributeMap key_of(const KeySchema& keys, const AttributeMap& item);
// The keys of the index and of its table.
AttributeMap index_key_of(const Table& table, const Index& index, const AttributeMap& item);
// What an index shows of an item.
AttributeMap projected(const Table& table, const Index& index, const AttributeMap& item);

bool has_type(const AttributeValue& value, const KeyAttribute& attribute);

}  // namespace fogbank::dynamodb
