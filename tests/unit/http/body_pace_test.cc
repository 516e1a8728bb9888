#include "src/http/body_pace.h"

#include <catch2/catch.hpp>

namespace fogbank::http {

using std::chrono::milliseconds;

TEST_CASE("A body that comes one byte at a time runs out of time, one of a kilobyte a second does not") {
    BodyPace trickle(milliseconds(60'000));
    int bytes = 0;
    for (; trickle.left() > milliseconds(0); ++bytes) trickle.note(milliseconds(500), 1);
    CHECK(bytes == 121);
    BodyPace slow(milliseconds(60'000));
    for (int seconds = 0; seconds < 10'000; ++seconds) slow.note(milliseconds(1'000), 1'000);
    CHECK(slow.left() == milliseconds(60'000));
}

TEST_CASE("What a body was early by is not saved up beyond the limit") {
    BodyPace pace(milliseconds(100));
    pace.note(milliseconds(0), 1'000'000'000);
    CHECK(pace.left() == milliseconds(100));
    pace.note(milliseconds(99), 0);
    CHECK(pace.left() == milliseconds(1));
    pace.note(milliseconds(10), 5);
    CHECK(pace.left() == milliseconds(0));
}

}  // namespace fogbank::http
