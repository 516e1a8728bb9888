// The text forms of civil time that AWS's protocols use.
#include "src/base/clock.h"

#include <array>
#include <charconv>

namespace fogbank {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
    int year;
    unsigned month, day, weekday;
    std::int64_t hour, minute, second, nanosecond;
};

Civil split(Timestamp time) {
    auto days = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day date(days);
    auto rest = (time - days).count();
    constexpr std::int64_t kSecond = 1'000'000'000;
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            std::chrono::weekday(days).c_encoding(),
            rest / (3600 * kSecond),
            rest / (60 * kSecond) % 60,
            rest / kSecond % 60,
            rest % kSecond};
}

void put_two(std::string& out, std::size_t at, std::int64_t value) {
    out[at] = static_cast<char>('0' + value / 10 % 10);
    out[at + 1] = static_cast<char>('0' + value % 10);
}
void put_four(std::string& out, std::size_t at, std::int64_t value) {
    put_two(out, at, value / 100);
    put_two(out, at + 2, value);
}
void put_iso8601(std::string& out, const Civil& c) {
    put_four(out, 0, c.year);
    put_two(out, 5, c.month);
    put_two(out, 8, c.day);
    put_two(out, 11, c.hour);
    put_two(out, 14, c.minute);
    put_two(out, 17, c.second);
}
void put_millis(std::string& out, std::int64_t millis) {
    out[20] = static_cast<char>('0' + millis / 100);
    put_two(out, 21, millis);
}

std::optional<Timestamp> join(int year, int month, int day, int hour, int minute, int second) {
    std::chrono::year_month_day date{std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day))};
    // Years that a 64-bit count of nanoseconds holds.
    if (!date.ok() || year < 1678 || year > 2261 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    return Timestamp(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                     std::chrono::minutes(minute) + std::chrono::seconds(second));
}

// Reads fixed-width numbers and literal characters from the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}
    int number(std::size_t digits) {
        int value = 0;
        if (rest_.size() < digits) return fail();
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return fail();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }
    void literal(std::string_view text) {
        if (!rest_.starts_with(text)) {
            fail();
            return;
        }
        rest_.remove_prefix(text.size());
    }
    bool accept(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    int month() {
        for (std::size_t i = 0; i < kMonths.size(); ++i) {
            if (rest_.starts_with(kMonths[i])) {
                rest_.remove_prefix(3);
                return static_cast<int>(i) + 1;
            }
        }
        return fail();
    }
    void skip_past(char c) {
        std::size_t at = rest_.find(c);
        if (at == std::string_view::npos) {
            fail();
            return;
        }
        rest_.remove_prefix(at + 1);
    }
    std::int64_t fraction() {  // digits after the point, in nanoseconds
        std::int64_t value = 0, unit = 100'000'000;
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail();
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value += (rest_.front() - '0') * unit;
            unit /= 10;
            rest_.remove_prefix(1);
        }
        return value;
    }
    bool ok() const { return ok_; }
    bool done() const { return ok_ && rest_.empty(); }

private:
    int fail() {
        ok_ = false;
        return 0;
    }
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

std::int64_t unix_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
std::int64_t unix_millis(Timestamp time) {
    return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}
double unix_seconds_fraction(Timestamp time) {
    // In two parts: nanoseconds since 1970 in one double would lose the last digits of a .25.
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return static_cast<double>(seconds.time_since_epoch().count()) +
           static_cast<double>((time - seconds).count()) / 1e9;
}
Timestamp from_unix_seconds(std::int64_t seconds) {
    return Timestamp(std::chrono::seconds(seconds));
}
Timestamp from_unix_millis(std::int64_t millis) {
    return Timestamp(std::chrono::milliseconds(millis));
}
Timestamp from_unix_seconds(double seconds) {
    constexpr double kRange = 9.2e9;  // what 64 bits of nanoseconds hold
    if (!(seconds > -kRange)) seconds = -kRange;
    if (seconds > kRange) seconds = kRange;
    // In microseconds: a double of today's time has no more, and rounding keeps .123 exact.
    return Timestamp(
        std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5))));
}

// By hand: S3 writes a date into each answer and a thousand into a list, and fmt takes as many instructions
// for one as SQLite for finding the object.
std::string format_iso8601(Timestamp time) {
    const Civil c = split(time);
    const std::int64_t millis = c.nanosecond / 1'000'000;
    std::string out = millis == 0 ? "0000-00-00T00:00:00Z" : "0000-00-00T00:00:00.000Z";
    put_iso8601(out, c);
    if (millis != 0) put_millis(out, millis);
    return out;
}

std::string format_iso8601_millis(Timestamp time) {
    const Civil c = split(time);
    std::string out = "0000-00-00T00:00:00.000Z";
    put_iso8601(out, c);
    put_millis(out, c.nanosecond / 1'000'000);
    return out;
}

std::string format_http_date(Timestamp time) {
    const Civil c = split(time);
    std::string out = "Ddd, 00 Mmm 0000 00:00:00 GMT";
    out.replace(0, 3, kDays[c.weekday]);
    put_two(out, 5, c.day);
    out.replace(8, 3, kMonths[c.month - 1]);
    put_four(out, 12, c.year);
    put_two(out, 17, c.hour);
    put_two(out, 20, c.minute);
    put_two(out, 23, c.second);
    return out;
}

std::string format_amz_date(Timestamp time) {
    const Civil c = split(time);
    std::string out = "00000000T000000Z";
    put_four(out, 0, c.year);
    put_two(out, 4, c.month);
    put_two(out, 6, c.day);
    put_two(out, 9, c.hour);
    put_two(out, 11, c.minute);
    put_two(out, 13, c.second);
    return out;
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
    Scanner in(text);
    int year = in.number(4);
    in.literal("-");
    int month = in.number(2);
    in.literal("-");
    int day = in.number(2);
    int hour = 0, minute = 0, second = 0, offset_minutes = 0;
    std::int64_t nanos = 0;
    if (!in.done()) {  // a bare date is midnight
        if (!in.accept('T') && !in.accept('t')) in.literal(" ");
        hour = in.number(2);
        in.literal(":");
        minute = in.number(2);
        in.literal(":");
        second = in.number(2);
        if (in.accept('.')) nanos = in.fraction();
        if (!in.accept('Z') && !in.accept('z')) {
            int sign = in.accept('-') ? -1 : 1;
            if (sign == 1) in.literal("+");
            offset_minutes = sign * in.number(2) * 60;
            in.accept(':');
            offset_minutes += sign * in.number(2);
        }
    }
    if (!in.done()) return std::nullopt;
    auto time = join(year, month, day, hour, minute, second);
    if (!time) return std::nullopt;
    return *time + Duration(nanos) - std::chrono::minutes(offset_minutes);
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
    Scanner in(text);
    int year = 0, month = 0, day = 0;
    std::int64_t nanos = 0;
    bool asctime = text.find(',') == std::string_view::npos;
    in.skip_past(' ');
    if (asctime) {  // Sun Nov  6 08:49:37 1994
        month = in.month();
        in.literal(" ");
        day = in.accept(' ') ? in.number(1) : in.number(2);
    } else {
        day = in.number(2);
        if (!in.accept(' ')) in.literal("-");
        month = in.month();
        if (in.accept('-')) {  // Sunday, 06-Nov-94 08:49:37 GMT
            year = in.number(2);
            year += year < 70 ? 2000 : 1900;
        } else {
            in.literal(" ");
            year = in.number(4);
        }
    }
    in.literal(" ");
    int hour = in.number(2);
    in.literal(":");
    int minute = in.number(2);
    in.literal(":");
    int second = in.number(2);
    if (in.ok() && in.accept('.')) nanos = in.fraction();  // AWS's own vectors carry fractions
    in.literal(" ");
    if (asctime) {
        year = in.number(4);
    } else {
        in.literal("GMT");
    }
    if (!in.done()) return std::nullopt;
    auto time = join(year, month, day, hour, minute, second);
    if (!time) return std::nullopt;
    return *time + Duration(nanos);
}

std::optional<Timestamp> parse_amz_date(std::string_view text) {
    Scanner in(text);
    int year = in.number(4), month = in.number(2), day = in.number(2);
    in.literal("T");
    int hour = in.number(2), minute = in.number(2), second = in.number(2);
    in.literal("Z");
    if (!in.done()) return std::nullopt;
    return join(year, month, day, hour, minute, second);
}

}  // namespace fogbank
