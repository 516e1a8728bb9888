#include "src/base/gzip.h"

#include <catch2/catch.hpp>

using namespace fogbank;

TEST_CASE("gzip reads back, member after member, and what is none or too large is nothing") {
    const std::string text(100'000, 'x');
    CHECK(gunzip(gzip(text), text.size()) == text);
    CHECK(gunzip(gzip("one ") + gzip("two"), 100) == "one two");
    CHECK(gunzip(gzip(""), 0) == "");
    CHECK_FALSE(gunzip(gzip(text), text.size() - 1));
    CHECK_FALSE(gunzip("no gzip", 100));
    CHECK_FALSE(gunzip(gzip(text).substr(0, 50), text.size()));
    CHECK_FALSE(gunzip("", 100));
}
