// One item's write as part of a transaction: the item, its index entries, the counts and the stream's record.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/store/tables.h"
#include "services/dynamodb/table.h"
#include "src/events/event.h"
#include "src/store/database.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fogbank::dynamodb {

inline constexpr std::size_t kMaxItemBytes = 400 * 1024;  // docs: "Maximum item size"

enum class ConditionFailure { plain, with_item };  // ReturnValuesOnConditionCheckFailure

// What is to be done, checked and encoded as far as that goes without the item that stands there.
struct ItemWrite {
    enum class Kind { put, update, erase, check };
    Kind kind = Kind::put;
    TablePtr table;
    std::string key;                           // key_bytes()
    const AttributeMap* attributes = nullptr;  // put: the item; otherwise the key. Outlives the write
    std::string json;                          // put: the item, encoded
    std::size_t size = 0;                      // put: item_size()
    const expression::Condition* condition = nullptr;
    ConditionFailure on_failure = ConditionFailure::plain;
    const expression::Update* update = nullptr;
    WriteSource source = WriteSource::update;  // of an update
    // The update has only actions of the legacy DELETE: they make no item where none is.
    bool creates_item = true;
};

struct ItemChange;
struct Writer;

// Sees each change in its transaction, which may still be undone, and before any of it is stored: it may
// refuse it.
class ChangeObserver {
public:
    virtual ~ChangeObserver() = default;
    virtual void changing(const ItemWrite& write, const ItemChange& change, const Writer& writer) = 0;
    // A write whose condition does not hold: nothing of it is stored.
    virtual void failing(const ItemWrite& write, const ItemChange& change, const Writer& writer) = 0;
};

// Who wrote, and when: goes into the stream's records, and through `outbox` to who else gets the changes.
struct Writer {
    enum class Kind : std::uint8_t { user, time_to_live, replication, copy };
    std::string trace;  // events::Trace::header()
    std::int64_t now_ms = 0;
    Kind kind = Kind::user;
    events::Outbox* outbox = nullptr;    // null: of a copy, which is no change
    ChangeObserver* observer = nullptr;  // null: nobody
    // docs: a transaction's writes cost twice the units.
    enum class Charge : std::uint8_t { once, twice };
    Charge charge = Charge::once;
    // The items (table number, key) that `observer` charged for: a body that runs again pays no second time.
    std::shared_ptr<std::set<std::pair<std::int64_t, std::string>>> charged =
        observer == nullptr ? nullptr : std::make_shared<std::set<std::pair<std::int64_t, std::string>>>();
};

struct ItemChange {
    bool existed = false;
    bool exists = false;
    std::string old_json;  // where it existed
    std::string new_json;  // where it exists
    std::size_t old_size = 0;
    std::size_t new_size = 0;
};

// Nothing where `write.table` is stale: then nothing was done. Throws ConditionalCheckFailedException and
// what AWS finds wrong only with the item at hand.
std::optional<ItemChange> run(store::Txn& txn, const ItemWrite& write, const Writer& writer);

// Prepares a put or an erase; refuses what is wrong about the item or the key.
ItemWrite prepare_put(TablePtr table, const AttributeMap& item);
ItemWrite prepare_key(ItemWrite::Kind kind, TablePtr table, const AttributeMap& key);

}  // namespace fogbank::dynamodb
