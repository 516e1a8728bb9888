// Durations as people write them.
#pragma once

#include "src/base/clock.h"

#include <optional>
#include <string_view>

namespace fogbank::emulator {

// "90", "90s", "500ms", "15m", "1h30m", "7d": numbers with units, seconds where there is none. Nothing for
// anything else, for negative numbers and above ten years.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace fogbank::emulator
