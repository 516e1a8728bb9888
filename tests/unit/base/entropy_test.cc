#include "src/base/entropy.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

using namespace fogbank;

namespace {

bool is_made_of(std::string_view text, std::string_view alphabet) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

}  // namespace

TEST_CASE("the same seed gives the same sequence, another seed another one") {
    auto first = make_seeded_entropy(42);
    auto second = make_seeded_entropy(42);
    auto other = make_seeded_entropy(43);
    std::uint64_t word = first->next();
    CHECK(word == second->next());
    CHECK(word != other->next());
    CHECK(word == 13930160852258120406ULL);  // mt19937_64 of seed 42: a simulation's seed stays good
    CHECK(first->uuid() == second->uuid());
    CHECK(first->base32(52) == second->base32(52));
}

TEST_CASE("hex spells each half byte of the words, the lowest first") {
    auto words = make_seeded_entropy(7);
    std::string expected;
    for (int i = 0; i < 3; ++i) {
        std::uint64_t word = words->next();
        for (int digit = 0; digit < 16; ++digit, word >>= 4) expected += "0123456789abcdef"[word & 15];
    }
    CHECK(make_seeded_entropy(7)->hex(48) == expected);
    CHECK(make_seeded_entropy(7)->hex(35) == expected.substr(0, 35));
    CHECK(make_seeded_entropy(7)->hex(0).empty());
}

TEST_CASE("a UUID has the form of version 4") {
    auto entropy = make_system_entropy();
    for (int i = 0; i < 200; ++i) {
        std::string uuid = entropy->uuid();
        INFO(uuid);
        REQUIRE(uuid.size() == 36);
        for (std::size_t dash : {8UL, 13UL, 18UL, 23UL}) REQUIRE(uuid[dash] == '-');
        REQUIRE(std::count(uuid.begin(), uuid.end(), '-') == 4);
        REQUIRE(uuid[14] == '4');
        REQUIRE(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
        REQUIRE(is_made_of(uuid, "0123456789abcdef-"));
    }
}

TEST_CASE("texts have the length asked for and only characters of their alphabet") {
    auto entropy = make_seeded_entropy(1);
    for (std::size_t length : {0UL, 1UL, 16UL, 17UL, 300UL}) {
        CHECK(entropy->hex(length).size() == length);
        CHECK(entropy->base32(length).size() == length);
        CHECK(entropy->alphanumeric(length).size() == length);
    }
    std::string hex = entropy->hex(2000), base32 = entropy->base32(4000),
                letters = entropy->alphanumeric(4000);
    CHECK(is_made_of(hex, "0123456789abcdef"));
    CHECK(is_made_of(base32, "0123456789ABCDEFGHIJKLMNOPQRSTUV"));
    CHECK(is_made_of(letters, "abcdefghijklmnopqrstuvwxyz0123456789"));
    CHECK(std::set<char>(hex.begin(), hex.end()).size() == 16);
    CHECK(std::set<char>(base32.begin(), base32.end()).size() == 32);
    CHECK(std::set<char>(letters.begin(), letters.end()).size() == 36);
}

TEST_CASE("a fraction is at least 0 and below 1") {
    auto entropy = make_seeded_entropy(7);
    double least = 1, most = 0;
    for (int i = 0; i < 10'000; ++i) {
        double fraction = entropy->fraction();
        least = std::min(least, fraction);
        most = std::max(most, fraction);
    }
    CHECK(least >= 0);
    CHECK(least < 0.01);
    CHECK(most < 1);
    CHECK(most > 0.99);
}

TEST_CASE("the system's entropy does not repeat across blocks") {
    auto entropy = make_system_entropy();
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(entropy->next());
    CHECK(seen.size() == 1000);
}
