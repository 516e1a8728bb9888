// The host's civil time, which functions read for themselves: a deadline they compare with it cannot follow
// the movable clock.
#pragma once

#include <cstdint>

namespace fogbank::lambda {

std::int64_t host_unix_millis();

}  // namespace fogbank::lambda
