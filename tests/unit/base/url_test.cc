#include "src/base/url.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace std::string_literals;

TEST_CASE("everything but the unreserved characters is percent-encoded, in upper case") {
    CHECK(percent_encode("azAZ09-._~") == "azAZ09-._~");
    CHECK(percent_encode("a b+c/d=e&f") == "a%20b%2Bc%2Fd%3De%26f");
    CHECK(percent_encode("\xC3\xA4\0\x7F"s) == "%C3%A4%00%7F");
    CHECK(percent_encode("a/b c", "/") == "a/b%20c");
    CHECK(percent_encode("") == "");
}

TEST_CASE("decoding leaves a bad escape and, outside of forms, the plus sign") {
    CHECK(percent_decode("a%20b+c") == "a b+c");
    CHECK(form_decode("a%20b+c") == "a b c");
    CHECK(percent_decode("%c3%A4%00") == "\xC3\xA4\0"s);
    CHECK(percent_decode("100%") == "100%");
    CHECK(percent_decode("%2") == "%2");
    CHECK(percent_decode("%zz%4") == "%zz%4");
    CHECK(percent_decode("%%41") == "%A");
    CHECK(percent_decode("%2541") == "%41");
}

TEST_CASE("a query is a list of decoded pairs in order of arrival") {
    CHECK(parse_query("a=1&b&c=x%20y+z&a=2&&=v&d=e=f") ==
          QueryParameters{{"a", "1"}, {"b", ""}, {"c", "x y z"}, {"a", "2"}, {"", "v"}, {"d", "e=f"}});
    CHECK(parse_query("").empty());
    CHECK(parse_query("&&").empty());
}

TEST_CASE("a parameter is found by its name, the first of several") {
    QueryParameters query = parse_query("a=1&a=2&b");
    REQUIRE(find_parameter(query, "a") != nullptr);
    CHECK(*find_parameter(query, "a") == "1");
    CHECK(*find_parameter(query, "b") == "");
    CHECK(find_parameter(query, "c") == nullptr);
}

TEST_CASE("a target is a path and a query, in origin and in absolute form") {
    struct Case {
        const char *target, *path, *query;
    };
    for (const Case& each :
         {Case{"/a/b?x=1?y", "/a/b", "x=1?y"}, Case{"/", "/", ""}, Case{"?x", "/", "x"}, Case{"", "/", ""},
          Case{"*", "*", ""}, Case{"/a?", "/a", ""}, Case{"http://host:4566/a?b", "/a", "b"},
          Case{"http://host", "/", ""}, Case{"http://host?b=1", "/", "b=1"},
          Case{"/a?u=http://x/y", "/a", "u=http://x/y"}}) {
        INFO(each.target);
        CHECK(split_target(each.target).path == each.path);
        CHECK(split_target(each.target).query == each.query);
    }
}
