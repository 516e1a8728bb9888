#include "services/kinesis/hash_key.h"

#include <catch2/catch.hpp>

using namespace fogbank::kinesis;

TEST_CASE("Three shards split the hash keys into thirds, and the last takes the rest") {
    const auto ranges = split_evenly(3);
    REQUIRE(ranges.size() == 3);
    CHECK(ranges[0].first.decimal() == "0");
    CHECK(ranges[0].last.decimal() == "113427455640312821154458202477256070484");
    CHECK(ranges[1].first.decimal() == "113427455640312821154458202477256070485");
    CHECK(ranges[1].last.decimal() == "226854911280625642308916404954512140969");
    CHECK(ranges[2].first.decimal() == "226854911280625642308916404954512140970");
    CHECK(ranges[2].last.decimal() == "340282366920938463463374607431768211455");
}

TEST_CASE("One shard owns every hash key, and two or four split where the division is even") {
    const auto one = split_evenly(1);
    REQUIRE(one.size() == 1);
    CHECK(one[0].first.decimal() == "0");
    CHECK(one[0].last.decimal() == "340282366920938463463374607431768211455");

    const auto two = split_evenly(2);
    CHECK(two[0].last.decimal() == "170141183460469231731687303715884105727");
    CHECK(two[1].first.decimal() == "170141183460469231731687303715884105728");

    const auto four = split_evenly(4);
    CHECK(four[0].last.decimal() == "85070591730234615865843651857942052863");
    CHECK(four[3].first.decimal() == "255211775190703847597530955573826158592");
}

TEST_CASE("A partition key hashes to its MD5") {
    // MD5("a") = 0cc175b9c0f1b6a831c399e269772661
    CHECK(HashKey::of_partition_key("a").decimal() == "16955237001963240173058271559858726497");
    CHECK(HashKey::from_bytes(HashKey::of_partition_key("a").bytes()) == HashKey::of_partition_key("a"));
}

TEST_CASE("An explicit hash key must be below 2^128") {
    CHECK(HashKey::parse("340282366920938463463374607431768211455")->decimal() ==
          "340282366920938463463374607431768211455");
    CHECK_FALSE(HashKey::parse("340282366920938463463374607431768211456"));
    CHECK_FALSE(HashKey::parse("999999999999999999999999999999999999999"));
    CHECK_FALSE(HashKey::parse(""));
    CHECK(HashKey::parse("0")->number() == 0);
}

TEST_CASE("The bytes of hash keys order as their numbers do") {
    const HashKey small = *HashKey::parse("255");
    const HashKey large = *HashKey::parse("256");
    CHECK(small.bytes() < large.bytes());
    CHECK(large.bytes().size() == 16);
}
