// Nothing else tells the time. Civil time is what AWS users see (TTL, retention, schedules, retries) and can
// be moved; steady time (sockets, function timeouts, CPU) is real.
#pragma once

#include "src/base/cancel.h"
#include "src/base/task.h"
#include "src/base/timestamp.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace fogbank {

enum class Wake { due, cancelled };

class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    virtual Instant steady() const = 0;
    // The system's civil time, never moved: for the age of signatures and certificates only.
    virtual Timestamp system_time() const = 0;
    // Resumes on the caller's executor when `due` has come by civil time.
    virtual Task<Wake> sleep_until(Timestamp due, CancelToken cancel) = 0;
    // Resumes on the caller's executor after `duration` of real time.
    virtual Task<Wake> sleep_for(Duration duration, CancelToken cancel) = 0;
};

// A clock whose civil time can be moved: by tests, by `/_fogbank/clock`. Thread-safe.
class MovableClock : public Clock {
public:
    // The first sleeper due at or before `limit`, if any.
    virtual std::optional<Timestamp> next_due() const = 0;
    // Moves civil time forward to `time` and wakes what became due, in order. Returns false and changes
    // nothing where `time` is in the past.
    virtual bool set(Timestamp time) = 0;
    virtual void freeze() = 0;  // civil time stands still until moved or resumed
    virtual void resume() = 0;  // civil time flows again from where it stands
    virtual bool frozen() const = 0;
};

// Civil time follows the system's until it is moved; afterwards it keeps its distance to it.
std::unique_ptr<MovableClock> make_system_clock(Executor timers);

// Civil time starts at `start` and stands until moved; sleep_for is served by real time.
std::unique_ptr<MovableClock> make_manual_clock(Executor timers, Timestamp start);

// Conversions. Unix time is in the unit named.
std::int64_t unix_seconds(Timestamp time);
std::int64_t unix_millis(Timestamp time);
double unix_seconds_fraction(Timestamp time);
Timestamp from_unix_seconds(std::int64_t seconds);
Timestamp from_unix_millis(std::int64_t millis);
Timestamp from_unix_seconds(double seconds);

std::string format_iso8601(Timestamp time);         // 2026-11-23T15:27:00Z; fraction .sss only where not zero
std::string format_iso8601_millis(Timestamp time);  // 2026-11-23T15:27:00.000Z
std::string format_http_date(Timestamp time);       // Mon, 23 Nov 2026 15:27:00 GMT
std::string format_amz_date(Timestamp time);        // 20261123T152700Z
std::optional<Timestamp> parse_iso8601(std::string_view text);    // with Z or an offset, fraction optional
std::optional<Timestamp> parse_http_date(std::string_view text);  // IMF-fixdate, RFC 850 and asctime
std::optional<Timestamp> parse_amz_date(std::string_view text);

}  // namespace fogbank
