#include "services/kinesis/store/records.h"

namespace fogbank::kinesis {

namespace {

// Every so many records a shard is trimmed, by at most so many: trimming keeps up with writing at any rate.
constexpr std::int64_t kTrimInterval = 64;
constexpr std::int64_t kTrimChunk = 256;

void trim(store::Txn& txn, const Stream& stream, std::int64_t shard, std::int64_t oldest_kept_ms) {
    std::int64_t oldest = 0;
    {
        auto rows = txn.query(
            "select position, arrived_ms from kinesis_record where account = ?1 and region = ?2 and "
            "stream_id = ?3 "
            "and shard = ?4 order by position limit 1",
            stream.account, stream.region, stream.id, shard);
        if (!rows.next() || rows->integer(1) >= oldest_kept_ms) return;
        oldest = rows->integer(0);
    }
    txn.execute(
        "delete from kinesis_record where account = ?1 and region = ?2 and stream_id = ?3 and shard = ?4 "
        "and position < ?5 and arrived_ms < ?6",
        stream.account, stream.region, stream.id, shard, oldest + kTrimChunk, oldest_kept_ms);
}

}  // namespace

Placement insert_record(store::Txn& txn, const Stream& stream, const NewRecord& record, std::int64_t now_ms,
                        std::string_view trace) {
    const std::string hash = record.hash.bytes();
    Placement placement;
    std::int64_t arrived_ms = 0;
    {
        // The ranges of a stream's shards cover all hashes: the last one that starts at or before the hash
        // owns it.
        auto rows = txn.query(
            "update kinesis_shard set next_position = next_position + 1, "
            "last_arrival_ms = case when last_arrival_ms < ?5 then ?5 else last_arrival_ms end "
            "where account = ?1 and region = ?2 and stream_id = ?3 and first_hash = "
            "(select first_hash from kinesis_shard where account = ?1 and region = ?2 and stream_id = ?3 "
            "and first_hash <= ?4 order by first_hash desc limit 1) "
            "returning shard, next_position, last_arrival_ms, created_s",
            stream.account, stream.region, stream.id, store::Blob{hash}, now_ms);
        rows.next();
        placement.shard = rows->integer(0);
        arrived_ms = rows->integer(2);
        placement.sequence_number = {rows->integer(3), rows->integer(1) - 1, arrived_ms / 1000,
                                     placement.shard, 2};
    }
    const std::int64_t position = placement.sequence_number.position;
    txn.execute(
        "insert into kinesis_record (account, region, stream_id, shard, position, arrived_ms, partition_key, "
        "data, "
        "trace) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        stream.account, stream.region, stream.id, placement.shard, position, arrived_ms, record.partition_key,
        store::Blob{record.data}, trace);
    if (position % kTrimInterval == 0) trim(txn, stream, placement.shard, stream.oldest_kept_ms(now_ms));
    return placement;
}

Slice list_records(store::ReadTxn& txn, const Stream& stream, std::int64_t shard, std::int64_t position,
                   std::int64_t limit, std::int64_t byte_limit) {
    Slice slice;
    for (const auto& row : txn.query(
             "select position, arrived_ms, partition_key, data, trace from kinesis_record where account = ?1 "
             "and region = ?2 and stream_id = ?3 and shard = ?4 and position >= ?5 order by position limit "
             "?6",
             stream.account, stream.region, stream.id, shard, position, limit)) {
        const std::string_view data = row.blob(3);
        const auto bytes = static_cast<std::int64_t>(data.size());
        if (!slice.records.empty() && slice.bytes + bytes > byte_limit) break;
        slice.bytes += bytes;
        slice.records.push_back({row.integer(0), row.integer(1), std::string(row.text(2)), std::string(data),
                                 std::string(row.text(4))});
    }
    return slice;
}

std::optional<std::int64_t> find_arrival(store::ReadTxn& txn, const Stream& stream, std::int64_t shard,
                                         std::int64_t position) {
    auto rows = txn.query(
        "select arrived_ms from kinesis_record where account = ?1 and region = ?2 and stream_id = ?3 and "
        "shard = ?4 "
        "and position = ?5",
        stream.account, stream.region, stream.id, shard, position);
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

std::int64_t find_position(store::ReadTxn& txn, const Stream& stream, const Shard& shard,
                           std::int64_t time_ms) {
    // Binary search: arrival grows with the position, and what is missing was trimmed because it is old.
    std::int64_t first = 0;
    std::int64_t count = shard.next_position;
    while (count > 0) {
        const std::int64_t half = count / 2;
        const std::optional<std::int64_t> arrival = find_arrival(txn, stream, shard.number, first + half);
        if (!arrival || *arrival < time_ms) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

}  // namespace fogbank::kinesis
