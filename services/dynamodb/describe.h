// TableDescription, as CreateTable, DescribeTable, UpdateTable and DeleteTable answer it.
#pragma once

#include "services/dynamodb/model/types/table_description.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table.h"

#include <map>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

struct Description {
    std::string status;  // CREATING, ACTIVE, UPDATING, DELETING: of the table and its global indexes
    TableCounts counts;
    std::map<std::int64_t, std::int64_t> index_items;  // by Index::number
    std::vector<Table> replicas;                       // of a global table
    std::int64_t now_ms = 0;
};

// A day of UTC, as a number.
inline std::int64_t utc_day(std::int64_t ms) {
    return ms / (24LL * 60 * 60 * 1000);
}

// What a table or a global index can take at once: what it starts with, or was asked for since.
Throughput warm_throughput(Billing billing, const Throughput& provisioned, const Throughput& asked);

api::TableDescription describe(const Table& table, const Description& description);

}  // namespace fogbank::dynamodb
