// The types of time, apart from the clock: generated types name them and need nothing else of it.
#pragma once

#include <chrono>

namespace fogbank {

using Duration = std::chrono::nanoseconds;
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;                             // civil, UTC
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;  // real

}  // namespace fogbank
