#include "services/dynamodb/kinesis_records.h"

#include "services/dynamodb/value/codec.h"
#include "src/base/clock.h"
#include "src/base/digest.h"
#include "src/base/json.h"

#include <array>

namespace fogbank::dynamodb {
namespace {

// Looks like a UUID, and is the same for the same change.
std::string event_id(const Table& table, std::int64_t sequence) {
    std::string id = md5_hex(table.id + "/" + std::to_string(sequence));
    for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, "-");
    return id;
}

std::string_view event_name(const ItemChange& change) {
    return !change.existed ? "INSERT" : change.exists ? "MODIFY" : "REMOVE";
}

// docs: "Using Kinesis Data Streams to capture changes to DynamoDB": both images, whatever a stream's view
// is.
std::string record_json(const Table& table, const std::string& keys, std::size_t key_size,
                        const ItemChange& change, std::string_view id, const Writer& writer,
                        const std::string& precision) {
    const bool is_micro = precision == "MICROSECOND";
    std::string text;
    json::Writer out(text);
    out.begin_object().field("awsRegion", table.region).field("eventID", id);
    out.field("eventName", event_name(change)).key("userIdentity");
    if (writer.kind == Writer::Kind::time_to_live) {
        out.begin_object().field("principalId", "dynamodb.amazonaws.com").field("type", "Service");
        out.end_object();
    } else {
        out.null();
    }
    out.field("recordFormat", "application/json").field("tableName", table.name);
    out.key("dynamodb").begin_object();
    out.field("ApproximateCreationDateTime", is_micro ? writer.now_ms * 1000 : writer.now_ms);
    out.key("Keys").raw(keys);
    if (change.exists) out.key("NewImage").raw(change.new_json);
    if (change.existed) out.key("OldImage").raw(change.old_json);
    out.field("SizeBytes", static_cast<std::int64_t>(key_size + change.old_size + change.new_size));
    out.field("ApproximateCreationDateTimePrecision", precision);
    out.end_object().field("eventSource", "aws:dynamodb").end_object();
    return text;
}

}  // namespace

void send_to_kinesis(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                     std::int64_t sequence, const Writer& writer) {
    const std::string keys = to_json(key);
    events::Event event;
    event.id = event_id(table, sequence);
    event.type = "dynamodb:" + std::string(event_name(change));
    event.source = Arn::parse(table.arn).value_or(Arn());
    event.account = table.account;
    event.time = from_unix_millis(writer.now_ms);
    event.trace = events::Trace::parse(writer.trace);
    for (const KinesisDestination& each : table.destinations) {
        if (!each.active) continue;
        // The partition key is of the item's key: its changes stay in one shard.
        event.payload = md5_hex(keys) + "\n" +
                        record_json(table, keys, item_size(key), change, event.id, writer, each.precision);
        const std::array<Arn, 1> target{Arn::parse(each.stream_arn).value_or(Arn())};
        writer.outbox->append(txn, event, target);
    }
}

}  // namespace fogbank::dynamodb
