#include "src/base/text.h"

#include <catch2/catch.hpp>

namespace fogbank {

TEST_CASE("Letters of ASCII become small, all other bytes stay") {
    CHECK(lower_case("X-Amz-Date [@`{\xC3\x89") == "x-amz-date [@`{\xC3\x89");
    CHECK(lower_case("") == "");
}

TEST_CASE("Blanks go from both ends only, and line breaks only where asked for") {
    CHECK(trimmed(" \ta b\t ") == "a b");
    CHECK(trimmed("\r\na\n") == "\r\na\n");
    CHECK(trimmed("\r\n a \n", kWhitespace) == "a");
    CHECK(trimmed(" \t ") == "");
    CHECK(trimmed("") == "");
}

TEST_CASE("Texts that differ in case only are equal in any case") {
    CHECK(equal_in_any_case("Content-MD5", "content-md5"));
    CHECK(equal_in_any_case("", ""));
    CHECK_FALSE(equal_in_any_case("a", "ab"));
    CHECK_FALSE(equal_in_any_case("[", "{"));  // 0x20 apart, and no letters
}

}  // namespace fogbank
