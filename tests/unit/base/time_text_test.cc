#include "src/base/clock.h"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace fogbank;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kMonday = 1'795'447'620;  // Mon, 23 Nov 2026 15:27:00 GMT
const Timestamp kTime = from_unix_seconds(kMonday);

}  // namespace

TEST_CASE("civil time is written in each of AWS's forms") {
    CHECK(format_iso8601(kTime) == "2026-11-23T15:27:00Z");
    CHECK(format_iso8601(kTime + 45ms) == "2026-11-23T15:27:00.045Z");
    CHECK(format_iso8601(kTime + 999us) == "2026-11-23T15:27:00Z");
    CHECK(format_iso8601_millis(kTime) == "2026-11-23T15:27:00.000Z");
    CHECK(format_iso8601_millis(kTime + 7ms) == "2026-11-23T15:27:00.007Z");
    CHECK(format_http_date(kTime) == "Mon, 23 Nov 2026 15:27:00 GMT");
    CHECK(format_amz_date(kTime) == "20261123T152700Z");
    CHECK(format_http_date(from_unix_seconds(std::int64_t{0})) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(format_iso8601(from_unix_seconds(std::int64_t{-1})) == "1969-12-31T23:59:59Z");
    CHECK(format_iso8601(from_unix_seconds(std::int64_t{951'782'400})) == "2000-02-29T00:00:00Z");
}

TEST_CASE("ISO 8601 is read with a zone, an offset, a fraction, and as a bare date") {
    CHECK(parse_iso8601("2026-11-23T15:27:00Z") == kTime);
    CHECK(parse_iso8601("2026-11-23t15:27:00z") == kTime);
    CHECK(parse_iso8601("2026-11-23 15:27:00Z") == kTime);
    CHECK(parse_iso8601("2026-11-23T15:27:00.5Z") == kTime + 500ms);
    CHECK(parse_iso8601("2026-11-23T15:27:00.123456789Z") == kTime + 123'456'789ns);
    CHECK(parse_iso8601("2026-11-23T15:27:00.1234567891Z") == kTime + 123'456'789ns);
    CHECK(parse_iso8601("2026-11-23T17:27:00+02:00") == kTime);
    CHECK(parse_iso8601("2026-11-23T09:57:00-0530") == kTime);
    CHECK(parse_iso8601("2026-11-23") == kTime - 15h - 27min);
}

TEST_CASE("what is no ISO 8601 time is refused") {
    for (const char* bad : {"",
                            "2026",
                            "2026-11",
                            "2026-13-01",
                            "2026-02-29",
                            "2026-00-10",
                            "2026-11-23T",
                            "2026-11-23T15:27",
                            "2026-11-23T15:27:00",
                            "2026-11-23T24:00:00Z",
                            "2026-11-23T15:60:00Z",
                            "2026-11-23T15:27:61Z",
                            "2026-11-23T15:27:00.Z",
                            "2026-11-23T15:27:00Zx",
                            "2026-11-23T15:27:00+2",
                            "26-11-23T15:27:00Z",
                            "0001-01-01T00:00:00Z",
                            "9999-01-01T00:00:00Z",
                            "2026-11-23T15:27:00 Z",
                            " 2026-11-23"}) {
        INFO(bad);
        CHECK_FALSE(parse_iso8601(bad).has_value());
    }
}

TEST_CASE("HTTP dates are read in their three forms") {
    CHECK(parse_http_date("Mon, 23 Nov 2026 15:27:00 GMT") == kTime);
    CHECK(parse_http_date("Monday, 23-Nov-26 15:27:00 GMT") == kTime);
    CHECK(parse_http_date("Mon Nov 23 15:27:00 2026") == kTime);
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == from_unix_seconds(std::int64_t{784'111'777}));
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == from_unix_seconds(std::int64_t{784'111'777}));
    for (const char* bad :
         {"", "Mon", "Mon, 23 Nov 2026 15:27:00", "Mon, 23 Nov 2026 15:27:00 CET",
          "Mon, 32 Nov 2026 15:27:00 GMT", "Mon, 23 Nom 2026 15:27:00 GMT", "Mon, 23 Nov 2026 25:27:00 GMT",
          "Mon, 23 Nov 2026 15:27:00 GMT+1", "2026-11-23T15:27:00Z"}) {
        INFO(bad);
        CHECK_FALSE(parse_http_date(bad).has_value());
    }
}

TEST_CASE("the compact form of signatures is read exactly") {
    CHECK(parse_amz_date("20261123T152700Z") == kTime);
    for (const char* bad : {"", "20261123", "20261123T152700", "20261123152700Z", "20261323T152700Z",
                            "20261123T152700Z ", "2026-11-23T15:27:00Z"}) {
        INFO(bad);
        CHECK_FALSE(parse_amz_date(bad).has_value());
    }
}

TEST_CASE("Unix times convert in each unit, and before 1970 too") {
    CHECK(unix_seconds(kTime + 999ms) == kMonday);
    CHECK(unix_millis(kTime + 999'999us) == kMonday * 1000 + 999);
    CHECK(unix_seconds_fraction(kTime + 250ms) == static_cast<double>(kMonday) + 0.25);
    CHECK(unix_seconds_fraction(from_unix_millis(kMonday * 1000 + 123)) == 1'795'447'620.123);
    CHECK(unix_seconds_fraction(from_unix_millis(-250)) == -0.25);
    CHECK(unix_seconds(from_unix_millis(-1)) == -1);
    CHECK(from_unix_millis(1500) == from_unix_seconds(1.5));
    CHECK(from_unix_seconds(1'795'447'620.123) == kTime + 123ms);
    CHECK(from_unix_seconds(-0.5) == from_unix_millis(-500));
}

TEST_CASE("seconds that no count of nanoseconds holds are cut to its range") {
    CHECK(from_unix_seconds(1e300) == from_unix_seconds(9.2e9));
    CHECK(from_unix_seconds(-1e300) == from_unix_seconds(-9.2e9));
    CHECK(from_unix_seconds(std::numeric_limits<double>::quiet_NaN()) == from_unix_seconds(-9.2e9));
}
