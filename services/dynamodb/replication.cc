#include "services/dynamodb/replication.h"

#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/index_jobs.h"
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
    return std::find(table.replicas.begin(), table.replicas.end(), region) != table.replicas.end();
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
    for (const std::string& region : table.replicas) {
        targets.emplace_back("aws", "dynamodb", region, table.account, "table/" + table.name);
    }
    writer.outbox->append(txn, event, targets);
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
    if (table == nullptr || !is_member(*table, stamp.region)) return;
    const AttributeMap key = decode_attributes(change.find("keys"));
    const json::Value item = change.find("item");
    const AttributeMap attributes = item ? decode_attributes(item) : AttributeMap{};
    const ItemWrite write =
        item ? prepare_put(table, attributes) : prepare_key(ItemWrite::Kind::erase, table, key);
    if (const auto before = find_stamp(txn, table->number, write.key); before && *before >= stamp) return;
    run(txn, write,
        {event.trace.header(), unix_millis(clock_.now()), Writer::Kind::replication, &outbox_, nullptr});
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
