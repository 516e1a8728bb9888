#include "services/dynamodb/keys.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/number.h"
#include "src/base/ordered_key.h"

#include <algorithm>
#include <vector>

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

// Whether check_index_key() lets it pass.
bool is_index_key(const KeyAttribute& attribute, const AttributeValue& value) {
    return has_type(value, attribute) && !is_empty(value);
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
        if (source != WriteSource::put) {
            refuse(
                "One or more parameter values are not valid. The update expression attempted to update a "
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
}

// The limits hold for the attributes of a kind together.
void check_index_sizes(const Index& index, const AttributeMap& item) {
    std::size_t hash_bytes = 0;
    std::size_t range_bytes = 0;
    const auto size_in = [&](const KeyAttribute& attribute) {
        const AttributeValue* value = item.find(attribute.name);
        return value == nullptr ? 0 : key_size(*value);
    };
    index.keys.each_hash([&](const KeyAttribute& each) { hash_bytes += size_in(each); });
    index.keys.each_range([&](const KeyAttribute& each) { range_bytes += size_in(each); });
    if (hash_bytes > kMaxHashBytes) {
        refuse_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
    }
    if (range_bytes > kMaxRangeBytes) {
        refuse_parameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
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

namespace {

std::string hashed(const std::string& key) {
    std::string out;
    out.reserve(key.size() + 16);
    ordered_key::append_uint64(out, ordered_key::stable_hash(key));
    return out += key;
}

}  // namespace

std::string partition_bytes(const AttributeValue& hash) {
    std::string key;
    key.reserve(hash.text().size() + 16);
    append_sort_bytes(key, hash);
    return hashed(key);
}

std::string partition_bytes(std::span<const AttributeValue* const> hashes) {
    std::string key;
    for (const AttributeValue* hash : hashes) append_sort_bytes(key, *hash);
    return hashed(key);
}

std::string key_bytes(const KeySchema& keys, const AttributeMap& attributes) {
    std::string out = partition_bytes(*attributes.find(keys.hash.name));
    if (keys.range) append_sort_bytes(out, *attributes.find(keys.range->name));
    return out;
}

namespace {

// docs: "Multi-attribute keys": an item that lacks one of the attributes is not in the index.
std::optional<std::string> long_index_bytes(const KeySchema& keys, const AttributeMap& attributes,
                                            const std::string& item_key) {
    bool is_whole = true;
    std::vector<const AttributeValue*> hashes;
    std::vector<const AttributeValue*> ranges;
    const auto collect_into = [&](std::vector<const AttributeValue*>& out) {
        return [&](const KeyAttribute& attribute) {
            const AttributeValue* value = attributes.find(attribute.name);
            is_whole = is_whole && value != nullptr && has_type(*value, attribute);
            out.push_back(value);
        };
    };
    keys.each_hash(collect_into(hashes));
    keys.each_range(collect_into(ranges));
    if (!is_whole) return std::nullopt;
    std::string out = partition_bytes(hashes);
    for (const AttributeValue* range : ranges) append_sort_bytes(out, *range);
    return out += item_key;
}

}  // namespace

std::optional<std::string> index_bytes(const Index& index, const AttributeMap& attributes,
                                       const std::string& item_key) {
    const KeySchema& keys = index.keys;
    const AttributeValue* hash = attributes.find(keys.hash.name);
    if (hash == nullptr || !has_type(*hash, keys.hash)) return std::nullopt;
    if (!keys.is_simple()) return long_index_bytes(keys, attributes, item_key);
    const AttributeValue* range = nullptr;
    if (keys.range) {
        range = attributes.find(keys.range->name);
        if (range == nullptr || !has_type(*range, *keys.range)) return std::nullopt;
    }
    std::string out = partition_bytes(*hash);
    if (range != nullptr) append_sort_bytes(out, *range);
    return out += item_key;
}

void check_item_keys(const Table& table, const AttributeMap& item) {
    table.keys.each([&](const KeyAttribute& attribute) {
        const AttributeValue* value = item.find(attribute.name);
        if (value == nullptr) refuse_parameter("Missing the key " + attribute.name + " in the item");
        if (!has_type(*value, attribute)) {
            refuse_parameter("Type mismatch for key " + attribute.name +
                             " expected: " + std::string(1, attribute.type) +
                             " actual: " + std::string(type_name(value->type())));
        }
    });
    table.keys.each(
        [&](const KeyAttribute& attribute) { check_not_empty(attribute, *item.find(attribute.name)); });
    check_sizes(table.keys, item);
}

void check_key_types(const KeySchema& keys, const AttributeMap& attributes) {
    keys.each([&](const KeyAttribute& attribute) {
        const AttributeValue* value = attributes.find(attribute.name);
        if (value == nullptr || !has_type(*value, attribute)) {
            refuse("The provided key element does not match the schema");
        }
    });
}

void check_key(const KeySchema& keys, const AttributeMap& key) {
    check_key_types(keys, key);
    const std::size_t wanted = keys.range ? 2 : 1;
    if (key.size() != wanted) refuse("The provided key element does not match the schema");
    keys.each([&](const KeyAttribute& attribute) { check_not_empty(attribute, *key.find(attribute.name)); });
    check_sizes(keys, key);
}

void check_index_keys(const Table& table, const AttributeMap& item, WriteSource source) {
    // aws: of several indexes the first by name is named (conformance suite, captured 2026-06).
    const Index* wrong = nullptr;
    for (const Index& index : table.indexes) {
        index.keys.each([&](const KeyAttribute& attribute) {
            const AttributeValue* value = item.find(attribute.name);
            const bool is_wrong = value != nullptr && !is_index_key(attribute, *value);
            if (is_wrong && (wrong == nullptr || index.name < wrong->name)) wrong = &index;
        });
        if (wrong == nullptr) check_index_sizes(index, item);
    }
    if (wrong == nullptr) return;
    wrong->keys.each([&](const KeyAttribute& attribute) {
        const AttributeValue* value = item.find(attribute.name);
        if (value != nullptr) check_index_key(*wrong, attribute, *value, source);
    });
}

AttributeMap key_of(const KeySchema& keys, const AttributeMap& item) {
    AttributeMap out;
    keys.each([&](const KeyAttribute& attribute) {
        if (const AttributeValue* value = item.find(attribute.name)) out.set(attribute.name, *value);
    });
    return out;
}

AttributeMap index_key_of(const Table& table, const Index& index, const AttributeMap& item) {
    AttributeMap out = key_of(table.keys, item);
    index.keys.each([&](const KeyAttribute& attribute) {
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
