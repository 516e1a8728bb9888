#include "src/base/ordered_key.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace fogbank::ordered_key;
using namespace std::string_literals;

namespace {

std::string bytes_key(std::string_view text) {
    std::string out;
    append_bytes(out, text);
    return out;
}

std::string decimal_key(bool negative, int exponent, std::string_view digits) {
    std::string out;
    append_decimal(out, Decimal{negative, exponent, digits});
    return out;
}

void require_ascending(const std::vector<std::string>& keys) {
    for (std::size_t i = 1; i < keys.size(); ++i) {
        INFO("pair " << i - 1 << ", " << i);
        REQUIRE(keys[i - 1] < keys[i]);
    }
}

}  // namespace

TEST_CASE("byte strings keep their order, zero bytes and prefixes included") {
    const std::vector<std::string> texts{"",      "\0"s, "\0\0"s, "\0\x01"s,  "\0\xff"s,
                                         "\x01"s, "a",   "a\0"s,  "a\0b"s,    "a\x01"s,
                                         "ab",    "b",   "\xff"s, "\xff\xff"s};
    REQUIRE(std::is_sorted(texts.begin(), texts.end()));
    std::vector<std::string> keys;
    for (const std::string& text : texts) keys.push_back(bytes_key(text));
    require_ascending(keys);
}

TEST_CASE("composite keys sort as tuples: a longer first part never reaches into the second") {
    require_ascending({bytes_key("a") + bytes_key("z"), bytes_key("a\0"s) + bytes_key("a"),
                       bytes_key("ab") + bytes_key(""), bytes_key("b") + bytes_key("a")});
}

TEST_CASE("decimals keep their order over signs, exponents and digits") {
    require_ascending({
        decimal_key(true, 126, "99999999999999999999999999999999999999"),  // -9.99e125
        decimal_key(true, 3, "1001"),                                      // -100.1
        decimal_key(true, 3, "1"),                                         // -100
        decimal_key(true, 2, "99"),                                        // -99
        decimal_key(true, 1, "15"),                                        // -1.5
        decimal_key(true, 1, "1"),                                         // -1
        decimal_key(true, 0, "9"),                                         // -0.9
        decimal_key(true, -129, "1"),                                      // -1e-130
        decimal_key(false, 0, ""),                                         // 0
        decimal_key(false, -129, "1"),                                     // 1e-130
        decimal_key(false, 0, "1"),                                        // 0.1
        decimal_key(false, 0, "11"),                                       // 0.11
        decimal_key(false, 1, "1"),                                        // 1
        decimal_key(false, 1, "101"),                                      // 1.01
        decimal_key(false, 1, "12"),                                       // 1.2
        decimal_key(false, 2, "1"),                                        // 10
        decimal_key(false, 2, "12"),                                       // 12
        decimal_key(false, 126, "99999999999999999999999999999999999999"),
    });
}

TEST_CASE("the range of a prefix holds what starts with it and nothing else") {
    for (const std::string& prefix : {"ab"s, "a\0"s, "a\xff"s}) {
        std::string low;
        append_bytes_prefix(low, prefix);
        const std::string high = after_prefix(low);
        for (const std::string& text :
             {"a"s, "ab"s, "abc"s, "ab\0"s, "ac"s, "a\0"s, "a\0z"s, "a\xff"s, "a\xff\xff"s, "b"s}) {
            const std::string key = bytes_key(text);
            INFO("prefix of " << prefix.size() << ", text of " << text.size());
            REQUIRE((key >= low && key < high) == text.starts_with(prefix));
        }
    }
}

TEST_CASE("nothing comes after the prefix of all ones") {
    REQUIRE(after_prefix("\xff\xff"s).empty());
    REQUIRE(after_prefix("a\xff"s) == "b");
    REQUIRE(after_prefix("") == "");
}

TEST_CASE("the stable hash is what stored keys were made with") {
    REQUIRE(stable_hash("airport") == 0x1c0ebac31c104566ULL);
    REQUIRE(stable_hash("") != stable_hash("\0"s));
    REQUIRE(stable_hash("a") == stable_hash("a"));
    REQUIRE(stable_hash("12345678") != stable_hash("123456789"));
    std::string encoded;
    append_uint64(encoded, 0x0102030405060708ULL);
    REQUIRE(encoded == "\x01\x02\x03\x04\x05\x06\x07\x08"s);
}
