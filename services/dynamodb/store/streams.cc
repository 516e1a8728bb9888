#include "services/dynamodb/store/streams.h"

#include "services/dynamodb/keys.h"
#include "services/dynamodb/store/shards.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/clock.h"

#include <charconv>

namespace fogbank::dynamodb {
namespace {

constexpr int kSequenceBits = 40;  // of a place

constexpr std::string_view kSequencePrefix = "1";
constexpr std::size_t kSequenceDigits = 20;

std::string label_of(std::int64_t ms) {
    std::string text = format_iso8601_millis(from_unix_millis(ms));
    text.pop_back();  // AWS's labels have no Z
    return text;
}

std::string keys_json(const KeySchema& keys) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    out.begin_object().field("AttributeName", keys.hash.name).field("KeyType", "HASH").end_object();
    if (keys.range) {
        out.begin_object().field("AttributeName", keys.range->name).field("KeyType", "RANGE").end_object();
    }
    out.end_array();
    return text;
}

bool has_label(store::ReadTxn& txn, const Table& table, const std::string& label) {
    return txn
        .query(
            "select 1 from dynamodb_streams where account = ?1 and region = ?2 and table_name = ?3 and label "
            "= ?4",
            std::string_view(table.account), std::string_view(table.region), std::string_view(table.name),
            std::string_view(label))
        .next();
}

Stream read_stream(const store::Statement& row) {
    Stream stream;
    stream.number = row.integer(0);
    stream.table_name = row.text(1);
    stream.label = row.text(2);
    stream.view = row.text(3);
    stream.keys = row.text(4);
    stream.created_ms = row.integer(5);
    if (!row.is_null(6)) stream.closed_ms = row.integer(6);
    return stream;
}

}  // namespace

std::int64_t current_sequence(store::ReadTxn& txn, std::int64_t table_number) {
    auto rows = txn.query("select sequence from dynamodb_counts where table_number = ?1", table_number);
    return rows.next() ? rows->integer(0) : 0;
}

void open_stream(store::Txn& txn, Table& table, std::string_view view, std::int64_t now_ms) {
    TableStream stream;
    std::int64_t label_ms = now_ms;
    while (has_label(txn, table, label_of(label_ms))) ++label_ms;
    stream.label = label_of(label_ms);
    stream.view = view;
    stream.enabled = true;
    const std::string keys = keys_json(table.keys);
    const std::int64_t first = current_sequence(txn, table.number) + 1;
    auto rows = txn.query(
        "insert into dynamodb_streams (account, region, table_name, table_number, label, view, keys, "
        "created_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) returning number",
        std::string_view(table.account), std::string_view(table.region), std::string_view(table.name),
        table.number, std::string_view(stream.label), view, std::string_view(keys), now_ms);
    rows.next();
    stream.number = rows->integer(0);
    open_first_shard(txn, stream.number, first, now_ms);
    table.stream = std::move(stream);
}

void close_stream(store::Txn& txn, Table& table, std::int64_t now_ms) {
    if (!table.is_streaming()) return;
    table.stream->enabled = false;
    txn.execute("update dynamodb_streams set closed_ms = ?2 where number = ?1", table.stream->number, now_ms);
    close_last_shard(txn, table.stream->number, table.number, now_ms);
    txn.notify("stream:" + table.stream_arn());
}

void append_record(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                   std::int64_t sequence, const Writer& writer) {
    const TableStream& stream = *table.stream;
    const bool wants_new = stream.view == "NEW_IMAGE" || stream.view == "NEW_AND_OLD_IMAGES";
    const bool wants_old = stream.view == "OLD_IMAGE" || stream.view == "NEW_AND_OLD_IMAGES";
    std::optional<std::string_view> new_image;
    std::optional<std::string_view> old_image;
    std::size_t size = item_size(key);
    if (wants_new && change.exists) {
        new_image = change.new_json;
        size += change.new_size;
    }
    if (wants_old && change.existed) {
        old_image = change.old_json;
        size += change.old_size;
    }
    const std::string_view event = !change.existed ? "INSERT" : change.exists ? "MODIFY" : "REMOVE";
    const std::string keys = to_json(key);
    txn.execute(
        "insert into dynamodb_stream_records (place, written_ms, event, size, keys, new_image, old_image, "
        "trace, by_service) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        place_of(stream.number, sequence), writer.now_ms, event, size, std::string_view(keys), new_image,
        old_image, std::string_view(writer.trace), writer.kind == Writer::Kind::time_to_live ? 1 : 0);
    txn.notify("stream:" + table.stream_arn());
}

std::optional<Stream> find_stream(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view label, std::int64_t now_ms) {
    auto rows = txn.query(
        "select number, table_name, label, view, keys, created_ms, closed_ms "
        "from dynamodb_streams where account = ?1 and region = ?2 and table_name = ?3 and label = ?4 "
        "and (closed_ms is null or closed_ms >= ?5)",
        account, region, table_name, label, now_ms - kStreamRetentionMs);
    if (!rows.next()) return std::nullopt;
    return read_stream(*rows);
}

std::vector<Stream> list_streams(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t now_ms) {
    std::vector<Stream> out;
    for (const auto& row : txn.query(
             "select number, table_name, label, view, keys, created_ms, closed_ms "
             "from dynamodb_streams where account = ?1 and region = ?2 "
             "and (?3 = '' or table_name = ?3) and number > ?4 and (closed_ms is null or closed_ms >= ?5) "
             "order by number limit ?6",
             account, region, table_name, after, now_ms - kStreamRetentionMs, limit)) {
        out.push_back(read_stream(row));
    }
    return out;
}

std::int64_t place_of(std::int64_t stream, std::int64_t sequence) {
    return stream << kSequenceBits | sequence;
}

std::int64_t sequence_of(std::int64_t place) {
    return place & ((std::int64_t{1} << kSequenceBits) - 1);
}

std::string zero_padded(std::int64_t value, std::size_t width) {
    std::string digits = std::to_string(value);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
}

std::string sequence_number(std::int64_t sequence) {
    return std::string(kSequencePrefix) + zero_padded(sequence, kSequenceDigits);
}

std::optional<std::int64_t> parse_sequence_number(std::string_view text) {
    if (text.size() != kSequencePrefix.size() + kSequenceDigits || !text.starts_with(kSequencePrefix)) {
        return std::nullopt;
    }
    text.remove_prefix(kSequencePrefix.size());
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace fogbank::dynamodb
