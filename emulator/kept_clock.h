// How far the clock stands ahead of the system's, kept in the state: a restart must not take users back to a
// time before what the state holds.
#pragma once

#include "src/base/clock.h"
#include "src/store/database.h"

#include <span>

namespace fogbank::emulator {

std::span<const store::Migration> clock_migrations();

// Moves `clock` as far ahead as an earlier start left it. After the migrations.
void restore_clock(store::Database& database, MovableClock& clock);

// Resumes when `ahead` is committed. Below zero (a clock that was frozen) counts as zero.
Task<void> keep_clock(store::Database& database, Duration ahead);

}  // namespace fogbank::emulator
