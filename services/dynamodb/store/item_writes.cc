#include "services/dynamodb/store/item_writes.h"

#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/kinesis_records.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/replication.h"
#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/store/streams.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using Kind = ItemWrite::Kind;

// Reads what stands at the key; nothing where the table is stale.
std::optional<ItemChange> read_old(store::Txn& txn, const ItemWrite& write) {
    auto rows = txn.query(
        "select t.version, i.size, i.item from dynamodb_tables t "
        "left join dynamodb_items i on i.table_number = t.number and i.key = ?2 where t.number = ?1",
        write.table->number, store::Blob{write.key});
    if (!rows.next() || rows->integer(0) != write.table->version) return std::nullopt;
    ItemChange change;
    if (!rows->is_null(1)) {
        change.existed = true;
        change.old_size = static_cast<std::size_t>(rows->integer(1));
        change.old_json = rows->text(2);
    }
    return change;
}

void check_condition(const ItemWrite& write, const AttributeMap& old, const ItemChange& change,
                     const Writer& writer) {
    if (write.condition == nullptr || expression::evaluate(*write.condition, old)) return;
    if (writer.observer != nullptr) writer.observer->failing(write, change, writer);
    Error error = errors::ConditionalCheckFailedException("The conditional request failed");
    if (write.on_failure == ConditionFailure::with_item && change.existed) {
        throw std::move(error).with_json("Item", change.old_json);
    }
    throw error;
}

bool goes_below(const AttributeValue& value, int levels) {
    using Type = AttributeValue::Type;
    if (levels < 0) return true;
    const auto is_deep = [&](const AttributeValue& each) { return goes_below(each, levels - 1); };
    if (value.type() == Type::L) return std::any_of(value.list().begin(), value.list().end(), is_deep);
    if (value.type() != Type::M) return false;
    return std::any_of(value.map().begin(), value.map().end(),
                       [&](const auto& each) { return is_deep(each.value); });
}

// Whether a value that is none too deep by itself became so where the update put it.
bool is_too_deep(const expression::Update& update, const AttributeMap& item) {
    return std::any_of(update.begin(), update.end(), [&](const expression::UpdateAction& action) {
        if (action.path.size() < 2) return false;
        const AttributeValue* value = item.find(action.path[0].name);
        return value != nullptr && goes_below(*value, kTooManyLevels - 1);
    });
}

AttributeMap updated(const ItemWrite& write, const AttributeMap& old, const ItemChange& change) {
    AttributeMap item = change.existed ? old : *write.attributes;
    if (write.update != nullptr) item = expression::apply(*write.update, item);
    check_index_keys(*write.table, item, write.source);
    if (write.update != nullptr && is_too_deep(*write.update, item)) {
        // aws: captured of PartiQL, 2026-09-17; docs: TransactionCanceledException's validation errors.
        refuse("Nesting Levels have exceeded supported limits");
    }
    if (item_size(item) > kMaxItemBytes) refuse("Item size to update has exceeded the maximum allowed size");
    return item;
}

void store_item(store::Txn& txn, const ItemWrite& write, const ItemChange& change) {
    const std::int64_t number = write.table->number;
    const store::Blob key{write.key};
    const std::string_view json(change.new_json);
    if (!change.exists) {
        txn.execute("delete from dynamodb_items where table_number = ?1 and key = ?2", number, key);
    } else if (change.existed) {
        txn.execute("update dynamodb_items set size = ?3, item = ?4 where table_number = ?1 and key = ?2",
                    number, key, change.new_size, json);
    } else {
        txn.execute("insert into dynamodb_items (table_number, key, size, item) values (?1, ?2, ?3, ?4)",
                    number, key, change.new_size, json);
    }
}

void store_index_entries(store::Txn& txn, const ItemWrite& write, const AttributeMap& old,
                         const AttributeMap& now) {
    for (const Index& index : write.table->indexes) {
        const auto before = index_bytes(index, old, write.key);
        const auto after = index_bytes(index, now, write.key);
        if (before == after) continue;
        if (before) {
            txn.execute(
                "delete from dynamodb_index_entries where table_number = ?1 and index_number = ?2 and key = "
                "?3",
                write.table->number, index.number, store::Blob{*before});
        }
        if (after) {
            txn.execute(
                "insert into dynamodb_index_entries (table_number, index_number, key, item_key) "
                "values (?1, ?2, ?3, ?4)",
                write.table->number, index.number, store::Blob{*after}, store::Blob{write.key});
        }
    }
}

// A string may hold this too: then it is only taken for one that may have a set.
bool may_have_set(std::string_view json) {
    return json.find("S\":[") != std::string_view::npos;
}

// Sets of equal elements in another order are the same item in other text; without sets, other text is
// another item.
bool is_same_item(const ItemChange& change) {
    if (change.old_json == change.new_json) return true;
    if (change.old_json.size() != change.new_json.size() || change.old_size != change.new_size) return false;
    if (!may_have_set(change.new_json)) return false;
    return decode_stored(change.old_json) == decode_stored(change.new_json);
}

// Counts the item and takes the sequence number of its record, if there is one.
void count(store::Txn& txn, const ItemWrite& write, const ItemChange& change, const Writer& writer) {
    const std::int64_t items = (change.exists ? 1 : 0) - (change.existed ? 1 : 0);
    const std::int64_t bytes =
        static_cast<std::int64_t>(change.new_size) - static_cast<std::int64_t>(change.old_size);
    const Table& table = *write.table;
    const bool is_change = writer.kind != Writer::Kind::copy && writer.outbox != nullptr;
    const bool goes_out = is_change && table.has_destination();
    const bool is_replicated = is_change && table.stamps_writes() && writer.kind != Writer::Kind::replication;
    const bool is_streamed = table.is_streaming() && writer.kind != Writer::Kind::copy;
    const bool is_recorded = (is_streamed || goes_out || is_replicated) && !is_same_item(change);
    if (!is_recorded && items == 0 && bytes == 0) return;
    txn.execute(
        "update dynamodb_counts set items = items + ?2, bytes = bytes + ?3, sequence = sequence + ?4 "
        "where table_number = ?1",
        table.number, items, bytes, is_recorded ? 1 : 0);
    if (!is_recorded) return;
    // Not by a `returning` of the update: SQLite opens a temporary tree for each, which costs more than this
    // read of a page that is at hand.
    const std::int64_t sequence = current_sequence(txn, table.number);
    const AttributeMap key = key_of(table.keys, *write.attributes);
    if (is_streamed) append_record(txn, table, key, change, sequence, writer);
    if (goes_out) send_to_kinesis(txn, table, key, change, sequence, writer);
    if (is_replicated && table.is_strong) write_to_replicas(txn, table, key, change, writer);
    if (is_replicated && !table.is_strong) send_to_replicas(txn, write, key, change, sequence, writer);
}

// What a check leaves as it is.
ItemChange unchanged(const ItemWrite& write, ItemChange change, const Writer& writer) {
    change.exists = change.existed;
    change.new_json = change.old_json;
    change.new_size = change.old_size;
    if (writer.observer != nullptr) writer.observer->changing(write, change, writer);
    return change;
}

}  // namespace

std::optional<ItemChange> run(store::Txn& txn, const ItemWrite& write, const Writer& writer) {
    auto change = read_old(txn, write);
    if (!change) return change;
    const bool needs_old =
        write.condition != nullptr || write.kind == Kind::update || !write.table->indexes.empty();
    const AttributeMap old = needs_old && change->existed ? decode_stored(change->old_json) : AttributeMap{};
    check_condition(write, old, *change, writer);
    if (write.kind == Kind::check) return unchanged(write, std::move(*change), writer);
    AttributeMap made;  // by an update
    const AttributeMap* now = nullptr;
    if (write.kind == Kind::put) {
        change->exists = true;
        change->new_json = write.json;
        change->new_size = write.size;
        now = write.attributes;
    } else if (write.kind == Kind::update && (change->existed || write.creates_item)) {
        made = updated(write, old, *change);
        change->exists = true;
        change->new_json = to_json(made);
        change->new_size = item_size(made);
        now = &made;
    }
    if (writer.observer != nullptr) writer.observer->changing(write, *change, writer);
    if (!change->existed && !change->exists) return change;
    store_item(txn, write, *change);
    if (!write.table->indexes.empty())
        store_index_entries(txn, write, old, now != nullptr ? *now : AttributeMap{});
    if (write.table->keeps_history()) append_history(txn, *write.table, write.key, *change, writer.now_ms);
    if (!write.table->ttl_attribute.empty()) store_expiry(txn, *write.table, write.key, now, writer.now_ms);
    count(txn, write, *change, writer);
    return change;
}

ItemWrite prepare_put(TablePtr table, const AttributeMap& item) {
    check_item_keys(*table, item);
    check_index_keys(*table, item, WriteSource::put);
    ItemWrite write;
    write.kind = Kind::put;
    write.key = key_bytes(table->keys, item);
    write.table = std::move(table);
    write.attributes = &item;
    write.json = to_json(item);
    write.size = item_size(item);
    return write;
}

ItemWrite prepare_key(ItemWrite::Kind kind, TablePtr table, const AttributeMap& key) {
    check_key(table->keys, key);
    ItemWrite write;
    write.kind = kind;
    write.key = key_bytes(table->keys, key);
    write.table = std::move(table);
    write.attributes = &key;
    return write;
}

}  // namespace fogbank::dynamodb
