#include "services/dynamodb/table_work.h"

#include "services/dynamodb/store/backups.h"
#include "services/dynamodb/store/copies.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/store/index_jobs.h"
#include "services/dynamodb/store/shards.h"
#include "services/dynamodb/store/stamps.h"
#include "services/dynamodb/store/tables.h"

namespace fogbank::dynamodb {
namespace {

using Chunk = std::function<bool(store::Txn& txn, std::int64_t now_ms)>;

Task<bool> write_chunk(store::Database& database, Clock& clock, Chunk chunk) {
    const std::int64_t now_ms = unix_millis(clock.now());
    auto body = [&](store::Txn& txn) { return chunk(txn, now_ms); };
    const bool found = co_await database.write(body);
    co_return found;
}

std::vector<events::WorkLoop::Step> steps(store::Database& database, Clock& clock) {
    std::vector<events::WorkLoop::Step> out;
    // What reads items fails by itself; erasing shares a transaction.
    const auto erase = [](store::Txn& txn, std::int64_t now_ms) {
        return erase_chunk(txn) || erase_history(txn, now_ms) || erase_expired_shard(txn, now_ms) ||
               erase_expired_backup(txn, now_ms) || erase_old_stamps(txn, now_ms);
    };
    for (const Chunk& chunk :
         std::initializer_list<Chunk>{[](store::Txn& txn, std::int64_t) { return fill_or_erase_index(txn); },
                                      [](store::Txn& txn, std::int64_t) { return copy_chunk(txn); }, erase}) {
        out.push_back(
            [&database, &clock, chunk](CancelToken) { return write_chunk(database, clock, chunk); });
    }
    return out;
}

}  // namespace

TableWork::TableWork(store::Database& database, Clock& clock, Executor executor)
    : loop_(database, clock, std::move(executor), {name(), kWorkChannel, steps(database, clock)}) {}

std::int64_t TableWork::count(store::ReadTxn& txn, const events::Scope& scope) {
    if (!scope.trace.empty()) return 0;  // it belongs to no chain
    return count_fillings(txn, scope.account) + count_copies(txn, scope.account);
}

}  // namespace fogbank::dynamodb
