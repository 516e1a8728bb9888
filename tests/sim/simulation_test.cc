#include "tests/sim/world.h"

#include <catch2/catch.hpp>

#include <iostream>

namespace fogbank::sim {
namespace {

constexpr std::uint64_t kSeeds = 20;
constexpr int kLives = 4;

// `simulation --rng-seed 7` runs seed 7 alone.
TEST_CASE("Every acknowledged write has its events delivered, none twice, whatever fails") {
    std::uint64_t first = Catch::rngSeed() != 0 ? Catch::rngSeed() : 1;
    std::uint64_t last = Catch::rngSeed() != 0 ? first : kSeeds;
    Totals sum;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        INFO("seed " << seed);
        World world(seed);
        world.live(kLives);
        auto broken = world.judge();
        const Totals& totals = world.totals();
        std::cout << "seed " << seed << ": " << totals.acknowledged << " acknowledged, " << totals.refused
                  << " refused, " << totals.failed << " failed, " << totals.unanswered << " unanswered, "
                  << totals.deaths << " deaths, " << totals.target_refusals << " refusals by the target\n";
        CHECK(broken == std::vector<std::string>());
        sum.acknowledged += totals.acknowledged;
        sum.refused += totals.refused;
        sum.unanswered += totals.unanswered;
        sum.deaths += totals.deaths;
        sum.target_refusals += totals.target_refusals;
        sum.commit_faults += totals.commit_faults;
    }
    // A world without trouble proves nothing.
    if (first == last) return;
    CHECK(sum.acknowledged > 1'000);
    CHECK(sum.refused > 100);
    CHECK(sum.unanswered > 20);
    CHECK(sum.deaths > 20);
    CHECK(sum.target_refusals > 100);
    CHECK(sum.commit_faults > 20);
}

}  // namespace
}  // namespace fogbank::sim
