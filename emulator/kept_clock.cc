#include "emulator/kept_clock.h"

#include <algorithm>

namespace fogbank::emulator {

std::span<const store::Migration> clock_migrations() {
    static constexpr store::Migration kMigrations[] = {
        {"clock", 1,
         "create table clock_ahead (id integer not null primary key, milliseconds integer not null)"}};
    return kMigrations;
}

void restore_clock(store::Database& database, MovableClock& clock) {
    std::int64_t ahead_ms = database.read([](store::ReadTxn& txn) {
        auto rows = txn.query("select milliseconds from clock_ahead where id = 1");
        return rows.next() ? rows->integer(0) : 0;
    });
    if (ahead_ms > 0) clock.set(clock.system_time() + std::chrono::milliseconds(ahead_ms));
}

Task<void> keep_clock(store::Database& database, Duration ahead) {
    // Rounded up: what was written just before the end is never in the future.
    std::int64_t ahead_ms =
        std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(ahead).count(), 0);
    auto keep = [ahead_ms](store::Txn& txn) {
        txn.execute(
            "insert into clock_ahead (id, milliseconds) values (1, ?1) "
            "on conflict (id) do update set milliseconds = excluded.milliseconds",
            ahead_ms);
    };
    co_await database.write(keep);
}

}  // namespace fogbank::emulator
