#include "services/kinesis/sequence_number.h"

#include <catch2/catch.hpp>

using namespace fogbank::kinesis;

TEST_CASE("A sequence number is 56 decimal digits and reads back") {
    const SequenceNumber number{1700000000, 12345, 1700000777, 3, 2};
    const std::string text = format_sequence_number(number);
    CHECK(text.size() == 56);
    const auto parsed = parse_sequence_number(text);
    REQUIRE(parsed);
    CHECK(parsed->shard_created_s == 1700000000);
    CHECK(parsed->position == 12345);
    CHECK(parsed->arrived_s == 1700000777);
    CHECK(parsed->shard == 3);
    CHECK(parsed->version == 2);
}

TEST_CASE("The first sequence number of a shard has AWS's digits") {
    // 0x2 06553f100 0 0000000000000000 00 06553f100 00000000 2
    CHECK(format_sequence_number({0x6553f100, 0, 0x6553f100, 0, 2}) ==
          "49646437577108476416916876405825929425585429676275269634");
}

TEST_CASE("Sequence numbers of neighbouring shards differ as on AWS") {
    // kinesalite's suite asserts the difference 22300745198530623141535718272648361505980432 between shards.
    const std::string zero = format_sequence_number({1700000000, 0, 1700000000, 0, 2});
    const std::string one = format_sequence_number({1700000000, 0, 1700000000, 1, 2});
    CHECK(zero.substr(0, 12) == one.substr(0, 12));
    CHECK(one > zero);
}

TEST_CASE("Sequence numbers grow with the position, across seconds and carries") {
    std::string last;
    for (std::int64_t position : {0L, 1L, 9L, 10L, 255L, 256L, 4294967295L, 4294967296L}) {
        const std::string text =
            format_sequence_number({1700000000, position, 1700000000 + position % 7, 5, 2});
        CHECK(text.size() == 56);
        CHECK(text > last);
        last = text;
    }
}

TEST_CASE("Small numbers are of the oldest form and name a shard") {
    const auto five = parse_sequence_number("5");
    REQUIRE(five);
    CHECK(five->version == 0);
    CHECK(five->shard == 5);
    CHECK(parse_sequence_number("0")->shard == 0);
}

TEST_CASE("Numbers that no stream gives out are refused") {
    // 0x13bb2cc3d80000000000000000000000: a creation time too far away.
    CHECK_FALSE(parse_sequence_number("26227199374822427428162556223570313216"));
    // 0x2 0000000000 8 ...: the position's highest bit.
    CHECK_FALSE(parse_sequence_number("49039857307719593840066370180380661734935976090628259842"));
    CHECK_FALSE(parse_sequence_number(std::string(129, '9')));
}

TEST_CASE("A shard number with the highest bit set is negative") {
    // 0x20000000000000000000000000000000000000800000002
    const auto number = parse_sequence_number("49039857307708443467467104868809893875799651944235008002");
    REQUIRE(number);
    CHECK(number->shard == -2147483648LL);
    CHECK(shard_id(number->shard) == "shardId--02147483648");
}

TEST_CASE("Shard ids are read by the number after their first dash") {
    CHECK(shard_id(0) == "shardId-000000000000");
    CHECK(shard_id(2147483647) == "shardId-002147483647");
    CHECK(parse_shard_id("shardId-000000000007") == 7);
    CHECK(parse_shard_id("7") == 7);
    CHECK(parse_shard_id("anything-0007") == 7);
    CHECK(parse_shard_id("-00002147483647") == 2147483647);
    CHECK_FALSE(parse_shard_id("2147483648"));
    CHECK_FALSE(parse_shard_id("shardId-002147483648"));
    CHECK_FALSE(parse_shard_id("ABKLFD8"));
    CHECK_FALSE(parse_shard_id("2.14E4"));
}
