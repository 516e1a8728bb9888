#include "services/dynamodb/ops/range_read.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>
#include <set>

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

constexpr const char* kInvalidStart = "The provided starting key is invalid";
constexpr const char* kInvalidStartKey =
    "The provided starting key is invalid: The provided key element does not match the schema";
constexpr const char* kNoMatch = "The provided key element does not match the schema";

bool has_key(const AttributeMap& start, const KeyAttribute& key) {
    const AttributeValue* value = start.find(key.name);
    return value != nullptr && has_type(*value, key);
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

const Index* checked_index(const Table& table, const std::optional<std::string>& name,
                           const std::optional<bool>& consistent_read) {
    if (!name) return nullptr;
    const Index* index = table.find_index(*name);
    if (index == nullptr) refuse("The table does not have the specified index: " + *name);
    if (!index->is_global) return index;
    if (index->is_filling) refuse("Cannot read from backfilling global secondary index: " + index->name);
    if (consistent_read.value_or(false)) {
        refuse("Consistent reads are not supported on global secondary indexes");
    }
    return index;
}

void check_shown(const Table& table, const Index* index, const Shown& shown) {
    if (index == nullptr || !index->is_global) return;
    if (shown.wants_all && index->projection != ProjectionType::all) {
        refuse_parameter("Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                         index->name + " because its projection type is not ALL");
    }
    if (shown.projection) check_projection(table, *index, *shown.projection);
}

bool fetches_items(const Table& table, const Index* index, const Shown& shown) {
    if (index == nullptr || index->is_global) return false;
    if (shown.wants_all) return true;
    return shown.projection &&
           std::any_of(shown.projection->begin(), shown.projection->end(), [&](const expression::Path& path) {
               return !is_projected(table, *index, path[0].name);
           });
}

void check_start(const std::optional<Item>& start, Wording wording) {
    const std::string* defect = start ? find_defect(start->attributes, wording) : nullptr;
    if (defect == nullptr) return;
    // aws: only some have the words before them (dynalite's suite).
    const auto is_about = [&](std::string_view words) { return defect->find(words) != std::string::npos; };
    const bool is_bare = is_about("duplicates") || is_about("number set") || is_about("numeric value") ||
                         is_about("significant digits") || is_about("with magnitude");
    refuse(is_bare ? *defect : std::string(kInvalidStart) + ": " + *defect);
}

// aws: three wordings, by what does not fit (dynalite's suite).
void check_start_size(const Table& table, const Index* index, const AttributeMap& start, RangeRead read) {
    std::set<std::string> names;
    const auto name = [&](const KeyAttribute& key) { names.insert(key.name); };
    table.keys.each(name);
    if (index != nullptr) index->keys.each(name);
    if (names.size() == start.size()) return;
    refuse(index == nullptr && read == RangeRead::scan ? kInvalidStartKey : kInvalidStart);
}

void check_start_key(const AttributeMap& start, const KeyAttribute& key) {
    if (has_key(start, key)) return;
    refuse(start.find(key.name) == nullptr ? kInvalidStart : kNoMatch);
}

std::string start_bytes(const Table& table, const Index* index, const AttributeMap& start) {
    const KeySchema& keys = table.keys;
    if (!has_key(start, keys.hash) || (keys.range && !has_key(start, *keys.range))) refuse(kInvalidStartKey);
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
