// Items by key, and ranges of them in the order of a table or an index.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/store/past_rows.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table.h"
#include "services/dynamodb/value/attribute_value.h"
#include "src/store/database.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fogbank::dynamodb {

struct FoundItem {
    bool is_stale = false;  // the table definition; nothing else is told then
    bool exists = false;
    std::string json;
    std::size_t size = 0;
};
FoundItem read_item(store::ReadTxn& txn, const Table& table, const std::string& key);

inline constexpr std::size_t kPageBytes = 1024 * 1024;  // docs: Query and Scan, "1 MB"

// By partition: what key_bytes() and index_bytes() begin with.
using PartitionBytes = std::map<std::string, std::size_t, std::less<>>;
enum class Partitions : std::uint8_t { not_counted, counted };

// One page of a Query or Scan, read in slices: memory and time of a snapshot stay bounded.
class RangeReader {
public:
    enum class Order { ascending, descending };
    enum class Content { items, count };

    struct Request {
        TablePtr table;
        const Index* index = nullptr;  // of `table`; null: the table itself
        std::string low;               // keys in [low, high); an empty `high` has no bound
        std::string high;
        Order order = Order::ascending;
        Content content = Content::items;
        bool shows_whole_items = false;  // of a local index: fetched from its table, not what it projects
        std::int64_t limit = 0;          // items to evaluate; 0: no limit
        const expression::Condition* filter = nullptr;
        const expression::Projection* projection = nullptr;
        PastRows past = {};
        Partitions partitions = Partitions::not_counted;
    };

    enum class Progress { more, done, stale };

    explicit RangeReader(Request request);
    // Reads on, at most `rows` rows. After `stale` nothing that was read counts.
    Progress step(store::ReadTxn& txn, std::int64_t rows);

    std::vector<Item>& items() { return items_; }
    std::int64_t count() const { return count_; }
    std::int64_t scanned() const { return scanned_; }
    std::size_t bytes() const { return bytes_; }
    const PartitionBytes& partitions() const { return partitions_; }  // where the request counts them
    // Strongly consistent read units of what a local index fetched from its table. docs: "Local secondary
    // indexes": each item costs its whole size, rounded up to 4 KB.
    std::int64_t fetched_units() const { return fetched_units_; }
    // The key where the next page starts; nothing at the end of the range.
    std::optional<AttributeMap> last_key() const;

private:
    store::Rows open(store::ReadTxn& txn, std::int64_t rows) const;
    void take(std::string_view json, std::size_t size);
    void take_of(std::string_view key, std::size_t size);  // last_json_
    // Takes past rows up to that of `key` (empty: all). True where it stands for the row with this key.
    bool take_past(std::string_view key);
    bool is_full() const;

    Request request_;
    std::vector<Item> items_;
    std::int64_t count_ = 0;
    std::int64_t scanned_ = 0;
    std::size_t bytes_ = 0;
    PartitionBytes partitions_;
    std::int64_t fetched_units_ = 0;
    std::string last_json_;  // of the last row that was read
    bool stopped_early_ = false;
    std::vector<std::pair<std::string, std::optional<PastRow>>> past_;  // of the range, in its order
    std::size_t next_past_ = 0;
};

}  // namespace fogbank::dynamodb
