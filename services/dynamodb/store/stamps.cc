#include "services/dynamodb/store/stamps.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kEraseChunk = 500;
// The outbox gives up on a delivery after 24 hours.
constexpr std::int64_t kKeptMs = 25LL * 60 * 60 * 1000;

}  // namespace

std::optional<Stamp> find_stamp(store::ReadTxn& txn, std::int64_t table_number, std::string_view key) {
    auto rows =
        txn.query("select at_ms, region, sequence from dynamodb_stamps where table_number = ?1 and key = ?2",
                  table_number, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    return Stamp{rows->integer(0), std::string(rows->text(1)), rows->integer(2)};
}

void store_stamp(store::Txn& txn, std::int64_t table_number, std::string_view key, const Stamp& stamp) {
    txn.execute(
        "insert into dynamodb_stamps (table_number, key, at_ms, region, sequence) values (?1, ?2, ?3, ?4, "
        "?5) "
        "on conflict (table_number, key) do update set at_ms = excluded.at_ms, region = excluded.region, "
        "sequence = excluded.sequence",
        table_number, store::Blob{key}, stamp.at_ms, std::string_view(stamp.region), stamp.sequence);
}

bool erase_old_stamps(store::Txn& txn, std::int64_t now_ms) {
    return txn.execute(
               "delete from dynamodb_stamps where (table_number, key) in "
               "(select table_number, key from dynamodb_stamps where at_ms < ?1 limit ?2)",
               now_ms - kKeptMs, kEraseChunk) > 0;
}

}  // namespace fogbank::dynamodb
