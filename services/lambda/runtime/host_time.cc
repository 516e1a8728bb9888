#include "services/lambda/runtime/host_time.h"

#include <chrono>

namespace fogbank::lambda {

std::int64_t host_unix_millis() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace fogbank::lambda
