// Numbered schema changes: each runs once in a state folder's life, in a transaction of its own.
#pragma once

#include "src/store/database.h"
#include "src/store/sqlite/writer.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace fogbank::store::sqlite {

inline constexpr const char* kMigrationsTable =
    "create table if not exists store_migrations ("
    "  component text not null, number integer not null, primary key (component, number))";

// The highest number that each component has reached.
std::map<std::string, int> applied_migrations(ReadTxn& txn);

// Those that `applied` lacks, in order. Throws std::runtime_error where the state is from a newer release or
// from before the first, and std::logic_error where the numbers of a component are not 1, 2, 3, ...
std::vector<Migration> missing_migrations(std::span<const Migration> migrations,
                                          const std::map<std::string, int>& applied);

void apply_migrations(Writer& writer, std::span<const Migration> migrations);

}  // namespace fogbank::store::sqlite
