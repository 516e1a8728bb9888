#include "src/http/message.h"
#include "src/http/read_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdlib>

using fogbank::http::equal_ignoring_case;
using fogbank::http::Headers;

TEST_CASE("Header names compare without regard to case, and only ASCII letters fold") {
    CHECK(equal_ignoring_case("Content-Type", "cOnTeNt-tYpE"));
    CHECK_FALSE(equal_ignoring_case("Content-Type", "Content-Typ"));
    CHECK_FALSE(equal_ignoring_case("a@", "a`"));  // 0x40 and 0x60 differ by the case bit only
    CHECK_FALSE(equal_ignoring_case("[", "{"));
}

TEST_CASE("Headers keep order and duplicates, and find returns the first of a name") {
    Headers headers;
    headers.add("X-One", "1");
    headers.add("x-two", "2");
    headers.add("x-one", "3");
    REQUIRE(headers.size() == 3);
    CHECK(headers.get("X-ONE") == "1");
    CHECK(headers.begin()[2].second == "3");
    CHECK(headers.get("absent").empty());
    CHECK_FALSE(headers.has("absent"));
}

TEST_CASE("Headers set replaces all of a name in the place of the first, or appends") {
    Headers headers;
    headers.add("a", "1");
    headers.add("b", "2");
    headers.add("A", "3");
    headers.set("a", "4");
    REQUIRE(headers.size() == 2);
    CHECK(headers.begin()[0].second == "4");
    CHECK(headers.begin()[1].second == "2");
    headers.set("c", "5");
    CHECK(headers.begin()[2] == Headers::Entry("c", "5"));
}

TEST_CASE("Headers erase removes all of a name") {
    Headers headers;
    headers.add("a", "1");
    headers.add("b", "2");
    headers.add("A", "3");
    headers.erase("A");
    REQUIRE(headers.size() == 1);
    CHECK(headers.begin()[0].first == "b");
}

TEST_CASE("read_file gives the part of the file that the body names, closes it, and refuses a short one") {
    std::string name = "/tmp/fogbank-message-XXXXXX";
    const int file = mkstemp(name.data());
    REQUIRE(::write(file, "abcdefgh", 8) == 8);
    const int again = ::open(name.c_str(), O_RDONLY);
    ::unlink(name.c_str());
    CHECK(fogbank::http::read_file({file, 2, 5}) == "cdefg");
    CHECK(::fcntl(file, F_GETFD) == -1);
    CHECK_THROWS_WITH(fogbank::http::read_file({again, 4, 5}), "an object is shorter than it says");
    CHECK(::fcntl(again, F_GETFD) == -1);
}
