// ConsumedCapacity and ItemCollectionMetrics of answers.
#pragma once

#include "services/dynamodb/model/types/consumed_capacity.h"
#include "services/dynamodb/model/types/item_collection_metrics.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/table.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

enum class Consistency { eventual, strong };

using Mode = std::optional<std::string>;  // ReturnConsumedCapacity

// Units of a read of `bytes`: one per 4 KB, half of it where eventually consistent; never none.
double read_units(std::size_t bytes, Consistency consistency);
// Units of items that a local index fetched from its table: `units` strongly consistent ones.
double fetch_units(std::int64_t units, Consistency consistency);

// Units of a write, of the table alone.
double write_units(const ItemChange& change);

// What a write costs in an index.
struct IndexCost {
    const Index* index = nullptr;
    std::string key;  // of the entry that is written
    double units = 0;
};
std::vector<IndexCost> index_costs(const Table& table, const ItemChange& change, const std::string& item_key);

// Nothing where `mode` asks for none. `index` is null for the table itself; of an index, `table_units` are
// its table's.
std::optional<api::ConsumedCapacity> read_capacity(const Mode& mode, const Table& table, const Index* index,
                                                   double units, double table_units = 0);
std::optional<api::ConsumedCapacity> write_capacity(const Mode& mode, const Table& table,
                                                    const ItemChange& change, const std::string& item_key);

// What several items cost: one entry a table, by name.
class TableCosts {
public:
    void add(const std::optional<api::ConsumedCapacity>& cost);  // nothing where none was asked for
    std::optional<std::vector<api::ConsumedCapacity>> take();

private:
    std::map<std::string, api::ConsumedCapacity> costs_;
};

// Nothing unless `mode` is SIZE and the table has a local index.
std::optional<api::ItemCollectionMetrics> collection_metrics(const Mode& mode, const Table& table,
                                                             const AttributeMap& attributes);

}  // namespace fogbank::dynamodb
