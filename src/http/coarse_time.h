// Cheap clocks for deadlines and the Date header, a few milliseconds coarse. Sockets follow real time, so
// none of this goes through Clock, which users may move.
#pragma once

#include <cstdint>

namespace fogbank::http {

std::int64_t steady_millis();
std::int64_t civil_seconds();  // since 1970

}  // namespace fogbank::http
