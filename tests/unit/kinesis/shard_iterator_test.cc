#include "services/kinesis/shard_iterator.h"

#include "src/base/bytes.h"

#include <catch2/catch.hpp>

using namespace fogbank;
using namespace fogbank::kinesis;

namespace {

const ShardIterator kIterator{1700000000123, 42, 7, 99, "orders"};
constexpr std::string_view kScope = "123456789012/us-east-1";

}  // namespace

TEST_CASE("An iterator reads back what it was made of") {
    const auto decoded = decode_iterator(encode_iterator(kIterator, kScope), kScope);
    REQUIRE(decoded);
    CHECK(decoded->made_ms == 1700000000123);
    CHECK(decoded->stream_id == 42);
    CHECK(decoded->shard == 7);
    CHECK(decoded->position == 99);
    CHECK(decoded->stream_name == "orders");
}

TEST_CASE("An iterator has AWS's length and mark for every length of the name") {
    for (std::size_t length : {1U, 13U, 14U, 29U, 30U, 128U}) {
        ShardIterator iterator = kIterator;
        iterator.stream_name = std::string(length, 'n');
        const std::string token = encode_iterator(iterator, kScope);
        const std::string bytes = *base64_decode(token);
        CHECK(bytes.size() == 152 + (length + 2) / 16 * 16);
        CHECK(bytes.substr(0, 8) == std::string("\0\0\0\0\0\0\0\1", 8));
        CHECK(token.size() <= 512);
        CHECK(decode_iterator(token, kScope)->stream_name == iterator.stream_name);
    }
}

TEST_CASE("An iterator that was changed, cut or made for another account is worth nothing") {
    const std::string token = encode_iterator(kIterator, kScope);
    CHECK_FALSE(decode_iterator(token, "123456789013/us-east-1"));
    CHECK_FALSE(decode_iterator(token.substr(0, token.size() - 4), kScope));
    std::string changed = token;
    changed[60] = changed[60] == 'A' ? 'B' : 'A';
    CHECK_FALSE(decode_iterator(changed, kScope));
    CHECK_FALSE(decode_iterator("anything", kScope));
    CHECK_FALSE(decode_iterator("", kScope));
}

TEST_CASE("Messages name times in the form of Java's Date") {
    CHECK(format_message_time(1421889722000) == "Thu Jan 22 01:22:02 UTC 2015");
}
