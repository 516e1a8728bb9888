// Table definitions: rows, and a cache of them. A cached definition may be stale: whoever acts on it checks
// is_current() in its own transaction or snapshot, forgets it where it is not, and starts again.
#pragma once

#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fogbank::dynamodb {

// Shared: readers keep a definition that another thread replaces.
using TablePtr = std::shared_ptr<const Table>;

// Null where there is none.
TablePtr load_table(store::ReadTxn& txn, std::string_view account, std::string_view region,
                    std::string_view name);
TablePtr load_table(store::ReadTxn& txn, std::int64_t number);
// Whether `table` exists and is what storage has.
bool is_current(store::ReadTxn& txn, const Table& table);
// Sets the number and version.
void insert_table(store::Txn& txn, Table& table);
// Stores a changed definition; raises the version.
void store_table(store::Txn& txn, Table& table);
// The rows are erased later, in chunks, by the eraser.
void erase_table(store::Txn& txn, const Table& table);

struct TableCounts {
    std::int64_t items = 0;
    std::int64_t bytes = 0;
};
TableCounts count_table(store::ReadTxn& txn, const Table& table);
// The entries of each index, by Index::number. Counts them one by one.
std::map<std::int64_t, std::int64_t> count_entries(store::ReadTxn& txn, const Table& table);

// Names after `after`, in order, at most `limit`.
std::vector<std::string> list_tables(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                     std::string_view after, std::int64_t limit);
std::int64_t count_tables(store::ReadTxn& txn, std::string_view account, std::string_view region);

// Erases a chunk of what erase_table() left; false where nothing is left.
bool erase_chunk(store::Txn& txn);

// Notified where there may be work in the background.
inline constexpr std::string_view kWorkChannel = "dynamodb:work";

// Thread-safe.
class TableCache {
public:
    explicit TableCache(store::Database& database) : database_(database) {}
    // With its policy; null where there is none.
    TablePtr find(std::string_view account, std::string_view region, std::string_view name);
    void forget(const Table& table) { forget(table.account, table.region, table.name); }
    void forget(const std::string& account, const std::string& region, const std::string& name);
    void clear();

private:
    using Key = std::tuple<std::string, std::string, std::string>;
    using KeyView = std::tuple<std::string_view, std::string_view, std::string_view>;
    struct Less {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return KeyView(a) < KeyView(b);
        }
    };
    store::Database& database_;
    std::mutex mutex_;
    std::map<Key, TablePtr, Less> tables_;
};

}  // namespace fogbank::dynamodb
