#include "services/dynamodb/replication.h"

#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/index_jobs.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/store/stamps.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/digest.h"
#include "src/base/json.h"

#include <algorithm>
#include <stdexcept>

namespace fogbank::dynamodb {
namespace {

std::string change_json(const Stamp& stamp, const AttributeMap& key, const ItemChange& change) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("region", stamp.region).field("at_ms", stamp.at_ms);
    out.field("sequence", stamp.sequence).key("keys").raw(to_json(key));
    if (change.exists) out.key("item").raw(change.new_json);
    out.end_object();
    return text;
}

bool is_member(const Table& table, const std::string& region) {
    const auto& members = table.legacy_group ? table.legacy_group->regions : table.replicas;
    return std::find(members.begin(), members.end(), region) != members.end();
}

// docs: "Disassociating a global table replica": what was written before is replicated still.
bool was_member(const Table& table, const Stamp& stamp) {
    return std::any_of(table.departures.begin(), table.departures.end(), [&](const Departure& each) {
        return each.region == stamp.region && stamp.sequence <= each.last_sequence;
    });
}

// docs: version 2017.11.29 keeps in each item whose write it shows.
enum class Mark { written, deleting };

void mark(AttributeMap& item, const Stamp& stamp, Mark with) {
    constexpr std::int64_t kMillis = 1000;
    // aws: "1554766902.780001": milliseconds, and a count
    std::string millis = std::to_string(stamp.at_ms % kMillis + kMillis).substr(1);
    item.set("aws:rep:deleting", AttributeValue::boolean(with == Mark::deleting));
    item.set("aws:rep:updateregion", AttributeValue::string(stamp.region));
    item.set("aws:rep:updatetime",
             AttributeValue::number(std::to_string(stamp.at_ms / kMillis) + "." + millis + "001"));
}

// The item that stands at `key`, marked; nothing where there is none.
std::optional<AttributeMap> marked_item(store::Txn& txn, const Table& table, const std::string& key,
                                        const Stamp& stamp, Mark with) {
    const FoundItem found = read_item(txn, table, key);
    if (!found.exists) return std::nullopt;
    AttributeMap item = decode_stored(found.json);
    mark(item, stamp, with);
    return item;
}

// Index numbers are the same in all regions: members begin as copies, and change together.
void synchronize_indexes(store::Txn& txn, const Table& table, Table& replica) {
    for (const Index& index : replica.indexes) {
        if (table.find_index(index.name) == nullptr) start_erasing(txn, replica, index);
    }
    std::vector<Index> indexes;
    for (const Index& index : table.indexes) {
        const Index* known = replica.find_index(index.name);
        Index made = known != nullptr ? *known : index;
        made.throughput.write = index.throughput.write;
        if (table.is_on_demand || known == nullptr || known->throughput.read == 0) {
            made.throughput = index.throughput;
        }
        if (known == nullptr) start_filling(txn, replica, made);
        indexes.push_back(std::move(made));
    }
    replica.indexes = std::move(indexes);
    replica.next_index = table.next_index;
    replica.attributes = table.attributes;
}

void synchronize_time_to_live(store::Txn& txn, const Table& table, Table& replica) {
    if (replica.ttl_attribute == table.ttl_attribute) return;
    replica.ttl_attribute = table.ttl_attribute;
    replica.ttl_changed_ms = table.ttl_changed_ms;
    if (table.ttl_attribute.empty()) {
        start_erasing_expiries(txn, replica);
    } else {
        start_filling_expiries(txn, replica);
    }
}

}  // namespace

void send_to_replicas(store::Txn& txn, const ItemWrite& write, const AttributeMap& key,
                      const ItemChange& change, std::int64_t sequence, const Writer& writer) {
    const Table& table = *write.table;
    Stamp stamp{writer.now_ms, table.region, sequence};
    // What is written here later wins here, so that it has to win everywhere.
    if (const auto before = find_stamp(txn, table.number, write.key); before && *before > stamp) {
        stamp.at_ms = before->at_ms + (before->region == table.region ? 0 : 1);
    }
    store_stamp(txn, table.number, write.key, stamp);
    events::Event event;
    event.id = md5_hex("replicate/" + table.id + "/" + std::to_string(sequence));
    event.type = "dynamodb:Replicate";
    event.source = Arn::parse(table.arn).value_or(Arn());
    event.account = table.account;
    event.time = from_unix_millis(writer.now_ms);
    event.trace = events::Trace::parse(writer.trace);
    event.payload = change_json(stamp, key, change);
    std::vector<Arn> targets;
    const auto add_target = [&](const std::string& region) {
        targets.emplace_back("aws", "dynamodb", region, table.account, "table/" + table.name);
    };
    for (const std::string& region : table.replicas) add_target(region);
    if (table.legacy_group) {
        for (const std::string& region : table.legacy_group->regions) {
            // The table itself too: it marks what was written, by a write of its own.
            if (region != table.region || change.exists) add_target(region);
        }
    }
    if (!targets.empty()) writer.outbox->append(txn, event, targets);
}

void write_to_replicas(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                       const Writer& writer) {
    const Writer replicating{writer.trace, writer.now_ms, Writer::Kind::replication, writer.outbox, nullptr};
    const AttributeMap item = change.exists ? decode_stored(change.new_json) : AttributeMap{};
    for (const std::string& region : table.replicas) {
        const TablePtr replica = load_table(txn, table.account, region, table.name);
        if (replica == nullptr) continue;
        run(txn,
            change.exists ? prepare_put(replica, item) : prepare_key(ItemWrite::Kind::erase, replica, key),
            replicating);
    }
}

void ReplicationTarget::accept(store::Txn& txn, const events::Event& event, const Arn& target) {
    constexpr std::string_view kTable = "table/";
    const TablePtr table =
        load_table(txn, target.account(), target.region(), target.resource().substr(kTable.size()));
    const auto document = json::parse(event.payload);
    if (!document) throw std::runtime_error("a replicated change is no JSON");
    const json::Value change = document->root();
    const Stamp stamp{change.find("at_ms").integer(), std::string(change.find("region").string()),
                      change.find("sequence").integer()};
    // The replica may have been deleted meanwhile, or have left the group.
    if (table == nullptr || !(is_member(*table, stamp.region) || was_member(*table, stamp))) return;
    const Writer writer{event.trace.header(), unix_millis(clock_.now()), Writer::Kind::replication, &outbox_,
                        nullptr};
    const AttributeMap key = decode_attributes(change.find("keys"));
    const json::Value item = change.find("item");
    AttributeMap attributes = item ? decode_attributes(item) : AttributeMap{};
    if (item && table->legacy_group) mark(attributes, stamp, Mark::written);
    const ItemWrite write =
        item ? prepare_put(table, attributes) : prepare_key(ItemWrite::Kind::erase, table, key);
    const auto before = find_stamp(txn, table->number, write.key);
    if (stamp.region == table->region) {
        // Its own write: nothing but the marks, where that is what the item still shows.
        if (before && *before == stamp) run(txn, write, writer);
        return;
    }
    if (before && *before >= stamp) return;
    if (!item && table->legacy_group) {
        // docs: a delete is two writes in the other regions of version 2017.11.29.
        const auto last = marked_item(txn, *table, write.key, stamp, Mark::deleting);
        if (last) run(txn, prepare_put(table, *last), writer);
    }
    run(txn, write, writer);
    store_stamp(txn, table->number, write.key, stamp);
}

std::vector<Table> load_replicas(store::ReadTxn& txn, const Table& table) {
    std::vector<Table> out;
    for (const std::string& region : table.replicas) {
        if (const TablePtr found = load_table(txn, table.account, region, table.name)) out.push_back(*found);
    }
    return out;
}

void synchronize(store::Txn& txn, const Table& table) {
    for (Table& replica : load_replicas(txn, table)) {
        synchronize_indexes(txn, table, replica);
        replica.is_on_demand = table.is_on_demand;
        replica.was_on_demand = table.was_on_demand;
        replica.on_demand_since_ms = table.on_demand_since_ms;
        replica.throughput.write = table.throughput.write;
        replica.warm = table.warm;
        replica.limits.writes = table.limits.writes;
        if (replica.overrides.on_demand_reads == 0) replica.limits.reads = table.limits.reads;
        if (table.is_on_demand || replica.throughput.read == 0)
            replica.throughput.read = table.throughput.read;
        synchronize_time_to_live(txn, table, replica);
        store_table(txn, replica);
    }
}

}  // namespace fogbank::dynamodb
