#include "services/kinesis/store/streams.h"

namespace fogbank::kinesis {

namespace {

// Records that one transaction of a purge erases.
constexpr std::int64_t kPurgeChunk = 500;

// aws: a shard's sequence numbers start some seconds before its stream was asked for (kinesalite's suite).
constexpr std::int64_t kShardAgeMs = 2000;

Stream read_stream(const store::Statement& row) {
    Stream stream;
    stream.account = row.text(0);
    stream.region = row.text(1);
    stream.name = row.text(2);
    stream.id = row.integer(3);
    stream.mode = row.text(4);
    stream.shard_count = row.integer(5);
    stream.retention_hours = row.integer(6);
    stream.max_record_bytes = row.integer(7);
    stream.created_ms = row.integer(8);
    stream.active_ms = row.integer(9);
    stream.delete_ms = row.is_null(10) ? 0 : row.integer(10);
    return stream;
}

Shard read_shard(const store::Statement& row) {
    Shard shard;
    shard.number = row.integer(0);
    shard.hashes = {HashKey::from_bytes(row.blob(1)), HashKey::from_bytes(row.blob(2))};
    shard.created_s = row.integer(3);
    shard.next_position = row.integer(4);
    return shard;
}

bool is_gone(const Stream& stream, std::int64_t now_ms) {
    return stream.delete_ms != 0 && stream.delete_ms <= now_ms;
}

std::int64_t next_stream_id(store::Txn& txn, const Stream& stream) {
    auto rows = txn.query(
        "insert into kinesis_counter (account, region, last_stream_id) values (?1, ?2, 1) "
        "on conflict (account, region) do update set last_stream_id = kinesis_counter.last_stream_id + 1 "
        "returning last_stream_id",
        stream.account, stream.region);
    rows.next();
    return rows->integer(0);
}

}  // namespace

std::string_view Stream::status(std::int64_t now_ms) const {
    if (delete_ms != 0) return "DELETING";
    return now_ms < active_ms ? "CREATING" : "ACTIVE";
}

std::optional<Stream> find_stream(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view name, std::int64_t now_ms) {
    auto rows = txn.query(
        "select account, region, name, stream_id, mode, shard_count, retention_hours, max_record_bytes, "
        "created_ms, "
        "active_ms, delete_ms from kinesis_stream where account = ?1 and region = ?2 and name = ?3",
        account, region, name);
    if (!rows.next()) return std::nullopt;
    Stream stream = read_stream(*rows);
    if (is_gone(stream, now_ms)) return std::nullopt;
    return stream;
}

std::vector<Stream> list_streams(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view after, std::int64_t limit, std::int64_t now_ms) {
    std::vector<Stream> streams;
    for (const auto& row : txn.query(
             "select account, region, name, stream_id, mode, shard_count, retention_hours, max_record_bytes, "
             "created_ms, active_ms, delete_ms from kinesis_stream where account = ?1 and region = ?2 and "
             "name > ?3 "
             "and (delete_ms is null or delete_ms > ?4) order by name limit ?5",
             account, region, after, now_ms, limit)) {
        streams.push_back(read_stream(row));
    }
    return streams;
}

Usage find_usage(store::ReadTxn& txn, std::string_view account, std::string_view region,
                 std::int64_t now_ms) {
    Usage usage;
    for (const auto& row : txn.query(
             "select mode, count(*), sum(shard_count) from kinesis_stream where account = ?1 and region = ?2 "
             "and (delete_ms is null or delete_ms > ?3) group by mode",
             account, region, now_ms)) {
        if (row.text(0) == "ON_DEMAND") {
            usage.on_demand_streams = row.integer(1);
        } else {
            usage.open_shards = row.integer(2);
        }
    }
    return usage;
}

void insert_stream(store::Txn& txn, Stream& stream) {
    // A namesake that is deleted but not yet purged gets a name that no stream can have.
    txn.execute(
        "update kinesis_stream set name = name || '/' || stream_id "
        "where account = ?1 and region = ?2 and name = ?3 and delete_ms <= ?4",
        stream.account, stream.region, stream.name, stream.created_ms);
    stream.id = next_stream_id(txn, stream);
    txn.execute(
        "insert into kinesis_stream (account, region, name, stream_id, mode, shard_count, retention_hours, "
        "max_record_bytes, created_ms, active_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        stream.account, stream.region, stream.name, stream.id, stream.mode, stream.shard_count,
        stream.retention_hours, stream.max_record_bytes, stream.created_ms, stream.active_ms);
    std::int64_t number = 0;
    for (const HashRange& range : split_evenly(stream.shard_count)) {
        const std::string first = range.first.bytes();
        const std::string last = range.last.bytes();
        txn.execute(
            "insert into kinesis_shard (account, region, stream_id, shard, first_hash, last_hash, created_s, "
            "next_position, last_arrival_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
            stream.account, stream.region, stream.id, number++, store::Blob{first}, store::Blob{last},
            (stream.created_ms - kShardAgeMs) / 1000);
    }
}

void set_retention(store::Txn& txn, const Stream& stream, std::int64_t hours) {
    txn.execute(
        "update kinesis_stream set retention_hours = ?4 where account = ?1 and region = ?2 and name = ?3",
        stream.account, stream.region, stream.name, hours);
}

void mark_deleted(store::Txn& txn, const Stream& stream, std::int64_t delete_ms) {
    txn.execute("update kinesis_stream set delete_ms = ?4 where account = ?1 and region = ?2 and name = ?3",
                stream.account, stream.region, stream.name, delete_ms);
}

std::vector<Shard> list_shards(store::ReadTxn& txn, const Stream& stream, std::int64_t after,
                               std::int64_t limit) {
    std::vector<Shard> shards;
    for (const auto& row : txn.query(
             "select shard, first_hash, last_hash, created_s, next_position from kinesis_shard "
             "where account = ?1 and region = ?2 and stream_id = ?3 and shard > ?4 order by shard limit ?5",
             stream.account, stream.region, stream.id, after, limit)) {
        shards.push_back(read_shard(row));
    }
    return shards;
}

std::optional<Shard> find_shard(store::ReadTxn& txn, const Stream& stream, std::int64_t number) {
    auto rows = txn.query(
        "select shard, first_hash, last_hash, created_s, next_position from kinesis_shard "
        "where account = ?1 and region = ?2 and stream_id = ?3 and shard = ?4",
        stream.account, stream.region, stream.id, number);
    if (!rows.next()) return std::nullopt;
    return read_shard(*rows);
}

Tags list_tags(store::ReadTxn& txn, const Stream& stream) {
    Tags tags;
    for (const auto& row : txn.query(
             "select name, value from kinesis_tag where account = ?1 and region = ?2 and stream_id = ?3 "
             "order by name",
             stream.account, stream.region, stream.id)) {
        tags.emplace_back(row.text(0), row.text(1));
    }
    return tags;
}

void put_tag(store::Txn& txn, const Stream& stream, std::string_view name, std::string_view value) {
    txn.execute(
        "insert into kinesis_tag (account, region, stream_id, name, value) values (?1, ?2, ?3, ?4, ?5) "
        "on conflict (account, region, stream_id, name) do update set value = excluded.value",
        stream.account, stream.region, stream.id, name, value);
}

void erase_tag(store::Txn& txn, const Stream& stream, std::string_view name) {
    txn.execute("delete from kinesis_tag where account = ?1 and region = ?2 and stream_id = ?3 and name = ?4",
                stream.account, stream.region, stream.id, name);
}

std::optional<Stream> find_next_deleted(store::ReadTxn& txn) {
    auto rows = txn.query(
        "select account, region, name, stream_id, mode, shard_count, retention_hours, max_record_bytes, "
        "created_ms, "
        "active_ms, delete_ms from kinesis_stream where delete_ms is not null order by delete_ms limit 1");
    if (!rows.next()) return std::nullopt;
    return read_stream(*rows);
}

bool erase_chunk(store::Txn& txn, const Stream& stream) {
    const std::int64_t erased = txn.execute(
        "delete from kinesis_record where account = ?1 and region = ?2 and stream_id = ?3 and (shard, "
        "position) in "
        "(select shard, position from kinesis_record where account = ?1 and region = ?2 and stream_id = ?3 "
        "limit ?4)",
        stream.account, stream.region, stream.id, kPurgeChunk);
    if (erased != 0) return true;
    txn.execute("delete from kinesis_shard where account = ?1 and region = ?2 and stream_id = ?3",
                stream.account, stream.region, stream.id);
    txn.execute("delete from kinesis_tag where account = ?1 and region = ?2 and stream_id = ?3",
                stream.account, stream.region, stream.id);
    // By id: a new stream of the same name may have taken the name meanwhile.
    txn.execute("delete from kinesis_stream where account = ?1 and region = ?2 and stream_id = ?3",
                stream.account, stream.region, stream.id);
    return false;
}

void erase_account(store::Txn& txn, std::string_view account) {
    txn.execute("delete from kinesis_record where ?1 = '' or account = ?1", account);
    txn.execute("delete from kinesis_shard where ?1 = '' or account = ?1", account);
    txn.execute("delete from kinesis_tag where ?1 = '' or account = ?1", account);
    txn.execute("delete from kinesis_stream where ?1 = '' or account = ?1", account);
}

}  // namespace fogbank::kinesis
