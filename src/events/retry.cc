#include "src/events/dispatcher.h"

#include <algorithm>

namespace fogbank::events {

// Half of the delay is certain, half is chance, so that deliveries which failed together do not return
// together.
Duration retry_delay(int attempt, Duration base, Duration cap, Entropy& entropy) {
    Duration delay = base;
    for (int i = 1; i < attempt && delay < cap; ++i) delay *= 2;
    delay = std::min(delay, cap);
    auto chance = static_cast<Duration::rep>(static_cast<double>(delay.count()) / 2 * entropy.fraction());
    return delay / 2 + Duration(chance);
}

}  // namespace fogbank::events
