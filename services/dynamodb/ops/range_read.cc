#include "services/dynamodb/ops/range_read.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

// Most pages are short: these rows cost less than a hop to another thread.
constexpr std::int64_t kRowsAtOnce = 64;
constexpr std::int64_t kRowsInPool = 4096;

bool is_projected(const Table& table, const Index& index, const std::string& attribute) {
    if (index.projection == ProjectionType::all) return true;
    if (table.keys.has(attribute) || index.keys.has(attribute)) return true;
    return std::find(index.included.begin(), index.included.end(), attribute) != index.included.end();
}

void check_projection(const Table& table, const Index& index, const expression::Projection& projection) {
    std::string missing;
    for (const expression::Path& path : projection) {
        if (is_projected(table, index, path[0].name)) continue;
        missing += (missing.empty() ? "" : ", ") + path[0].name;
    }
    if (missing.empty()) return;
    refuse_parameter("Global secondary index " + index.name + " does not project [" + missing + "]");
}

[[noreturn]] void refuse_start(const Index* index) {
    const std::string intro = "The provided starting key is invalid";
    refuse(index != nullptr ? intro : intro + ": The provided key element does not match the schema");
}

}  // namespace

void check_select(const SelectRequest& request, Wording wording) {
    const auto& select = request.select;
    if (select == "ALL_PROJECTED_ATTRIBUTES" && !request.has_index) {
        refuse_parameter("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
    if (select == "SPECIFIC_ATTRIBUTES" && request.projection_name == nullptr) {
        // aws: Query's in an envelope, Scan's without (conformance suite, captured 2026-08).
        refuse(std::string(wording == Wording::current ? "1 validation error detected: " : "") +
               "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
               "SPECIFIC_ATTRIBUTES");
    }
    if (!select || request.projection_name == nullptr || *select == "SPECIFIC_ATTRIBUTES") return;
    refuse_parameter("Cannot specify the " + std::string(request.projection_name) + " when choosing to get " +
                     (*select == "COUNT" ? "only the Count" : *select));
}

const Index* checked_index(const Table& table, const std::optional<std::string>& name, const Shown& shown,
                           const std::optional<bool>& consistent_read) {
    if (!name) return nullptr;
    const Index* index = table.find_index(*name);
    if (index == nullptr) refuse("The table does not have the specified index: " + *name);
    if (!index->is_global) return index;
    if (index->is_filling) refuse("Cannot read from backfilling global secondary index: " + index->name);
    if (consistent_read.value_or(false)) {
        refuse("Consistent reads are not supported on global secondary indexes");
    }
    if (shown.wants_all && index->projection != ProjectionType::all) {
        refuse_parameter("Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                         index->name + " because its projection type is not ALL");
    }
    if (shown.projection) check_projection(table, *index, *shown.projection);
    return index;
}

std::string start_bytes(const Table& table, const Index* index, const AttributeMap& start) {
    const KeySchema& keys = table.keys;
    std::vector<const KeyAttribute*> wanted;
    const auto want = [&](const KeyAttribute& attribute) { wanted.push_back(&attribute); };
    keys.each(want);
    if (index != nullptr) index->keys.each(want);
    std::vector<std::string> names;
    for (const KeyAttribute* attribute : wanted) {
        const AttributeValue* value = start.find(attribute->name);
        if (value == nullptr || !has_type(*value, *attribute)) {
            refuse_start(index);
        }
        if (std::find(names.begin(), names.end(), attribute->name) == names.end())
            names.push_back(attribute->name);
    }
    if (names.size() != start.size()) refuse_start(index);
    const std::string item_key = key_bytes(keys, start);
    if (index == nullptr) return item_key;
    return *index_bytes(*index, start, item_key);
}

Task<bool> read_page(store::Database& database, RangeReader& reader) {
    using Progress = RangeReader::Progress;
    Progress progress = database.read([&](store::ReadTxn& txn) { return reader.step(txn, kRowsAtOnce); });
    while (progress == Progress::more) {
        auto slice = [&](store::ReadTxn& txn) { return reader.step(txn, kRowsInPool); };
        progress = co_await database.read_in_pool(slice);
    }
    co_return progress == Progress::done;
}

}  // namespace fogbank::dynamodb
