// What CreateTable asks for, checked and turned into a Table.
#pragma once

#include "services/dynamodb/model/types/attribute_definition.h"
#include "services/dynamodb/model/types/create_global_secondary_index_action.h"
#include "services/dynamodb/model/types/create_table_input.h"
#include "services/dynamodb/model/types/key_schema_element.h"
#include "services/dynamodb/model/types/on_demand_throughput.h"
#include "services/dynamodb/model/types/projection.h"
#include "services/dynamodb/model/types/provisioned_throughput.h"
#include "services/dynamodb/model/types/sse_specification.h"
#include "services/dynamodb/model/types/stream_specification.h"
#include "services/dynamodb/model/types/tag.h"
#include "services/dynamodb/model/types/warm_throughput.h"
#include "services/dynamodb/table.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// Everything of the table but its number, identity, times and stream. Refuses in AWS's order.
Table table_of(const api::CreateTableInput& input);

// The pieces, for UpdateTable.
std::vector<KeyAttribute> definitions_of(const std::vector<api::AttributeDefinition>& given);
KeySchema keys_of(const std::vector<api::KeySchemaElement>& given,
                  const std::vector<KeyAttribute>& definitions);
// Of a global index: up to four attributes of each kind.
KeySchema global_keys_of(const std::vector<api::KeySchemaElement>& given,
                         const std::vector<KeyAttribute>& definitions);
// A global index, all but its number.
Index global_index_of(const api::CreateGlobalSecondaryIndexAction& given, const Table& table);
// Refuses units for an index of an on-demand table.
void check_takes_units(const Table& table, const std::string& index);
// Refuses names that stand twice, and more than a table may have.
void check_indexes(const Table& table);
// Refuses reserved keys, and one that stands twice.
void check_tags(const std::vector<api::Tag>& given);
void check_tag_count(const Table& table);
void set_projection(const std::optional<api::Projection>& given, Index& index);
// SSESpecification: sets the key of `table`, which has its account and region. A key that is not named is the
// account's own for DynamoDB.
void set_encryption(const std::optional<api::SSESpecification>& given, Table& table);
void set_limits(const std::optional<api::OnDemandThroughput>& given, Table& table);
void set_limits(const std::optional<api::OnDemandThroughput>& given, Billing billing, OnDemandLimits& limits);
// WarmThroughput of a table or an index with this throughput; it never falls.
void set_warm(const std::optional<api::WarmThroughput>& given, Billing billing, const Throughput& provisioned,
              Throughput& warm);
// Refuses definitions that no key uses.
void check_definitions_used(const Table& table);
// A throughput as AWS takes any.
void check_bounds(const std::optional<api::ProvisionedThroughput>& given);
// The view type of a stream to open; nothing where `given` asks for none.
std::optional<std::string> view_of(const std::optional<api::StreamSpecification>& given);

}  // namespace fogbank::dynamodb
