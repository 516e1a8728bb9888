// What Query and Scan share: what is to be shown, where a page starts, and reading it.
#pragma once

#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/store/item_reads.h"
#include "src/base/task.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// The projection of a request: ProjectionExpression or AttributesToGet.
struct Shown {
    std::optional<expression::Projection> projection;
    RangeReader::Content content = RangeReader::Content::items;
    bool wants_all = false;  // Select is ALL_ATTRIBUTES
};

// Checks Select against the projection.
// What a Query and a Scan tell of a page that was read, but for its cost.
template <class Output>
void show_page(RangeReader& reader, const Shown& shown, Output& output) {
    output.Count = static_cast<std::int32_t>(reader.count());
    output.ScannedCount = static_cast<std::int32_t>(reader.scanned());
    if (auto last = reader.last_key()) output.LastEvaluatedKey = Item::of(std::move(*last));
    if (shown.content == RangeReader::Content::items) output.Items = std::move(reader.items());
}

template <class Input>
Shown shown_of(const Input& input, expression::Placeholders& placeholders, Wording wording);

struct SelectRequest {
    const std::optional<std::string>& select;
    bool has_index;
    const char* projection_name;  // "AttributesToGet", "ProjectionExpression", or null
};
void check_select(const SelectRequest& request, Wording wording);

// The index a request names; null where it names none. Refuses one that cannot be read so.
const Index* checked_index(const Table& table, const std::optional<std::string>& name,
                           const std::optional<bool>& consistent_read);
// Refuses to show what a global index has not.
void check_shown(const Table& table, const Index* index, const Shown& shown);

// Whether what is to be shown of an index has to be fetched from its table; a global one never does that.
bool fetches_items(const Table& table, const Index* index, const Shown& shown);

// Refuses an ExclusiveStartKey with a value that is none.
void check_start(const std::optional<Item>& start, Wording wording);
// What ExclusiveStartKey has to be: first as many attributes as the keys, then these in their types.
enum class RangeRead { query, scan };
void check_start_size(const Table& table, const Index* index, const AttributeMap& start, RangeRead read);
void check_start_key(const AttributeMap& start, const KeyAttribute& key);
// Its place in the table or index; refuses what is not the table's key. Precondition: the two above.
std::string start_bytes(const Table& table, const Index* index, const AttributeMap& start);

// Reads the page: the first rows on this thread, the rest on the pool. False where the table is stale.
Task<bool> read_page(store::Database& database, RangeReader& reader);

template <class Input>
Shown shown_of(const Input& input, expression::Placeholders& placeholders, Wording wording) {
    const char* name = input.AttributesToGet        ? "AttributesToGet"
                       : input.ProjectionExpression ? "ProjectionExpression"
                                                    : nullptr;
    check_select({input.Select, input.IndexName.has_value(), name}, wording);
    Shown shown;
    if (input.AttributesToGet) shown.projection = projection_of(*input.AttributesToGet);
    if (input.ProjectionExpression) {
        shown.projection = expression::parse_projection(*input.ProjectionExpression, placeholders);
    }
    if (input.Select == "COUNT") shown.content = RangeReader::Content::count;
    shown.wants_all = input.Select == "ALL_ATTRIBUTES";
    return shown;
}

}  // namespace fogbank::dynamodb
