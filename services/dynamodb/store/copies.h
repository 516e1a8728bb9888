// Copies of tables and backups as they were at some time, made in chunks by the service's background work.
#pragma once

#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <cstdint>

namespace fogbank::dynamodb {

inline constexpr std::int64_t kUnchanging = -1;  // the position of a source that nobody writes to

struct Copy {
    std::int64_t source = 0;  // a table's number, or a backup's place()
    std::int64_t target = 0;
    std::int64_t position = kUnchanging;  // of history.h
};
void start_copy(store::Txn& txn, const Copy& copy);
// Whether something is being copied from `source`.
bool is_being_copied(store::ReadTxn& txn, std::int64_t source);

// Copies a chunk; false where there is nothing to copy. A backup whose last item is there becomes AVAILABLE,
// a table that is restored can be used.
bool copy_chunk(store::Txn& txn);
// Copies under way, of one account or of all (empty).
std::int64_t count_copies(store::ReadTxn& txn, std::string_view account);

}  // namespace fogbank::dynamodb
