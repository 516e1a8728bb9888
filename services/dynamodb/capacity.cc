#include "services/dynamodb/capacity.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kReadUnit = 4096;
constexpr std::size_t kWriteUnit = 1024;

double whole_units(std::size_t bytes, std::size_t unit) {
    return static_cast<double>(std::max<std::size_t>(1, (bytes + unit - 1) / unit));
}

bool is_wanted(const Mode& mode) {
    return mode && (*mode == "TOTAL" || *mode == "INDEXES");
}

api::Capacity capacity(double units) {
    api::Capacity out;
    out.CapacityUnits = units;
    return out;
}

// Of a table and all that belongs to it, or of one of these.
template <class Units>
void add_units(Units& total, const Units& more) {
    const auto add = [](std::optional<double>& to, const std::optional<double>& from) {
        if (from) to = to.value_or(0) + *from;
    };
    add(total.CapacityUnits, more.CapacityUnits);
    add(total.ReadCapacityUnits, more.ReadCapacityUnits);
    add(total.WriteCapacityUnits, more.WriteCapacityUnits);
}

void add_index(api::ConsumedCapacity& out, const Index& index, double units) {
    auto& indexes = index.is_global ? out.GlobalSecondaryIndexes : out.LocalSecondaryIndexes;
    if (!indexes) indexes.emplace();
    api::Capacity& entry = (*indexes)[index.name];
    entry.CapacityUnits = entry.CapacityUnits.value_or(0) + units;
}

// docs: "Write capacity for global secondary indexes".
void add_index_costs(const Table& table, const Index& index, const AttributeMap& old, const AttributeMap& now,
                     const std::string& item_key, std::vector<IndexCost>& out) {
    const auto before = index_bytes(index, old, item_key);
    const auto after = index_bytes(index, now, item_key);
    if (!before && !after) return;
    const AttributeMap old_shown = before ? projected(table, index, old) : AttributeMap{};
    const AttributeMap new_shown = after ? projected(table, index, now) : AttributeMap{};
    const double old_units = before ? whole_units(item_size(old_shown), kWriteUnit) : 0;
    const double new_units = after ? whole_units(item_size(new_shown), kWriteUnit) : 0;
    if (before == after) {
        if (!(old_shown == new_shown)) out.push_back({&index, *after, std::max(old_units, new_units)});
        return;
    }
    if (before) out.push_back({&index, *before, old_units});
    if (after) out.push_back({&index, *after, new_units});
}

}  // namespace

double read_units(std::size_t bytes, Consistency consistency) {
    const double units = whole_units(bytes, kReadUnit);
    return consistency == Consistency::strong ? units : units / 2;
}

double fetch_units(std::int64_t units, Consistency consistency) {
    return static_cast<double>(units) / (consistency == Consistency::strong ? 1 : 2);
}

double write_units(const ItemChange& change) {
    return whole_units(std::max(change.old_size, change.new_size), kWriteUnit);
}

std::vector<IndexCost> index_costs(const Table& table, const ItemChange& change,
                                   const std::string& item_key) {
    std::vector<IndexCost> out;
    if (table.indexes.empty()) return out;
    const AttributeMap old = change.existed ? decode_stored(change.old_json) : AttributeMap{};
    const AttributeMap now = change.exists ? decode_stored(change.new_json) : AttributeMap{};
    for (const Index& index : table.indexes) add_index_costs(table, index, old, now, item_key, out);
    return out;
}

std::optional<api::ConsumedCapacity> read_capacity(const Mode& mode, const Table& table, const Index* index,
                                                   double units, double table_units) {
    if (!is_wanted(mode)) return std::nullopt;
    api::ConsumedCapacity out;
    out.TableName = table.name;
    out.CapacityUnits = units + table_units;
    if (*mode == "INDEXES") {
        out.Table = capacity(index == nullptr ? units : table_units);
        if (index != nullptr) add_index(out, *index, units);
    }
    return out;
}

std::optional<api::ConsumedCapacity> write_capacity(const Mode& mode, const Table& table,
                                                    const ItemChange& change, const std::string& item_key) {
    if (!is_wanted(mode)) return std::nullopt;
    api::ConsumedCapacity out;
    out.TableName = table.name;
    const double table_units = write_units(change);
    double total = table_units;
    const bool by_index = *mode == "INDEXES";
    if (by_index) out.Table = capacity(table_units);
    for (const IndexCost& cost : index_costs(table, change, item_key)) {
        total += cost.units;
        if (by_index) add_index(out, *cost.index, cost.units);
    }
    out.CapacityUnits = total;
    return out;
}

void TableCosts::add(const std::optional<api::ConsumedCapacity>& cost) {
    if (!cost) return;
    const auto [found, is_first] = costs_.try_emplace(*cost->TableName, *cost);
    if (is_first) return;
    api::ConsumedCapacity& total = found->second;
    add_units(total, *cost);
    if (cost->Table) add_units(total.Table ? *total.Table : total.Table.emplace(), *cost->Table);
    const auto add_all = [](auto& to, const auto& from) {
        if (!from) return;
        if (!to) to.emplace();
        for (const auto& [name, each] : *from) add_units((*to)[name], each);
    };
    add_all(total.GlobalSecondaryIndexes, cost->GlobalSecondaryIndexes);
    add_all(total.LocalSecondaryIndexes, cost->LocalSecondaryIndexes);
}

std::optional<std::vector<api::ConsumedCapacity>> TableCosts::take() {
    if (costs_.empty()) return std::nullopt;
    std::vector<api::ConsumedCapacity> out;
    for (auto& [name, cost] : costs_) out.push_back(std::move(cost));
    return out;
}

std::optional<api::ItemCollectionMetrics> collection_metrics(const Mode& mode, const Table& table,
                                                             const AttributeMap& attributes) {
    if (!mode || *mode != "SIZE" || !table.has_local_index()) return std::nullopt;
    api::ItemCollectionMetrics out;
    const KeySchema hash_only{table.keys.hash, std::nullopt, {}, {}};
    out.ItemCollectionKey = Item::of(key_of(hash_only, attributes));
    out.SizeEstimateRangeGB = std::vector<double>{0, 1};
    return out;
}

}  // namespace fogbank::dynamodb
