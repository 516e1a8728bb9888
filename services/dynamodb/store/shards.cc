#include "services/dynamodb/store/shards.h"

#include "services/dynamodb/store/expiries.h"
#include "services/dynamodb/store/tables.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

// docs: "Change data capture for DynamoDB Streams": shards are "ephemeral"; measured by many: about four
// hours.
constexpr std::int64_t kShardLifeMs = 4LL * 60 * 60 * 1000;
// Shards end on the quarter of an hour, so that one wake of the worker serves many.
constexpr std::int64_t kRollGridMs = 15LL * 60 * 1000;
constexpr std::int64_t kRollChunk = 100;
constexpr std::int64_t kEraseChunk = 512;

// Rows are read in the order of the columns.
Shard read_shard(const store::Statement& row) {
    Shard shard;
    shard.number = row.integer(0);
    shard.stream = row.integer(1);
    shard.parent = row.text(2);
    shard.opened_ms = row.integer(3);
    if (!row.is_null(4)) shard.closed_ms = row.integer(4);
    shard.first_sequence = row.integer(5);
    if (!row.is_null(6)) shard.last_sequence = row.integer(6);
    return shard;
}

// Shards opened at this time or before have lived long enough.
std::int64_t due_opened_ms(std::int64_t now_ms) {
    return now_ms / kRollGridMs * kRollGridMs - kShardLifeMs;
}

std::int64_t end_of_life_ms(std::int64_t opened_ms) {
    return (opened_ms + kShardLifeMs + kRollGridMs - 1) / kRollGridMs * kRollGridMs;
}

// One past the shard's records, as a place.
std::int64_t end_place(const Shard& shard) {
    return shard.last_sequence ? place_of(shard.stream, *shard.last_sequence) : place_of(shard.stream + 1, 0);
}

void insert_shard(store::Txn& txn, std::int64_t stream, std::string_view parent, std::int64_t opened_ms,
                  std::int64_t first_sequence) {
    txn.execute(
        "insert into dynamodb_stream_shards (stream, parent, opened_ms, first_sequence) values (?1, ?2, ?3, "
        "?4)",
        stream, parent, opened_ms, first_sequence);
    txn.notify(kExpiryChannel);  // the worker sleeps until the next shard is due
}

// Takes a number that no record has, which ends the shard.
std::int64_t close(store::Txn& txn, const Shard& shard, std::int64_t table_number, std::int64_t now_ms) {
    std::int64_t last = shard.first_sequence;
    {
        auto rows = txn.query(
            "update dynamodb_counts set sequence = sequence + 1 where table_number = ?1 returning sequence",
            table_number);
        if (rows.next()) last = rows->integer(0);
    }
    txn.execute("update dynamodb_stream_shards set closed_ms = ?2, last_sequence = ?3 where number = ?1",
                shard.number, now_ms, last);
    return last;
}

// 0 where nothing was written.
std::int64_t last_written_ms(store::ReadTxn& txn, const Shard& shard) {
    auto rows = txn.query(
        "select written_ms from dynamodb_stream_records where place >= ?1 and place < ?2 "
        "order by place desc limit 1",
        place_of(shard.stream, shard.first_sequence), end_place(shard));
    return rows.next() ? rows->integer(0) : 0;
}

struct DueShard {
    Shard shard;
    std::int64_t table_number = 0;
    std::string stream_arn;
};

std::vector<DueShard> due_shards(store::ReadTxn& txn, std::int64_t now_ms) {
    std::vector<DueShard> out;
    for (const auto& row :
         txn.query("select d.number, d.stream, d.parent, d.opened_ms, d.closed_ms, d.first_sequence, "
                   "d.last_sequence, s.table_number, s.account, s.region, s.table_name, s.label "
                   "from dynamodb_stream_shards d join dynamodb_streams s on s.number = d.stream "
                   "where d.closed_ms is null and d.opened_ms <= ?1 order by d.opened_ms limit ?2",
                   due_opened_ms(now_ms), kRollChunk)) {
        DueShard& due = out.emplace_back();
        due.shard = read_shard(row);
        due.table_number = row.integer(7);
        due.stream_arn = "arn:aws:dynamodb:" + std::string(row.text(9)) + ":" + std::string(row.text(8)) +
                         ":table/" + std::string(row.text(10)) + "/stream/" + std::string(row.text(11));
    }
    return out;
}

}  // namespace

std::string shard_id(const Shard& shard) {
    return "shardId-" + zero_padded(shard.opened_ms, 20) + "-" + zero_padded(shard.number, 8);
}

void open_first_shard(store::Txn& txn, std::int64_t stream, std::int64_t first_sequence,
                      std::int64_t now_ms) {
    insert_shard(txn, stream, "", now_ms, first_sequence);
}

void close_last_shard(store::Txn& txn, std::int64_t stream, std::int64_t table_number, std::int64_t now_ms) {
    std::optional<Shard> last;
    {
        auto rows = txn.query(
            "select number, stream, parent, opened_ms, closed_ms, first_sequence, last_sequence "
            "from dynamodb_stream_shards where stream = ?1 order by number desc limit 1",
            stream);
        if (rows.next()) last = read_shard(*rows);
    }
    if (last && !last->closed_ms) close(txn, *last, table_number, now_ms);
}

std::optional<Shard> find_shard(store::ReadTxn& txn, std::int64_t number, std::int64_t now_ms) {
    auto rows = txn.query(
        "select number, stream, parent, opened_ms, closed_ms, first_sequence, last_sequence "
        "from dynamodb_stream_shards where number = ?1 and (closed_ms is null or closed_ms >= ?2)",
        number, now_ms - kStreamRetentionMs);
    if (!rows.next()) return std::nullopt;
    return read_shard(*rows);
}

std::vector<Shard> list_shards(store::ReadTxn& txn, const Stream& stream, std::int64_t after,
                               std::int64_t limit, std::int64_t now_ms) {
    std::vector<Shard> out;
    for (const auto& row :
         txn.query("select number, stream, parent, opened_ms, closed_ms, first_sequence, last_sequence "
                   "from dynamodb_stream_shards where stream = ?1 and number > ?2 and (closed_ms is null or "
                   "closed_ms >= ?3) "
                   "order by number limit ?4",
                   stream.number, after, now_ms - kStreamRetentionMs, limit)) {
        out.push_back(read_shard(row));
    }
    return out;
}

std::vector<StreamRow> read_records(store::ReadTxn& txn, const Shard& shard, std::int64_t sequence,
                                    std::int64_t limit, std::int64_t byte_limit, std::int64_t now_ms) {
    std::vector<StreamRow> out;
    std::int64_t bytes = 0;
    for (const auto& row :
         txn.query("select place, written_ms, event, size, keys, new_image, old_image, trace, by_service "
                   "from dynamodb_stream_records where place >= ?1 and place < ?2 and written_ms >= ?3 "
                   "order by place limit ?4",
                   place_of(shard.stream, std::max(sequence, shard.first_sequence)), end_place(shard),
                   now_ms - kStreamRetentionMs, limit)) {
        StreamRow record;
        record.sequence = sequence_of(row.integer(0));
        record.written_ms = row.integer(1);
        record.event = row.text(2);
        record.size = row.integer(3);
        record.keys = row.text(4);
        record.new_image = row.text(5);
        record.old_image = row.text(6);
        record.trace = row.text(7);
        record.by_service = row.integer(8) != 0;
        bytes +=
            static_cast<std::int64_t>(record.keys.size() + record.new_image.size() + record.old_image.size());
        if (!out.empty() && bytes > byte_limit) break;
        out.push_back(std::move(record));
    }
    return out;
}

std::int64_t first_since(store::ReadTxn& txn, const Shard& shard, std::int64_t since_ms) {
    auto rows = txn.query(
        "select place from dynamodb_stream_records where place >= ?1 and place < ?2 and written_ms >= ?3 "
        "order by place limit 1",
        place_of(shard.stream, shard.first_sequence), end_place(shard), since_ms);
    if (rows.next()) return sequence_of(rows->integer(0));
    return latest(txn, shard);
}

std::int64_t trim_horizon(store::ReadTxn& txn, const Shard& shard, std::int64_t now_ms) {
    return first_since(txn, shard, now_ms - kStreamRetentionMs);
}

std::int64_t latest(store::ReadTxn& txn, const Shard& shard) {
    if (shard.last_sequence) return *shard.last_sequence;
    auto rows = txn.query(
        "select c.sequence from dynamodb_streams s join dynamodb_counts c on c.table_number = s.table_number "
        "where s.number = ?1",
        shard.stream);
    return rows.next() ? rows->integer(0) + 1 : shard.first_sequence;
}

bool roll_shards(store::Txn& txn, std::int64_t now_ms) {
    const std::vector<DueShard> due = due_shards(txn, now_ms);
    for (const DueShard& each : due) {
        // The time that it was due, however late the worker is: a clock that jumps leaves the same shards as
        // one that goes through the hours. What would have expired since is passed over.
        const std::int64_t end_ms =
            std::max(end_of_life_ms(each.shard.opened_ms), due_opened_ms(now_ms - kStreamRetentionMs));
        const std::int64_t closed_ms = std::max(end_ms, last_written_ms(txn, each.shard));
        const std::int64_t last = close(txn, each.shard, each.table_number, closed_ms);
        insert_shard(txn, each.shard.stream, shard_id(each.shard), end_ms, last + 1);
        txn.notify("stream:" + each.stream_arn);
    }
    if (due.empty()) return false;
    txn.notify(kWorkChannel);  // what closed a day ago can be erased
    txn.notify("idle");
    return true;
}

std::optional<std::int64_t> next_roll_ms(store::ReadTxn& txn) {
    auto rows = txn.query(
        "select opened_ms from dynamodb_stream_shards where closed_ms is null order by opened_ms limit 1");
    if (!rows.next()) return std::nullopt;
    return end_of_life_ms(rows->integer(0));
}

std::int64_t count_due_shards(store::ReadTxn& txn, std::string_view account, std::int64_t now_ms) {
    auto rows = txn.query(
        "select count(*) from dynamodb_stream_shards d join dynamodb_streams s on s.number = d.stream "
        "where d.closed_ms is null and d.opened_ms <= ?1 and (?2 = '' or s.account = ?2)",
        due_opened_ms(now_ms), account);
    return rows.next() ? rows->integer(0) : 0;
}

bool erase_expired_shard(store::Txn& txn, std::int64_t now_ms) {
    std::optional<Shard> expired;
    {
        auto rows = txn.query(
            "select number, stream, parent, opened_ms, closed_ms, first_sequence, last_sequence "
            "from dynamodb_stream_shards where closed_ms < ?1 order by closed_ms limit 1",
            now_ms - kStreamRetentionMs);
        if (!rows.next()) return false;
        expired = read_shard(*rows);
    }
    if (txn.execute("delete from dynamodb_stream_records where place in "
                    "(select place from dynamodb_stream_records where place >= ?1 and place < ?2 limit ?3)",
                    place_of(expired->stream, expired->first_sequence), end_place(*expired),
                    kEraseChunk) > 0) {
        return true;
    }
    txn.execute("delete from dynamodb_stream_shards where number = ?1", expired->number);
    txn.execute(
        "delete from dynamodb_streams where number = ?1 and closed_ms < ?2 and number not in "
        "(select stream from dynamodb_stream_shards where stream = ?1)",
        expired->stream, now_ms - kStreamRetentionMs);
    return true;
}

}  // namespace fogbank::dynamodb
