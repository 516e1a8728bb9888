#include "src/base/bytes.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace fogbank;
using namespace std::string_literals;

TEST_CASE("base64 encodes the vectors of RFC 4648") {
    const std::vector<std::pair<std::string, std::string>> vectors = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xFB\xFF\xBF", "+/+/"},
    };
    for (const auto& [bytes, text] : vectors) {
        CHECK(base64_encode(bytes) == text);
        CHECK(base64_decode(text) == bytes);
    }
}

TEST_CASE("base64url has no padding and its own two characters") {
    CHECK(base64url_encode("") == "");
    CHECK(base64url_encode("f") == "Zg");
    CHECK(base64url_encode("\xFB\xFF\xBF\xFF") == "-_-__w");
}

TEST_CASE("base64 takes every byte both ways") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(base64_decode(base64_encode(all)) == all);
}

TEST_CASE("base64 is strict: padding is required and nothing else may stand in it") {
    for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_",
                            "Zg==Zg==", "Z=g=", "=Zg=", "Zm9v====", "\xC3\xA4\xC3\xA4"}) {
        INFO(bad);
        CHECK_FALSE(base64_decode(bad).has_value());
    }
}

TEST_CASE("hex is written in lower case and read in both") {
    CHECK(hex_encode("\x00\x0F\xF0\xFF"s) == "000ff0ff");
    CHECK(hex_decode("000FF0ff") == "\x00\x0F\xF0\xFF"s);
    CHECK(hex_decode("") == "");
    CHECK_FALSE(hex_decode("0").has_value());
    CHECK_FALSE(hex_decode("0g").has_value());
    CHECK_FALSE(hex_decode("0x").has_value());
}

TEST_CASE("UTF-8 is valid without overlong forms, surrogates, and what lies above U+10FFFF") {
    for (const char* good : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                             "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        CHECK(is_valid_utf8(good));
    }
    CHECK(is_valid_utf8("a\0b"s));
    for (const char* bad :
         {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x98", "a\xC2z"}) {
        INFO(hex_encode(bad));
        CHECK_FALSE(is_valid_utf8(bad));
    }
}

TEST_CASE("lengths count code points and UTF-16 units, a bad byte as one") {
    const std::string text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";  // a, a-umlaut, euro, an emoji
    CHECK(utf8_length(text) == 4);
    CHECK(utf16_length(text) == 5);
    CHECK(utf8_length("\xFF\xFE") == 2);
    CHECK(utf16_length("\xF0\x9F\x98") == 3);
    CHECK(utf8_length("") == 0);
}
