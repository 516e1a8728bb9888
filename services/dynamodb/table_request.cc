#include "services/dynamodb/table_request.h"

#include "services/dynamodb/describe.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/throughput.h"
#include "src/base/digest.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <set>

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kMaxLocalIndexes = 5;  // docs: "Service, account, and table quotas"
constexpr std::size_t kMaxGlobalIndexes = 20;
constexpr std::size_t kMaxIncluded = 100;
constexpr std::int64_t kMaxUnits = 1'000'000'000'000;  // aws: dynalite's suite
constexpr const char* kUndefined =
    "Invalid KeySchema: Some index key attribute have no definition";  // aws: grammar as it is sent

[[noreturn]] void refuse_null(const std::string& member) {
    refuse("1 validation error detected: Value null at '" + member +
           "' failed to satisfy constraint: Member must not be null");
}

std::string listed(const std::set<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return "[" + out + "]";
}

void collect(const KeySchema& keys, std::set<std::string>& out) {
    keys.each([&](const KeyAttribute& attribute) { out.insert(attribute.name); });
}

std::string listed_as_given(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return "[" + out + "]";
}

const KeyAttribute* find(const std::string& name, const std::vector<KeyAttribute>& definitions) {
    const auto found = std::find_if(definitions.begin(), definitions.end(),
                                    [&](const KeyAttribute& each) { return each.name == name; });
    return found == definitions.end() ? nullptr : &*found;
}

// aws: before the roles of the attributes are looked at (dynalite's suite).
void check_defined(const std::vector<api::KeySchemaElement>& given,
                   const std::vector<KeyAttribute>& definitions) {
    std::vector<std::string> keys;
    for (const api::KeySchemaElement& each : given) keys.push_back(*each.AttributeName);
    const bool are_defined = std::all_of(
        keys.begin(), keys.end(), [&](const std::string& key) { return find(key, definitions) != nullptr; });
    if (are_defined) return;
    std::vector<std::string> known;
    for (const KeyAttribute& each : definitions) known.push_back(each.name);
    refuse_parameter("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                     listed_as_given(keys) + ", AttributeDefinitions: " + listed_as_given(known));
}

KeyAttribute defined(const api::KeySchemaElement& given, const std::vector<KeyAttribute>& definitions) {
    return *find(*given.AttributeName, definitions);
}

Throughput throughput_of(const std::optional<api::ProvisionedThroughput>& given, const Table& table,
                         const std::string& place) {
    if (table.is_on_demand) {
        if (given) {
            refuse_parameter(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                "PAY_PER_REQUEST");
        }
        return {};
    }
    if (!given) {
        refuse_parameter("ReadCapacityUnits and WriteCapacityUnits must both be specified " + place);
    }
    return {given->ReadCapacityUnits.value_or(0), given->WriteCapacityUnits.value_or(0)};
}

Throughput throughput_of(const api::GlobalSecondaryIndex& given, const Table& table) {
    const std::string name = given.IndexName.value_or("");
    if (table.is_on_demand && given.ProvisionedThroughput) {
        refuse_parameter("ProvisionedThroughput should not be specified for index: " + name +
                         " when BillingMode is PAY_PER_REQUEST");
    }
    return throughput_of(given.ProvisionedThroughput, table, "for index: " + name);
}

Throughput throughput_of(const api::CreateGlobalSecondaryIndexAction& given, const Table& table) {
    const std::string& name = *given.IndexName;
    if (given.ProvisionedThroughput) check_takes_units(table, name);
    return throughput_of(given.ProvisionedThroughput, table, "for index: " + name);
}

void add_local_indexes(const api::CreateTableInput& input, Table& table) {
    if (!input.LocalSecondaryIndexes) return;
    if (input.LocalSecondaryIndexes->empty()) refuse_parameter("List of LocalSecondaryIndexes is empty");
    if (!table.keys.range) {
        refuse_parameter(
            "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex");
    }
    for (const api::LocalSecondaryIndex& given : *input.LocalSecondaryIndexes) {
        Index index;
        index.name = given.IndexName.value_or("");
        index.keys =
            keys_of(given.KeySchema.value_or(std::vector<api::KeySchemaElement>{}), table.attributes);
        if (!index.keys.range) {
            refuse_parameter("Index KeySchema does not have a range key for index: " + index.name);
        }
        if (index.keys.hash.name != table.keys.hash.name) {
            refuse_parameter(
                "Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
                index.name + ". index hash key: " + index.keys.hash.name +
                ", table hash key: " + table.keys.hash.name);
        }
        set_projection(given.Projection, index);
        table.indexes.push_back(std::move(index));
    }
    if (table.indexes.size() > kMaxLocalIndexes) {
        refuse_parameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    }
}

void check_global_count(std::size_t count) {
    if (count > kMaxGlobalIndexes) {
        refuse_parameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
    }
}

// The whole index but its number. CreateTable and UpdateTable give it in types of their own.
template <class Given>
Index global_index(const Given& given, const Table& table) {
    Index index;
    index.is_global = true;
    index.name = given.IndexName.value_or("");
    index.keys =
        global_keys_of(given.KeySchema.value_or(std::vector<api::KeySchemaElement>{}), table.attributes);
    set_projection(given.Projection, index);
    set_limits(given.OnDemandThroughput, table.billing(), index.limits);
    index.throughput = throughput_of(given, table);
    set_warm(given.WarmThroughput, table.billing(), index.throughput, index.warm);
    return index;
}

void add_global_indexes(const api::CreateTableInput& input, Table& table) {
    if (!input.GlobalSecondaryIndexes) return;
    if (input.GlobalSecondaryIndexes->empty()) refuse_parameter("List of GlobalSecondaryIndexes is empty");
    check_global_count(input.GlobalSecondaryIndexes->size());
    for (const api::GlobalSecondaryIndex& given : *input.GlobalSecondaryIndexes) {
        table.indexes.push_back(global_index(given, table));
    }
}

}  // namespace

void check_tags(const std::vector<api::Tag>& given) {
    constexpr std::string_view kReserved = "aws:";  // docs: "Tagging restrictions in DynamoDB"
    std::set<std::string_view> keys;
    for (const api::Tag& tag : given) {
        const std::string& key = *tag.Key;
        std::string start = key.substr(0, kReserved.size());
        for (char& c : start) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (start == kReserved) {
            refuse_parameter("Tag keys that begin with aws: are reserved for use by AWS. Key: " + key);
        }
        if (!keys.insert(key).second) refuse_parameter("Duplicate tag key: " + key);
    }
}

void check_tag_count(const Table& table) {
    constexpr std::size_t kMaxTags = 50;  // docs: "Tagging restrictions in DynamoDB"
    if (table.tags.size() > kMaxTags) refuse_parameter("Too many tags");
}

std::vector<KeyAttribute> definitions_of(const std::vector<api::AttributeDefinition>& given) {
    std::vector<KeyAttribute> out;
    for (const api::AttributeDefinition& each : given) {
        const std::string& name = *each.AttributeName;
        const bool is_twice = std::any_of(out.begin(), out.end(),
                                          [&](const KeyAttribute& known) { return known.name == name; });
        if (is_twice) refuse("Cannot have two attributes with the same name");
        out.push_back({name, (*each.AttributeType)[0]});
    }
    return out;
}

namespace {

constexpr std::size_t kMaxOfKind = 4;  // docs: "Multi-attribute keys"

}  // namespace

KeySchema keys_of(const std::vector<api::KeySchemaElement>& given,
                  const std::vector<KeyAttribute>& definitions) {
    check_defined(given, definitions);
    if (given.size() > 1 && *given[0].AttributeName == *given[1].AttributeName) {
        refuse("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (given.empty() || *given[0].KeyType != "HASH") {
        refuse("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    if (given.size() > 1 && *given[1].KeyType != "RANGE") {
        refuse("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    KeySchema keys;
    keys.hash = defined(given[0], definitions);
    if (given.size() > 1) keys.range = defined(given[1], definitions);
    return keys;
}

KeySchema global_keys_of(const std::vector<api::KeySchemaElement>& given,
                         const std::vector<KeyAttribute>& definitions) {
    const auto is_hash = [](const api::KeySchemaElement& each) { return *each.KeyType == "HASH"; };
    const auto hashes = static_cast<std::size_t>(std::count_if(given.begin(), given.end(), is_hash));
    if (given.size() <= 2 && hashes < 2) return keys_of(given, definitions);
    check_defined(given, definitions);
    if (!is_hash(given[0])) refuse("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (!std::is_partitioned(given.begin(), given.end(), is_hash)) {
        refuse("Invalid KeySchema: HASH key types must come before RANGE key types");
    }
    if (hashes > kMaxOfKind || given.size() - hashes > kMaxOfKind) {
        refuse("Invalid KeySchema: At most 4 HASH and 4 RANGE key types are allowed");
    }
    KeySchema keys;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (i > 0 && keys.has(*given[i].AttributeName)) refuse(kUndefined);
        KeyAttribute attribute = defined(given[i], definitions);
        if (i == 0) {
            keys.hash = std::move(attribute);
        } else if (i < hashes) {
            keys.more_hashes.push_back(std::move(attribute));
        } else if (i == hashes) {
            keys.range = std::move(attribute);
        } else {
            keys.more_ranges.push_back(std::move(attribute));
        }
    }
    return keys;
}

Index global_index_of(const api::CreateGlobalSecondaryIndexAction& given, const Table& table) {
    return global_index(given, table);
}

void check_takes_units(const Table& table, const std::string& index) {
    if (!table.is_on_demand) return;
    refuse_parameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " + index +
                     " when BillingMode is PAY_PER_REQUEST");
}

void check_indexes(const Table& table) {
    std::set<std::string> names;
    std::size_t included = 0;
    std::size_t global = 0;
    for (const Index& index : table.indexes) {
        if (!names.insert(index.name).second) refuse_parameter("Duplicate index name: " + index.name);
        included += index.included.size();
        global += index.is_global ? 1 : 0;
    }
    check_global_count(global);
    if (included > kMaxIncluded) {
        refuse_parameter(
            "The total number of NonKeyAttributes across all indexes exceeds the per-table limit of 100");
    }
}

void set_projection(const std::optional<api::Projection>& given, Index& index) {
    const std::string type = given ? given->ProjectionType.value_or("null") : "null";
    const bool has_attributes = given && given->NonKeyAttributes && !given->NonKeyAttributes->empty();
    if (type == "null") refuse_parameter("Unknown ProjectionType: null");
    if (type == "INCLUDE") {
        if (!has_attributes)
            refuse_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
        index.projection = ProjectionType::include;
        index.included = *given->NonKeyAttributes;
        const std::set<std::string> distinct(index.included.begin(), index.included.end());
        if (distinct.size() < index.included.size()) {
            refuse_parameter("NonKeyAttributes contains duplicates for index: " + index.name);
        }
        return;
    }
    if (has_attributes) refuse_parameter("ProjectionType is " + type + ", but NonKeyAttributes is specified");
    index.projection = type == "ALL" ? ProjectionType::all : ProjectionType::keys_only;
}

namespace {

// The id of the key aws/dynamodb: one for an account and region, as there are no keys to look up.
std::string default_key(const Table& table) {
    const std::string hex = sha256_hex(table.account + ":" + table.region + ":aws/dynamodb");
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
           "-" + hex.substr(20, 12);
}

}  // namespace

void set_encryption(const std::optional<api::SSESpecification>& given, Table& table) {
    if (!given) return;
    const bool is_enabled = given->Enabled.value_or(false);
    if (!is_enabled) {
        if (given->SSEType || given->KMSMasterKeyId) {
            refuse_parameter("SSEType and KMSMasterKeyId can only be specified when encryption is enabled");
        }
        table.kms_key_arn.clear();
        return;
    }
    if (given->SSEType == "AES256") refuse_parameter("Unsupported SSEType AES256");
    gateway::refuse_unheeded("SSESpecification");
    const std::string prefix = "arn:aws:kms:" + table.region + ":" + table.account + ":";
    const std::string key = given->KMSMasterKeyId.value_or("");
    if (key.empty()) {
        table.kms_key_arn = prefix + "key/" + default_key(table);
    } else if (key.starts_with("arn:")) {
        table.kms_key_arn = key;
    } else {
        table.kms_key_arn = prefix + (key.starts_with("alias/") ? key : "key/" + key);
    }
}

void set_limits(const std::optional<api::OnDemandThroughput>& given, Table& table) {
    set_limits(given, table.billing(), table.limits);
}

void set_limits(const std::optional<api::OnDemandThroughput>& given, Billing billing,
                OnDemandLimits& limits) {
    if (!given) return;
    if (billing != Billing::on_demand) {
        refuse_parameter("OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST");
    }
    const auto set = [](const std::optional<std::int64_t>& units, const char* name, std::int64_t& to) {
        if (!units) return;
        if (*units != -1 && *units < 1) {
            refuse(std::string("Requested ") + name + " for OnDemandThroughput is outside of valid range");
        }
        to = *units;
    };
    gateway::refuse_unheeded("OnDemandThroughput");
    set(given->MaxReadRequestUnits, "MaxReadRequestUnits", limits.reads);
    set(given->MaxWriteRequestUnits, "MaxWriteRequestUnits", limits.writes);
}

void set_warm(const std::optional<api::WarmThroughput>& given, Billing billing, const Throughput& provisioned,
              Throughput& warm) {
    if (!given) return;
    if (!given->ReadUnitsPerSecond && !given->WriteUnitsPerSecond) {
        refuse_parameter("WarmThroughput must have ReadUnitsPerSecond, WriteUnitsPerSecond, or both");
    }
    const Throughput now = warm_throughput(billing, provisioned, warm);
    const auto raise = [](const std::optional<std::int64_t>& units, const char* name, std::int64_t current,
                          std::int64_t& to) {
        if (!units) return;
        // docs: "Understanding warm throughput": "You can't decrease the warm throughput".
        if (*units < current) {
            refuse_parameter(std::string("Requested ") + name + " for WarmThroughput, " +
                             std::to_string(*units) + ", is lower than the current value, " +
                             std::to_string(current));
        }
        to = *units;
    };
    raise(given->ReadUnitsPerSecond, "ReadUnitsPerSecond", now.read, warm.read);
    raise(given->WriteUnitsPerSecond, "WriteUnitsPerSecond", now.write, warm.write);
}

void check_definitions_used(const Table& table) {
    std::set<std::string> used;
    collect(table.keys, used);
    for (const Index& index : table.indexes) collect(index.keys, used);
    if (used.size() == table.attributes.size()) return;
    if (table.indexes.empty()) {
        refuse_parameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions");
    }
    std::set<std::string> definitions;
    for (const KeyAttribute& attribute : table.attributes) definitions.insert(attribute.name);
    refuse_parameter("Some AttributeDefinitions are not used. AttributeDefinitions: " + listed(definitions) +
                     ", keys used: " + listed(used));
}

std::optional<std::string> view_of(const std::optional<api::StreamSpecification>& given) {
    if (!given) return std::nullopt;
    if (!given->StreamEnabled.value_or(false)) {
        if (given->StreamViewType) {
            refuse_parameter("StreamViewType can only be specified when StreamEnabled is true");
        }
        return std::nullopt;
    }
    if (!given->StreamViewType)
        refuse_parameter("StreamViewType must be specified when StreamEnabled is true");
    return given->StreamViewType;
}

void check_bounds(const std::optional<api::ProvisionedThroughput>& given) {
    if (!given) return;
    const auto check = [](const char* name, std::int64_t units) {
        if (units <= kMaxUnits) return;
        refuse("Given value " + std::to_string(units) + " for " + name + " is out of bounds");
    };
    check("ReadCapacityUnits", given->ReadCapacityUnits.value_or(0));
    check("WriteCapacityUnits", given->WriteCapacityUnits.value_or(0));
}

Table table_of(const api::CreateTableInput& input) {
    if (!input.TableName) refuse("The parameter 'TableName' is required but was not present in the request");
    if (!input.AttributeDefinitions) refuse_null("attributeDefinitions");
    if (!input.KeySchema) refuse_null("keySchema");
    Table table;
    table.name = *input.TableName;
    table.is_on_demand = input.BillingMode == "PAY_PER_REQUEST";
    table.was_on_demand = table.is_on_demand;
    table.throughput = throughput_of(input.ProvisionedThroughput, table, "when BillingMode is PROVISIONED");
    check_bounds(input.ProvisionedThroughput);
    table.attributes = definitions_of(*input.AttributeDefinitions);
    if (input.KeySchema->size() > table.attributes.size()) refuse(kUndefined);
    table.keys = keys_of(*input.KeySchema, table.attributes);
    add_local_indexes(input, table);
    add_global_indexes(input, table);
    for (Index& index : table.indexes) index.number = table.next_index++;
    check_indexes(table);
    check_definitions_used(table);
    set_limits(input.OnDemandThroughput, table);
    set_warm(input.WarmThroughput, table.billing(), table.throughput, table.warm);
    if (input.VectorIndexes) refuse("VectorIndexes are not supported by Fogbank");
    if (input.GlobalTableSourceArn) refuse("GlobalTableSourceArn is not supported by Fogbank");
    if (input.GlobalTableSettingsReplicationMode) {
        refuse("GlobalTableSettingsReplicationMode is not supported by Fogbank");
    }
    table.is_protected = input.DeletionProtectionEnabled.value_or(false);
    table.table_class = input.TableClass.value_or("");
    if (input.Tags) {
        check_tags(*input.Tags);
        for (const api::Tag& tag : *input.Tags) table.tags.emplace_back(*tag.Key, *tag.Value);
        check_tag_count(table);
    }
    check_quota(table);
    return table;
}

}  // namespace fogbank::dynamodb
