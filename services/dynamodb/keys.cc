#include "services/dynamodb/keys.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/number.h"
#include "src/base/ordered_key.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using Type = AttributeValue::Type;

// docs: "Service, account, and table quotas", "Partition key length", "Sort key length".
constexpr std::size_t kMaxHashBytes = 2048;
constexpr std::size_t kMaxRangeBytes = 1024;

bool is_empty(const AttributeValue& value) {
    return value.type() != Type::N && value.text().empty();
}

std::string_view empty_kind(const AttributeValue& value) {
    return value.type() == Type::B ? "empty binary value" : "empty string value";
}

std::size_t key_size(const AttributeValue& value) {
    return value.type() == Type::N ? number_size(value.text()) : value.text().size();
}

void check_sizes(const KeySchema& keys, const AttributeMap& item) {
    if (key_size(*item.find(keys.hash.name)) > kMaxHashBytes) {
        refuse_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
    }
    if (keys.range && key_size(*item.find(keys.range->name)) > kMaxRangeBytes) {
        refuse_parameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
    }
}

void check_not_empty(const KeyAttribute& attribute, const AttributeValue& value) {
    if (!is_empty(value)) return;
    refuse(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
        "an " +
        std::string(empty_kind(value)) + ". Key: " + attribute.name);
}

template <class Check>
void each_attribute(const KeySchema& keys, Check check) {
    check(keys.hash);
    if (keys.range) check(*keys.range);
}

void check_index_key(const Index& index, const KeyAttribute& attribute, const AttributeValue& value,
                     WriteSource source) {
    if (!has_type(value, attribute)) {
        if (source == WriteSource::update) {
            refuse("The update expression attempted to update the secondary index key to unsupported type");
        }
        refuse_parameter("Type mismatch for Index Key " + attribute.name +
                         " Expected: " + std::string(1, attribute.type) +
                         " Actual: " + std::string(type_name(value.type())) + " IndexName: " + index.name);
    }
    if (is_empty(value)) {
        if (source == WriteSource::update) {
            refuse(
                "One or more parameter values are not valid. The update expression attempted to update the "
                "secondary "
                "index key to a value that is not supported. The AttributeValue for a key attribute cannot "
                "contain "
                "an " +
                std::string(empty_kind(value)) + ".");
        }
        refuse(
            "One or more parameter values are not valid. A value specified for a secondary index key is not "
            "supported. The AttributeValue for a key attribute cannot contain an " +
            std::string(empty_kind(value)) + ". IndexName: " + index.name + ", IndexKey: " + attribute.name);
    }
    const bool is_hash = attribute == index.keys.hash;
    if (key_size(value) > (is_hash ? kMaxHashBytes : kMaxRangeBytes)) {
        refuse_parameter(is_hash
                             ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                             : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
    }
}

}  // namespace

bool has_type(const AttributeValue& value, const KeyAttribute& attribute) {
    const std::string_view name = type_name(value.type());
    return name.size() == 1 && name[0] == attribute.type;
}

void append_sort_bytes(std::string& out, const AttributeValue& value) {
    if (value.type() != Type::N) {
        ordered_key::append_bytes(out, value.text());
        return;
    }
    const Number number = parse_number(value.text());
    ordered_key::append_decimal(out, {number.negative, number.exponent, number.digits});
}

std::string partition_bytes(const AttributeValue& hash) {
    std::string key;
    key.reserve(hash.text().size() + 16);
    append_sort_bytes(key, hash);
    std::string out;
    out.reserve(key.size() + 40);
    ordered_key::append_uint64(out, ordered_key::stable_hash(key));
    return out += key;
}

std::string key_bytes(const KeySchema& keys, const AttributeMap& attributes) {
    std::string out = partition_bytes(*attributes.find(keys.hash.name));
    if (keys.range) append_sort_bytes(out, *attributes.find(keys.range->name));
    return out;
}

std::optional<std::string> index_bytes(const Index& index, const AttributeMap& attributes,
                                       const std::string& item_key) {
    const AttributeValue* hash = attributes.find(index.keys.hash.name);
    if (hash == nullptr || !has_type(*hash, index.keys.hash)) return std::nullopt;
    const AttributeValue* range = nullptr;
    if (index.keys.range) {
        range = attributes.find(index.keys.range->name);
        if (range == nullptr || !has_type(*range, *index.keys.range)) return std::nullopt;
    }
    std::string out = partition_bytes(*hash);
    if (range != nullptr) append_sort_bytes(out, *range);
    return out += item_key;
}

void check_item_keys(const Table& table, const AttributeMap& item) {
    each_attribute(table.keys, [&](const KeyAttribute& attribute) {
        const AttributeValue* value = item.find(attribute.name);
        if (value == nullptr) refuse_parameter("Missing the key " + attribute.name + " in the item");
        if (!has_type(*value, attribute)) {
            refuse_parameter("Type mismatch for key " + attribute.name +
                             " expected: " + std::string(1, attribute.type) +
                             " actual: " + std::string(type_name(value->type())));
        }
    });
    each_attribute(table.keys, [&](const KeyAttribute& attribute) {
        check_not_empty(attribute, *item.find(attribute.name));
    });
    check_sizes(table.keys, item);
}

void check_key(const KeySchema& keys, const AttributeMap& key) {
    std::size_t wanted = 0;
    each_attribute(keys, [&](const KeyAttribute& attribute) {
        ++wanted;
        const AttributeValue* value = key.find(attribute.name);
        if (value == nullptr || !has_type(*value, attribute)) {
            refuse("The provided key element does not match the schema");
        }
    });
    if (key.size() != wanted) refuse("The provided key element does not match the schema");
    each_attribute(
        keys, [&](const KeyAttribute& attribute) { check_not_empty(attribute, *key.find(attribute.name)); });
    check_sizes(keys, key);
}

void check_index_keys(const Table& table, const AttributeMap& item, WriteSource source) {
    for (const Index& index : table.indexes) {
        each_attribute(index.keys, [&](const KeyAttribute& attribute) {
            const AttributeValue* value = item.find(attribute.name);
            if (value != nullptr) check_index_key(index, attribute, *value, source);
        });
    }
}

AttributeMap key_of(const KeySchema& keys, const AttributeMap& item) {
    AttributeMap out;
    each_attribute(keys, [&](const KeyAttribute& attribute) {
        if (const AttributeValue* value = item.find(attribute.name)) out.set(attribute.name, *value);
    });
    return out;
}

AttributeMap index_key_of(const Table& table, const Index& index, const AttributeMap& item) {
    AttributeMap out = key_of(table.keys, item);
    each_attribute(index.keys, [&](const KeyAttribute& attribute) {
        if (const AttributeValue* value = item.find(attribute.name)) out.set(attribute.name, *value);
    });
    return out;
}

AttributeMap projected(const Table& table, const Index& index, const AttributeMap& item) {
    if (index.projection == ProjectionType::all) return item;
    AttributeMap out = index_key_of(table, index, item);
    for (const std::string& name : index.included) {
        if (const AttributeValue* value = item.find(name)) out.set(name, *value);
    }
    return out;
}

}  // namespace fogbank::dynamodb
